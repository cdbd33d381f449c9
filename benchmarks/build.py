"""Build libraries of 1, 5 and 20 million loans from the simulated one, and print what it takes.

Each is the simulated library many times over (multiply.sql), written through the same intake as any
other and left in benchmarks/out/<millions>m. A size that is there already is left as it is.
"""

import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

import simulated_library
from guanqing.intake.publishing.build import building
from guanqing.store import Store

OUT = Path(__file__).parent / "out"
SIZES = (1, 5, 20)
MULTIPLY = Path(__file__).with_name("multiply.sql")
YEARS = 5

Sizes = Annotated[list[int] | None, typer.Argument(help="Millions of loans; 1, 5 and 20 if none.")]
Source = Annotated[Path | None, typer.Option(help="Store to multiply; built if it is not given.")]


def store_of(millions: int) -> Store:
    """Return the store that holds so many million loans, whether it exists or not."""
    return Store(OUT / f"{millions}m")


def main(sizes: Sizes = None, source: Source = None) -> None:
    """Build every size that is missing, each in a process of its own so that peaks are its own."""
    origin = Store(source or OUT / "demo")
    if not origin.link.exists():
        simulated_library.build(origin)
    heads = ("loans", "rows s", "derive s", "in all s", "peak GiB", "file GiB")
    print("".join(f"{head:>12}" for head in heads))
    for millions in sizes or SIZES:
        if store_of(millions).link.exists():
            print(f"{millions:>11}M is there already")
            continue
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            print(pool.submit(build, millions, origin.current()).result(), flush=True)


def build(millions: int, origin: Path) -> str:
    """Build one size and return its line of the table."""
    begun = perf_counter()
    steps: list[float] = []
    store = store_of(millions)
    with building(store, lambda step: steps.append(perf_counter())) as library:
        connection = library.connection
        connection.execute(f"attach '{origin}' as source (read_only)")
        _plan_copies(library.connection, millions * 1_000_000)
        connection.execute(MULTIPLY.read_text(encoding="utf-8"))
        library.describe(
            name_zh="测试馆", name_en="Benchmark Library", is_simulated=True, layout="demo"
        )
        (loans,) = connection.execute(
            "select count(*) from loan_events where event_kind = 'loan'"
        ).fetchall()[0]
        connection.execute("detach source")
    ended = perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    size = store.current().stat().st_size / 2**30
    figures = (steps[0] - begun, ended - steps[0], ended - begun)
    return f"{loans:>12,}" + "".join(f"{x:>12.1f}" for x in figures) + f"{peak:>12.2f}{size:>12.2f}"


def _plan_copies(connection, loans: int) -> None:
    """Write the table `copies`: as many whole copies as it takes, each thinned to fit."""
    (each,) = connection.execute(
        "select count(*) filter (where loaned_at >= timestamp '2018-10-01') from source.loans"
    ).fetchall()[0]
    # of five years, each an eighth below the next, the first without the quarter before it
    grown = each * sum((8 - shift) / 8 for shift in range(YEARS)) * 0.92
    copies = -int(-loans // grown)
    connection.execute(
        "create temp table copies as select copy, shift, $kept as kept "
        "from range($copies) as copies (copy) cross join range($years) as shifts (shift)",
        {"kept": round(1000 * loans / (grown * copies)), "copies": copies, "years": YEARS},
    )


if __name__ == "__main__":
    typer.run(main)
