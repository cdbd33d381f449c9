"""Feed broken exports to the reader and keep what it should not have done with them.

Small sound exports (fuzz_corpus.py) are mutated: cells, lines, then bytes. Whatever comes of it,
only a Problem may be raised, every line read must be accounted for, a text has the lines that are
counted here by other means, nothing takes over ten seconds, and no file is written outside the
folder of the run. A find is made smaller and left there with its traceback.
"""

import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import duckdb
import typer
from fuzz_corpus import FORMS, SEEDS, Seed, seeds

from guanqing.intake import accounts, layouts, loading
from guanqing.intake.accounts import refusals
from guanqing.intake.decoding import texts
from guanqing.intake.reading import staging
from guanqing.intake.reading.source_matching import open_texts
from guanqing.intake.validation import rules
from guanqing.problems import Problem
from guanqing.store import Store

Reader = Callable[[Path, str, int | None, Path], str]

MEMORY_BYTES = 6 << 30
PIECE_BYTES = 1 << 27
IN_SIGHT = 1 << 20  # bytes
LIMIT_SECONDS = 10  # of processor time for one file
HANGING_SECONDS = 180  # on the clock, with other work beside
LOAD_EVERY, WHOLE_LOAD_EVERY = 8, 401  # files: of the others only the text and header are read
KEPT_OF_A_KIND = 3
TEXT_ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")
OUTCOMES = ("loaded", "repaired", "refused", "set_aside", "already_there")

WORDS = (
    *("", " ", "\u3000", "*", "<5", "NULL", "\\N", "(null)", "None", "#N/A", "合计", "总计："),
    *("Total", '="001"', "'001", '="', '"', '""', '"""', "'", "''", "`", "\\", "\\\\", "%"),
    *("%s", "%Y", "$1", "$where", "{}", "{0}", "{name}", "?", ":a", "--", "/*", "*/", ";", "|"),
    *(",", "\t", "[", "]", "(", ")", "(?", "[a-", "\\1", "^$", ".*", "(a+)+$"),
    *("'); drop table loans; --", "' || ' or 1=1 --", "\0", "\1", "\2", "\r", "\r\n", "\n"),
    *("\x0b", "\x0c", "\x1a", "\x1b", "\x85", "\u2028", "\ufeff", "\u202e\u0645", "\u200b"),
    *("\U0001f4da", "\U0002a6d6", "e\u0301", "\ufffd", "\ufffe", "ǅ", "ß", "1804-03-01"),
    *("2119-03-01 10:00:00", "0000-00-00", "9999-12-31", "2019-02-30", "24-03-01", "2019/10/7"),
    *("20180612", "20180612 101500", "2018|10|15%", "2018年10月15日", "43466.5", "80000"),
    *("2022-08-0811:14:55", "2019-03-01T10:00:00Z", "2019-03-01 10:00:00-04"),
    *("%2018/11/24", "2018 03 31", "20180407%", "0000-00-00 00:00:00"),
    *("2019-03-01 25:61:61", "infinity", "-infinity", "epoch", "today", "now", "nan", "inf"),
    *("1e400", "1e18", "-1", "-0", "+1", "9" * 18, "9" * 19, "9" * 40, "18446744073709551616"),
    *("9223372036854775808", "0x10", "1_000", "1,000", "1,300,5", "0.0", "1.5", "٣", "１２"),
    *("²", "①", "是", "true", "借书", "30001", "loan", "?", "?loan", "142401199005010021"),
    *("姓名", "读者证号", "Jan-2019", "2019-13", "=1+1", "@SUM(1)", "0"),
)  # fmt: skip
BYTES = (
    *(b"\0", b"\1", b"\2", b"\r", b"\n", b"\r\n", b"\n\r", b"\r\r\n", b"\xef\xbb\xbf"),
    *(b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc0\x80"),
    *(b"\xf4\x90\x80\x80", b"\x80", b"\xff", b"\x81\x30", b"\x84\x31\xa4\x37", b"\xa4\x40"),
    *(b"\xd8\x00", b"\x00\xd8", b"\x0a\x4e", b"\x4e\x0a", b'"', b"'", b",", b"\t", b";", b"|"),
    *(b"\\", b"%", b"$", b"\x1a", b"PK\x03\x04", b"PAR1", b"\x7f", "上海".encode("gb18030")),
    *("讀者".encode("big5"), "館".encode("utf-16-le"), "馆".encode()),
)  # fmt: skip
NAMES = (
    *("{}[1]", "{}*", "a?{}", "{{{}}}", "{{a,b}}{}", "{} (1)", "{}#x", "#{}", "{}'s", '{}"x'),
    *("$HOME{}", "%s{}", "{}%20", "year=2019/{}", "line=5/{}", "line_number=1/{}", "a;b{}"),
    *("～{}", "{}\n", "馆/{}", "{}.csv.gz", "{}.zst", "{}.parquet", "{}.json", "{}.xlsx"),
    *("{}.duckdb", "{}.XLS", "-{}", "..{}"),
)  # fmt: skip

ENDINGS = (".gz", ".zst", ".parquet", ".json", ".xlsx", ".duckdb", ".XLS")


# --- breaking


def mutated(dice: random.Random, corpus: list[Seed]) -> tuple[str, str, str, bytes, int | None]:
    """Return a layout, a form, a file's name, its bytes, and its lines if they are known."""
    seed = dice.choice(corpus if dice.random() < 0.5 else SEEDS)
    for _ in range(dice.choice((0, 1, 1, 2, 3, 6))):
        seed = dice.choice(CELLS)(seed, dice, corpus)
    form = dice.choice(tuple(FORMS)) if dice.random() < 0.6 else "csv"
    if form in ("xls", "xlsx") and dice.random() < 0.8:  # each begins a process
        form = "csv"
    suffix, written = FORMS[form]
    data = written(seed)
    line_count = None
    if form == "zip":
        line_count = physical_lines(FORMS["csv"][1](seed), "utf-8")
    # the reader of old workbooks takes the whole process down, which costs seconds each time
    spared = form == "xls" and dice.random() < 0.95
    for _ in range(0 if spared else dice.choice((0, 0, 1, 1, 2, 5))):
        data = dice.choice(RAW)(data, dice)
        line_count = None
    name = seed.name
    if dice.random() < 0.1:
        name = dice.choice(NAMES).format(name)
        if name.endswith(ENDINGS):
            suffix = ""
    return seed.layout, form, name + suffix, data, line_count


def _with_table(seed: Seed, table: list[list[str]]) -> Seed:
    return replace(seed, table=[row for row in table if row] or [[""]])


def _cell_change(change: Callable[[str, random.Random], str]) -> Any:
    def changed(seed: Seed, dice: random.Random, corpus: list[Seed]) -> Seed:
        if seed.lines:
            lines = list(seed.lines)
            place = dice.randrange(len(lines))
            lines[place] = change(lines[place], dice)
            return replace(seed, lines=tuple(lines))
        table = [list(row) or [""] for row in seed.table]
        row = dice.choice(table if dice.random() < 0.7 else table[:1])
        place = dice.randrange(len(row))
        row[place] = change(row[place], dice)
        return _with_table(seed, table)

    return changed


def _spoiled(cell: str, dice: random.Random) -> str:
    word = dice.choice(WORDS)
    place = dice.randrange(len(cell) + 1)
    return dice.choice((word, word + cell, cell + word, cell[:place] + word + cell[place:]))


def _line_moved(seed: Seed, dice: random.Random, corpus: list[Seed]) -> Seed:
    table = [list(row) for row in seed.table] or [[line] for line in seed.lines]
    place, other = dice.randrange(len(table)), dice.randrange(len(table))
    stranger = dice.choice(corpus).table or [["stranger"]]
    change = dice.randrange(7)
    if change == 0:
        table.insert(other, list(table[place]))
    elif change == 1:
        table.extend([list(table[place])] * dice.choice((1, 10, 200)))
    elif change == 2:
        del table[place]
    elif change == 3:
        table.insert(other, list(dice.choice(stranger)))
    elif change == 4:
        table[place] = table[place] + table[other]
    elif change == 5:
        table.insert(other, [])
    else:
        table[0] = [*table[0], dice.choice(table[0] or ["x"]), dice.choice(WORDS)]
    if seed.lines:
        return replace(seed, lines=tuple("".join(row) for row in table) or ("",))
    return replace(seed, table=table or [[""]])


def _columns_moved(seed: Seed, dice: random.Random, corpus: list[Seed]) -> Seed:
    if seed.lines or not seed.table[0]:
        return seed
    place = dice.randrange(len(seed.table[0]))
    order = list(range(len(seed.table[0])))
    dice.shuffle(order)
    rows = {
        "dropped": [row[:place] + row[place + 1 :] for row in seed.table],
        "doubled": [row[: place + 1] + row[place:] for row in seed.table],
        "shuffled": [[row[n] for n in order if n < len(row)] for row in seed.table],
        "alone": [row[place : place + 1] for row in seed.table],
        "wide": [row * 40 for row in seed.table],
    }
    return _with_table(seed, rows[dice.choice(tuple(rows))])


def _other_cut(seed: Seed, dice: random.Random, corpus: list[Seed]) -> Seed:
    return replace(seed, delimiter=dice.choice((",", "\t", ";", "|", " ", "^", "，")))


def _other_layout(seed: Seed, dice: random.Random, corpus: list[Seed]) -> Seed:
    return replace(seed, layout=dice.choice(corpus).layout)


CELLS = [
    *[_cell_change(_spoiled)] * 5,
    _cell_change(lambda cell, dice: f'"{cell}"'),
    _cell_change(lambda cell, dice: (cell * dice.choice((2, 50, 3000)))[:100_000]),
    _cell_change(lambda cell, dice: cell[: dice.randrange(len(cell) + 1)]),
    *[_line_moved] * 3,
    _columns_moved,
    _other_cut,
    _other_layout,
]


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 4, 30))):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _span(data: bytes, dice: random.Random) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.choice((1, 2, 16, 300)))


def _cut(data: bytes, dice: random.Random) -> bytes:
    start, end = _span(data, dice)
    return data[:start] + data[end:]


def _doubled(data: bytes, dice: random.Random) -> bytes:
    start, end = _span(data, dice)
    return data[:end] + data[start:end] * dice.choice((1, 3, 100)) + data[end:]


def _put_in(data: bytes, dice: random.Random) -> bytes:
    start, _ = _span(data, dice)
    return data[:start] + dice.choice(BYTES) * dice.choice((1, 1, 1, 2, 40)) + data[start:]


def _ended(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)] if dice.random() < 0.5 else data.rstrip(b"\r\n")


def _line_ends(data: bytes, dice: random.Random) -> bytes:
    return data.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"\n\n", b"\0\n")))


def _long(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.8:  # slow, and never a small file
        return _put_in(data, dice)
    start, _ = _span(data, dice)
    filling = dice.choice((b"9", b"x", b'"', b",", b"\t", b"\r", b"\0", b"\xff", "馆".encode()))
    return data[:start] + filling * dice.choice((70_000, 1_048_577, 1_100_000)) + data[start:]


RAW = [_flipped, _cut, _doubled, _put_in, _put_in, _put_in, _ended, _line_ends, _long]


# --- reading


def physical_lines(data: bytes, encoding: str) -> int:
    """Count lines as an editor does; a lone return ends one only where no line feed is in sight."""
    if encoding == "utf-16":
        codec = "utf-16-be" if _is_big_endian(data) else "utf-16-le"
        data = data.decode(codec, "surrogatepass" if not len(data) % 2 else "replace").encode(
            "utf-8", "surrogatepass"
        )
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in data[:IN_SIGHT]:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def _is_big_endian(data: bytes) -> bool:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[:2] == b"\xfe\xff"
    head = data[:4096]
    return head[::2].count(0) >= head[1::2].count(0)


class Wrong(Exception):
    """What the reader should not have done."""


def read(path: Path, layout_name: str, line_count: int | None, folder: Path) -> str:
    """Load a file up to the account, its records in memory, and return what came of it."""
    layout = layouts.read(layout_name)
    scratch = Path(tempfile.mkdtemp(dir=folder))
    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.execute("set enable_progress_bar = false")
        found = texts([path], scratch)
        opened, _ = loading._open(found, layout)
        library: Any = SimpleNamespace(
            connection=connection,
            draft=SimpleNamespace(folder=scratch, records=":memory:", number=1, parent=None),
        )
        report = loading._load(library, opened, layout, Store(scratch), lambda step: None)
        require_sums(report)
        for source, file in zip(opened, report.files, strict=True):
            if source.text.encoding in TEXT_ENCODINGS:
                physical = line_count
                if source.text.name == path.name:
                    physical = physical_lines(path.read_bytes(), source.text.encoding)
                if physical not in (None, file.lines_read + bool(source.header_line)):
                    raise Wrong(f"{file.lines_read} lines read of {physical}")
        return "loaded" if report.load_number else "nothing new"
    except Problem as problem:
        return problem.key
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)


def only_text(path: Path, layout_name: str, line_count: int | None, folder: Path) -> str:
    """Read a file as far as its header and hold a text to what it promises."""
    scratch = Path(tempfile.mkdtemp(dir=folder))
    try:
        found = texts([path], scratch)
        for text in found:
            data = text.path.read_bytes()
            data.decode()
            lines = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
            if any(sign in data for sign in (b"\0", b"\1")) or any(b"\r" in at for at in lines):
                raise Wrong("signs that no text has")
            if max(map(len, lines)) > IN_SIGHT + 1:
                raise Wrong("a line too long")
            physical = line_count
            if text.name == path.name and text.encoding in TEXT_ENCODINGS:
                physical = physical_lines(path.read_bytes(), text.encoding)
            if text.encoding in TEXT_ENCODINGS and physical not in (None, len(lines)):
                raise Wrong(f"{len(lines)} lines of {physical}")
        open_texts(found, layouts.read(layout_name))
        return "read"
    except Problem as problem:
        return problem.key
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def require_sums(report: accounts.LoadReport) -> None:
    """Hold that each line is in one of the five counts, and in as many rules as were left out."""
    for file in report.files:
        if file.lines_read != sum(getattr(file, outcome) for outcome in OUTCOMES):
            raise Wrong(f"the account does not add up: {file}")
        left = sum(
            count
            for code, count in file.by_rule.items()
            if rules.rules()[code].outcome in (rules.REFUSED, rules.SET_ASIDE)
        )
        if left != file.refused + file.set_aside:
            raise Wrong(f"the rules do not add up: {file}")
    json.dumps(report.as_dict())


def whole(path: Path, layout: str, line_count: int | None, folder: Path) -> str:
    """Load a file twice into a new library; the second time nothing is new."""
    root = Path(tempfile.mkdtemp(dir=folder))
    store = Store(root)
    try:
        first = loading.load([path], layout, store)
        require_sums(first)
        if first.load_number is None:
            return "nothing new"
        second = loading.load([path], layout, store)
        require_sums(second)
        if second.total("loaded") + second.total("repaired"):
            raise Wrong(f"new the second time: {second.files}")
        refusals.contents(store, with_repaired=True)
    except Problem as problem:
        return problem.key
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return "loaded whole"


# --- finding


def signature(error: BaseException) -> str:
    """Return what two finds of one cause have in common."""
    frames = [
        f"{Path(frame.filename).stem}.{frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "guanqing" in frame.filename
    ]
    message = re.sub(r"'[^']*'|\"[^\"]*\"|\d+|/\S+", "_", str(error))[:60]
    return f"{type(error).__name__} {'/'.join(frames[-2:])} {message}"


class Hunt:
    """One process of a run."""

    def __init__(self, root: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.root, self.finds = root, root / "finds"
        self.folder = root / f"work{os.getpid()}"
        self.folder.mkdir(parents=True)
        self.finds.mkdir(exist_ok=True)
        self.came: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        self.strayed: list[str] = []
        self.piece = PIECE_BYTES
        sys.addaudithook(self._watch)

    def _watch(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = details
            is_writing = (flags or 0) & (os.O_WRONLY | os.O_RDWR) or (mode or "r")[0] in "wax"
            if not is_writing or isinstance(path, int):
                return
        elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink"):
            path = details[1] if event in ("os.rename", "os.symlink") else details[0]
        else:
            return
        name = os.fsdecode(path)
        if name.startswith("/") and not name.startswith((str(self.root), "/dev/")):
            self.strayed.append(f"{event} {name}")

    def run(self, until: float) -> None:
        """Read files until the clock says so."""
        corpus, turn, told = seeds(), 0, 0.0
        while time.time() < until:
            turn += 1
            layout, form, name, data, line_count = mutated(self.dice, corpus)
            # pieces are for files that are large: three or so show what they could break
            self.piece = self.dice.choice((PIECE_BYTES, PIECE_BYTES, max(len(data) // 3, 40)))
            reader = whole if turn % WHOLE_LOAD_EVERY == 0 else only_text
            if turn % LOAD_EVERY == 0:
                reader = read
            self.came[f"{form} {self._try(layout, name, data, line_count, reader)}"] += 1
            if time.time() > told + 5:
                told = time.time()
                self._tell()
        self._tell()

    def _tell(self) -> None:
        told = {"files": sum(self.came.values()), "came": self.came, "finds": self.known}
        (self.root / f"{self.folder.name}.json").write_text(
            json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    def _try(
        self, layout: str, name: str, data: bytes, line_count: int | None, reader: Reader
    ) -> str:
        error = self.error_of(layout, name, data, line_count, reader)
        if isinstance(error, str):
            return error
        found = signature(error)
        self.known[found] += 1
        if self.known[found] <= KEPT_OF_A_KIND and not self._is_kept(found):
            if line_count is None:
                *_, data = self._smaller(data, found, layout, name, reader)
            self._keep(found, layout, name, data, error, reader)
        return "find"

    def _is_kept(self, found: str) -> bool:
        return len(list(self.finds.glob(f"{self._folder_of(found)}*"))) >= KEPT_OF_A_KIND

    @staticmethod
    def _folder_of(found: str) -> str:
        return re.sub(r"\W+", "_", found)[:100]

    def error_of(
        self, layout: str, name: str, data: bytes, line_count: int | None, reader: Reader
    ) -> str | BaseException:
        """Return what came of a file, or the error that is a find."""
        begun = time.process_time()
        path = self.folder / "input" / name
        self.strayed.clear()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            (self.folder / "input.txt").write_text(f"{layout}\n{path}", encoding="utf-8")
            staging.pieces.__defaults__ = (self.piece,)
            came = reader(path, layout, line_count, self.folder)
            spent = time.process_time() - begun
            if spent > LIMIT_SECONDS:
                raise Wrong(f"slow: {spent:.0f} s")
            if self.strayed:
                raise Wrong(f"strayed: {self.strayed[:3]}")
            left = {at.name for at in self.folder.iterdir()} - {"input", "input.txt", "spill"}
            if left:
                raise Wrong(f"left behind: {left}")
            return came
        except Exception as error:  # whatever it is, it is what is looked for
            return error
        finally:
            shutil.rmtree(self.folder / "input", ignore_errors=True)

    def _smaller(
        self, data: bytes, found: str, layout: str, name: str, reader: Reader
    ) -> Iterator[bytes]:
        """Yield ever smaller files of the same find, for half a minute at most."""
        yield data
        until = time.time() + 30
        for unit in (b"\n", b""):
            parts = data.split(b"\n") if unit else [data[n : n + 1] for n in range(len(data))]
            size = max(len(parts) // 2, 1)
            while time.time() < until:
                place, is_smaller = 0, False
                while place < len(parts) and time.time() < until:
                    rest = parts[:place] + parts[place + size :]
                    error = self.error_of(layout, name, unit.join(rest), None, reader)
                    if not isinstance(error, str) and signature(error) == found:
                        parts, is_smaller = rest, True
                        yield unit.join(parts)
                    else:
                        place += size
                if size == 1 and not is_smaller:
                    break
                size = max(size // 2, 1)
            data = unit.join(parts)

    def _keep(
        self, found: str, layout: str, name: str, data: bytes, error: BaseException, reader: Reader
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix=f"{self._folder_of(found)}-", dir=self.finds))
        (folder / "bytes").write_bytes(data)
        lines = traceback.format_exception(error)
        about = (
            f"layout {layout}\nname {name!r}\nreader {reader.__name__}\nbytes {data[:3000]!r}\n\n"
        )
        (folder / "about.txt").write_text(
            about + "".join(lines), encoding="utf-8", errors="replace"
        )


def _hunt(root: Path, seed: int, until: float) -> None:
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))  # else all else dies too
    Hunt(root, seed).run(until)


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, other files.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for the finds.")] = Path("benchmarks/out/fuzz"),
) -> None:
    """Hunt in a process of its own, begun anew if a file makes it crash or hang; tell the sums."""
    root = out.resolve() / f"seed{seed}"
    root.mkdir(parents=True, exist_ok=True)
    until, turn = time.time() + minutes * 60, 0
    while time.time() < until - 1:
        spawn = multiprocessing.get_context("spawn")
        process = spawn.Process(target=_hunt, args=(root, seed * 1000 + turn, until))
        process.start()
        current = root / f"work{process.pid}" / "input.txt"
        while process.is_alive():
            process.join(1)
            is_late = current.exists() and time.time() - current.stat().st_mtime > HANGING_SECONDS
            if is_late:
                process.kill()
                process.join()
        if process.exitcode:
            _keep_lethal(root, current, process.exitcode)
        shutil.rmtree(root / f"work{process.pid}", ignore_errors=True)
        turn += 1
    told = [json.loads(path.read_text(encoding="utf-8")) for path in root.glob("work*.json")]
    found = sum((Counter(one["finds"]) for one in told), Counter[str]())
    typer.echo(f"{sum(one['files'] for one in told)} files, {len(found)} kinds of finds in {root}")
    for kind, count in found.most_common():
        typer.echo(f"{count:>7} {kind}")


def _keep_lethal(root: Path, current: Path, code: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix=f"lethal_{code}-", dir=root / "finds"))
    with suppress(OSError):
        shutil.copytree(current.parent / "input", folder / "input")
        shutil.copy(current, folder)


if __name__ == "__main__":
    typer.run(main)
