"""A simulated network: its main library adds up to what was printed for 2018 and lives on.

Everything a librarian could read or change stands in data/demo/; the printed figures come from
data/libraries/jinzhong/published/2018.toml and nowhere else.
"""

from collections.abc import Callable
from typing import Any

from guanqing import own, published
from guanqing.intake.publishing.build import Library, building
from guanqing.own import Own
from guanqing.store import Store
from simulated_library import (
    activities,
    cards,
    holdings,
    lending,
    loans,
    names,
    notes,
    readers,
    registers,
    shelves,
    stock,
)
from simulated_library.calendar import Calendar, read_calendar
from simulated_library.cards import Year
from simulated_library.chance import known

Report = Callable[[str], None]

PRINTED_YEAR = 2018
STEPS = ("branches", "readers", "items", "loans", "visits", "events", "registers")  # as reported
BRANCH_COLUMNS = ("branch_code", "name_zh", "name_en", "is_main", "floor_area_m2", "seat_count")


def build(
    store: Store, report: Report = lambda step: None, *, rest: dict[str, Any] | None = None
) -> None:
    """Write a new generation with the simulated library and serve it.

    rest: how the year goes on after the last day with data, as in data/demo/rest_of_2019.toml;
    None: nobody knows yet.
    """
    printed = published.load(PRINTED_YEAR, Own(own.SIMULATED).published)
    calendar = read_calendar(last_day=rest["last_day"] if rest else None)
    years = simulated_years(calendar, printed, rest)
    with building(store, report, kind="demo") as library:
        _put_network(library, calendar, report)
        _put_circulation(library, calendar, years, printed, report)
        _put_registers(library, calendar, years, printed, report)
        library.describe(
            name_zh=printed["library"]["name"],
            name_en=printed["library"]["name_en"],
            is_simulated=True,
            layout="demo",
        )


def simulated_years(
    calendar: Calendar, printed: dict[str, Any], rest: dict[str, Any] | None = None
) -> list[Year]:
    """Return the main library's totals: printed for the first year, assumed after it."""
    circulation, issued = printed["circulation"], printed["cards"]["issued"]
    text = known("lending")
    first = known("year_2018") | {
        "loans": circulation["loans"],
        "issued": int(issued.split()[0]),  # "10110 and a few more"
        "cancelled": printed["cards"]["cancelled"],
        "class_shares": {
            row["class"]: row["share"]
            for row in circulation["top_classes"]
            if isinstance(row["share"], float)  # class I is printed as "over 0.50"
        },
        "cap": text["cap_2018"],
        "is_printed": True,
    }
    second = known("year_2019") | {
        "class_shares": {},
        "cap": text["cap_2019"],
        "is_printed": False,
    }
    return [
        Year(calendar.day(row["first_day"]), calendar.day(row["last_day"]), row)
        for row in (first, second, *((second | rest,) if rest else ()))
    ]


def _put_network(library: Library, calendar: Calendar, report: Report) -> None:
    report("branches")
    library.put("branches", calendar.branches.select(*BRANCH_COLUMNS, "opened_on"))
    library.put("opening_hours", calendar.opening_hours())
    library.put("settings", registers.settings_table())


def _put_circulation(
    library: Library,
    calendar: Calendar,
    years: list[Year],
    printed: dict[str, Any],
    report: Report,
) -> None:
    report("readers")
    leaderboard = printed["leaderboard"]["readers"]
    enrolled = cards.enrol(calendar, years, len(leaderboard))
    reader_names = names.reader_names(enrolled, [row["name"] for row in leaderboard])
    library.put("readers", readers.readers_table(calendar, enrolled, names.masked(reader_names)))
    library.put("card_events", cards.card_events_table(calendar, enrolled, years))
    library.put_names(names.names_table(enrolled, reader_names))
    report("items")
    shelved = stock.acquire(calendar, printed["overview"])
    library.put("items", stock.items_table(calendar, shelved))
    library.put("holdings", holdings.holdings_table(calendar, shelved))
    report("loans")
    counts = [row["loans"] for row in leaderboard if "loans" in row]
    counts += known("lending")["next_ranks"]
    lent = lending.lend(calendar, enrolled, years, counts)
    wanted = shelves.classes_wanted(calendar, enrolled, lent, years, shelved.classes)
    item = shelves.take_items(calendar, enrolled, lent, shelved, wanted)
    library.put("loan_events", loans.loan_events_table(calendar, enrolled, lent, item))
    report("visits")
    library.put("visits", registers.visits_table(calendar, lent, years))


def _put_registers(
    library: Library,
    calendar: Calendar,
    years: list[Year],
    printed: dict[str, Any],
    report: Report,
) -> None:
    report("events")
    library.put("events", activities.events_table(calendar, years))
    report("registers")
    library.put("surveys", registers.surveys_table(years))
    library.put("feedback", registers.feedback_table(calendar, years))
    library.put("requests", registers.requests_table(calendar, years))
    library.put("counts", registers.counts_table(calendar, years))
    library.put("digital_resources", registers.digital_resources_table(printed))
    library.put("milestone_states", registers.milestone_states_table())
    library.put("annotations", notes.annotations_table(calendar))
    library.put("inspections", notes.inspections_table(calendar))
    library.put("volunteers", notes.volunteers_table(calendar))
    library.put("plan_notes", notes.plan_notes_table(calendar, known("milestones")["plan_year"]))
