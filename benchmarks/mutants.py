"""Spoil the SQL, one place at a time, and see whether a test notices.

    python benchmarks/mutants.py                     # a sample, drawn with a fixed seed
    python benchmarks/mutants.py --sample 0          # every mutant: some hours
    python benchmarks/mutants.py data/judge queries/plan
    python benchmarks/mutants.py --sample 0 --verdicts FILE   # what FILE has as killed stays so

A mutant is a file of FOLDERS, or SHARED, with one comparison, operator, literal, join or filter
changed on its parsed tree. It is killed when a test that reads the file fails, in this process, the
changed text read in place of the file. Which tests read a file is seen in a first run of all of
them; the laws over the text of a file, and tests that start programs, take no part. Survivors, and
why they may, stand in docs/tests.md.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlglot
from _pytest.runner import runtestprotocol
from sqlglot import exp

from guanqing import warehouse
from guanqing.intake.publishing.build import derivations
from guanqing.paths import DATA, QUERIES, ROOT
from guanqing.plan import judgement

MARTS, JUDGED = derivations()[0].parent, judgement.steps()[0].parent
SHARED = DATA / "shared.sql"
FOLDERS = [QUERIES, MARTS, JUDGED]
SUBJECTS = """
    activities annotations counting edges entered judging measures oracle pace pasting plan
    plan_edges published queries reconciliation register_rows rollups verdicts
"""
SECONDS = 300  # for one mutant; whoever has not met all of its tests by then is undecided
STORES = {"simulated", "real", "empty", "store"}  # to be made before anything is changed

# --- what is changed

SWAPS: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Div,
    exp.Div: exp.Mul,
    exp.And: exp.Or,
    exp.Or: exp.And,
}


@dataclass(frozen=True)
class Mutant:
    """A file, the place in its tree that is changed, and the words before and after."""

    path: str
    place: int
    change: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """Return the file as this mutant has it, its header as it was."""
        original = (ROOT / self.path).read_text(encoding="utf-8")
        header = re.match(r"(?:--.*\n|\s*\n)*", original)
        trees = parsed(original)
        put(nodes(trees)[self.place])
        changed = [tree.sql(dialect="duckdb", comments=False) for tree in trees]
        return (header.group() if header else "") + ";\n".join(changed)


def parsed(text: str) -> list[exp.Expression]:
    """Return the trees of a file: of SHARED one a statement, of others the one they are."""
    return [tree for tree in sqlglot.parse(text, dialect="duckdb") if tree is not None]


def nodes(trees: list[exp.Expression]) -> list[exp.Expression]:
    """Return every node of some trees, in the order of their walks."""
    return [node for tree in trees for node in tree.walk()]


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    original = parsed(path.read_text(encoding="utf-8"))
    for place in range(len(nodes(original))):
        node = nodes([tree.copy() for tree in original])[place]
        around = node.parent if isinstance(node, exp.Literal) and node.parent else node
        mark = around.sql(dialect="duckdb", comments=False)
        change = put(node)
        if change:
            after = around.sql(dialect="duckdb", comments=False) if around is not node else ""
            name = path.relative_to(ROOT).as_posix()
            yield Mutant(name, place, change, short(mark), short(after))


def short(text: str) -> str:
    """Return the first words of a piece of SQL."""
    return re.sub(r"\s+", " ", text)[:90]


def put(node: exp.Expression) -> str:
    """Change a node of a tree where it stands and return what was done, nothing if nothing."""
    kind = type(node)
    if kind in SWAPS:
        node.replace(SWAPS[kind](this=node.this, expression=node.expression))
        return f"{kind.key} to {SWAPS[kind].key}"
    if isinstance(node, exp.Literal):
        return _another_literal(node)
    if isinstance(node, exp.Join):
        return _another_join(node)
    if isinstance(node, exp.Filter):
        node.replace(node.this)
        return "filter dropped"
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.Count):
        node.replace(node.expressions[0])
        return "distinct dropped"
    is_clause = isinstance(node, exp.Where | exp.Having | exp.Qualify)
    if is_clause and not isinstance(node.parent, exp.Filter):
        node.pop()
        return f"{kind.key} dropped"
    return ""


def _another_literal(node: exp.Literal) -> str:
    text = str(node.this)
    if re.fullmatch(r"\d+", text):
        another = str(int(text) + 1)
    elif not node.is_string:
        another = str(float(text) * 2 or 1.0)
    elif re.search(r"\d{4}-\d\d", text):
        return ""  # a date
    else:
        another = text.replace("_", "") if "_" in text else f"{text}x"
    node.replace(exp.Literal(this=another, is_string=node.is_string))
    return "literal"


def _another_join(node: exp.Join) -> str:
    if node.kind == "CROSS" or not (node.args.get("on") or node.args.get("using")):
        return ""
    was = node.side.lower() or "inner"
    node.set("side", None if was == "left" else "LEFT")
    node.set("kind", None)
    return f"{was} join to {'inner' if was == 'left' else 'left'}"


# --- who notices


class Trial:
    """A plugin of pytest: it runs the tests once as they are, then those that read each mutant."""

    def __init__(self, chosen: list[Mutant], out: Path, known: Path) -> None:
        self.chosen, self.out, self.known = chosen, out, known
        self.read: dict[str, set[str]] = defaultdict(set)  # of a test: the files and tables
        self.seconds: dict[str, float] = {}
        self.now = ""
        self.mutant: Mutant | None = None
        self.standing: pytest.Module | None = None  # whose fixtures were not torn down
        self.texts = {path.as_posix(): path.read_text(encoding="utf-8") for path in files()}
        self.kills: Counter[tuple[str, str]] = Counter()  # of a file, and of any, by a test

    def stand_between(self) -> None:
        """Note what a test reads, and give it the mutant for the file."""
        read_text = Path.read_text
        source = warehouse.source

        def reading(path: Path, *args: Any, **options: Any) -> str:
            name = path.as_posix()
            if name in self.texts:
                self.read[self.now].add(name)
                if self.mutant and name == (ROOT / self.mutant.path).as_posix():
                    return self.mutated
            return read_text(path, *args, **options)

        def asking(name: str) -> str:
            if name in warehouse.paths():
                path = warehouse.paths()[name]
                self.read[self.now].add(path.as_posix())
                if self.mutant and path == ROOT / self.mutant.path:
                    return self.mutated
            return source(name)

        Path.read_text = reading  # type: ignore[method-assign]
        warehouse.source = asking  # type: ignore[assignment]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the trial in place of the tests."""
        import conftest  # noqa: PLC0415  # of tests/, which pytest has put on the path

        self.stand_between()
        table = conftest.Library.table

        def telling(library: Any, name: str) -> Any:
            self.read[self.now].add(f"table {name}")
            return table(library, name)

        conftest.Library.table = telling
        if any(ROOT / mutant.path == SHARED for mutant in self.chosen):
            conftest.Library.__init__ = defining_anew(conftest.Library.__init__)
        self.get_acquainted(session.items)
        for number, mutant in enumerate(self.chosen):
            verdict = self.verdict(mutant, session.items)
            with self.out.open("a") as lines:
                lines.write(json.dumps(asdict(mutant) | verdict) + "\n")
            print(
                f"{number + 1}/{len(self.chosen)} {mutant.path} {mutant.change}: {verdict}",
                flush=True,
            )
        return True

    def get_acquainted(self, items: list[Any]) -> None:
        """Run every test as it is, or what makes the stores where another worker ran them."""
        if self.known.exists():
            known = json.loads(self.known.read_text(encoding="utf-8"))
            self.read.update({test: set(read) for test, read in known["read"].items()})
            self.seconds |= known["seconds"]
            stores = {name: item for item in items for name in STORES & {*item.fixturenames}}
            items = list(stores.values())
        for item in items:
            if not self.passes(item):
                print(f"red before anything is changed, so left out: {item.nodeid}")
                self.read.pop(item.nodeid, None)
        if not self.known.exists():
            read = {test: sorted(found) for test, found in self.read.items()}
            self.known.write_text(json.dumps({"read": read, "seconds": self.seconds}))

    def verdict(self, mutant: Mutant, items: list[Any]) -> dict[str, Any]:
        """Return by which test a mutant is killed, if by any."""
        path = ROOT / mutant.path
        asked = [item for item in items if self.depends(item.nodeid, path)]
        asked.sort(key=lambda item: self.promise(mutant, item.nodeid), reverse=True)
        self.mutated, self.mutant, begun, tried = mutant.text, mutant, monotonic(), 0
        try:
            for item in asked:
                tried += 1
                if not self.passes(item):
                    self.kills.update([(mutant.path, item.nodeid), ("", item.nodeid)])
                    return {"killed_by": item.nodeid, "tried": tried}
                if monotonic() - begun > SECONDS:
                    break
        finally:
            self.mutant = None
        return {"killed_by": None, "tried": tried, "of": len(asked)}

    def promise(self, mutant: Mutant, test: str) -> tuple[float, ...]:
        """Return what a test has to be asked early for: what it killed before, in how long."""
        seconds = self.seconds[test]
        mine, any_file = (self.kills[path, test] / seconds for path in (mutant.path, ""))
        return mine, any_file, -seconds

    def passes(self, item: Any) -> bool:
        """Run a test, what lasts a session kept for the next, and return whether it passed."""
        self.now, begun = item.nodeid, monotonic()
        item._initrequest()
        module = item.getparent(pytest.Module)
        if self.standing is not module:
            item.session._setupstate.teardown_exact(module.parent)
        # a library made once for a module is the same whatever becomes of a query
        is_kept = self.mutant and (ROOT / self.mutant.path).is_relative_to(QUERIES)
        self.standing = module if is_kept else None
        reports = runtestprotocol(item, log=False, nextitem=module if is_kept else module.parent)
        self.seconds.setdefault(self.now, monotonic() - begun)
        return not any(report.failed for report in reports)

    def depends(self, test: str, path: Path) -> bool:
        """Return whether a test asked for a query, or for something made of a table."""
        read = self.read[test]
        if path.is_relative_to(QUERIES) or (path != SHARED and path.as_posix() not in read):
            return path.as_posix() in read
        tables = {f"table {name}" for name in (DEFINED if path == SHARED else [made(path)])}
        spoken = dict.fromkeys(read & self.texts.keys())
        while True:  # what is made of the table, of what is made of it, and so on
            more = {
                f"table {made(Path(name))}"
                for name in spoken
                if any(re.search(rf"\b{table[6:]}\b", self.texts[name]) for table in tables)
            }
            if more <= tables:
                return bool(tables & read) or any(
                    Path(name).is_relative_to(QUERIES) and f"table {made(Path(name))}" in tables
                    for name in spoken
                )
            tables |= more


def defining_anew(begin: Any) -> Any:
    """Return what begins a test's library, the macros and views of SHARED as they are now."""

    def beginning(library: Any, connection: Any) -> None:
        begin(library, connection)
        text = SHARED.read_text(encoding="utf-8")
        connection.execute(re.sub("(?im)^create ", "create or replace ", text))

    return beginning


DEFINED = re.findall(r"create (?:macro|view) (\w+)", SHARED.read_text(encoding="utf-8"))


def made(path: Path) -> str:
    """Return the table a step fills, or the name of a query."""
    return re.sub(r"^\d+_", "", path.stem)


def files() -> list[Path]:
    """Return every file that may be changed."""
    return [SHARED, *sorted(path for folder in FOLDERS for path in folder.rglob("*.sql"))]


# --- the program


def work(chosen: Path, out: Path, known: Path) -> int:
    """Try some mutants in this process."""
    listed = [Mutant(**entry) for entry in json.loads(chosen.read_text(encoding="utf-8"))]
    tests = [str(ROOT / f"tests/test_{subject}.py") for subject in SUBJECTS.split()]
    options = ["-n0", "-q", "-m", "not slow", "-p", "no:cacheprovider"]
    return pytest.main([*options, *tests], plugins=[Trial(listed, out, known)])


def main() -> None:
    """Draw the mutants, share them among the workers and print what became of them."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("under", nargs="*", help="folders or files, as queries/plan; all if none")
    asked.add_argument("--sample", type=int, default=400, help="how many; 0 for all")
    asked.add_argument("--seed", type=int, default=8)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--verdicts", type=Path, help="where verdicts are kept between two runs")
    asked.add_argument("--work", nargs=3, type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.work:
        sys.exit(work(*given.work))
    under = [(ROOT / name).resolve() for name in given.under] or [ROOT]
    chosen = [
        mutant
        for path in files()
        if any(path.is_relative_to(each) for each in under)
        for mutant in mutants(path)
    ]
    whole = len(chosen)
    if given.sample and given.sample < whole:
        chosen = random.Random(given.seed).sample(chosen, given.sample)
    print(f"{len(chosen)} of {whole} mutants" + f", seed {given.seed}" * (len(chosen) < whole))
    chosen.sort(key=lambda mutant: mutant.path)  # a file's mutants fall to the same tests
    with tempfile.TemporaryDirectory() as folder:
        print_account(tried(chosen, given.workers, given.verdicts or Path(folder) / "verdicts"))


def tried(chosen: list[Mutant], workers: int, kept: Path) -> list[dict[str, Any]]:
    """Return each mutant with its last verdict; those killed in an earlier run are not tried."""
    killed = {mutant for mutant, verdict in read_verdicts(kept).items() if verdict["killed_by"]}
    open_ones = [mutant for mutant in chosen if mutant not in killed]
    with tempfile.TemporaryDirectory() as name:
        folder, known, running = Path(name), Path(name) / "known", []
        parts = [open_ones[number::workers] for number in range(workers)]
        for number, part in enumerate([[], *parts]):  # the first gets acquainted with the tests
            listed = folder / f"{number}.json"
            listed.write_text(json.dumps([asdict(mutant) for mutant in part]), encoding="utf-8")
            command = [sys.executable, __file__, "--work", str(listed), str(kept), str(known)]
            running.append(subprocess.Popen(command, cwd=ROOT))
            if not part:
                running[0].wait()
        for worker in running:
            worker.wait()
    verdicts = read_verdicts(kept)
    return [asdict(mutant) | verdicts[mutant] for mutant in chosen if mutant in verdicts]


def read_verdicts(kept: Path) -> dict[Mutant, dict[str, Any]]:
    """Return the last verdict on each mutant; empty where nothing was tried yet."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    names = {field.name for field in fields(Mutant)}
    return {
        Mutant(**{name: entry[name] for name in names}): {
            name: value for name, value in entry.items() if name not in names
        }
        for entry in map(json.loads, lines)
    }


def print_account(verdicts: list[dict[str, Any]]) -> None:
    """Print who survived, and how many were killed in each folder."""
    for found in sorted(verdicts, key=lambda found: (found["path"], found["place"])):
        if not found["killed_by"]:
            words = " -> ".join(filter(None, [found["before"], found["after"]]))
            fate = "survived" if found["tried"] == found["of"] else "undecided"
            print(f"{fate}: {found['path']} [{found['place']}] {found['change']}: {words}")
    whole = Counter(Path(found["path"]).parent.as_posix() for found in verdicts)
    dead = Counter(
        Path(found["path"]).parent.as_posix() for found in verdicts if found["killed_by"]
    )
    for folder, count in whole.items():
        print(f"{folder:24} {dead[folder]:5} of {count:5} killed")
    print(f"{sum(dead.values()) / max(1, sum(whole.values())):.1%} killed")


if __name__ == "__main__":
    main()
