"""What a figure means: what it counts, over which days, by which SQL."""

import shlex

from guanqing import text, warehouse
from guanqing.figures import Answer, Exhibit, View
from guanqing.figures.markup import fill
from guanqing.measures import Measure
from guanqing.paths import DATA
from guanqing.period import DAY
from guanqing.store import default_store


def definition(exhibit: Exhibit, view: View) -> str:
    """Return the 口径 of a figure, as HTML."""
    measure, t = exhibit.measure, view.t
    rows = [
        (t("define.counts"), _counts(measure, view)),
        (t("define.cases"), text.count(exhibit.case_count, view.language)),
        (t("define.period"), _period(exhibit, view)),
        *_earlier(exhibit, view),
        (t("define.as_of"), text.day(view.filters["as_of"], view.language)),
        (t("define.standard"), t(f"standard.{measure.standard}")),
    ]
    if view.facts["loans_include_renewals"] and {"loan", "channel"} & set(measure.recorded):
        rows.append((t("define.renewals"), t("define.renewals_in")))
    if view.facts["is_simulated"]:
        rows.append((t("define.data"), t("app.simulated_note")))
    asked: dict[str, list[Answer]] = {}
    for answer in exhibit.answers:
        asked.setdefault(answer.query, []).append(answer)
    sources = [(warehouse.source(query).strip(), answers) for query, answers in asked.items()]
    return fill(
        "definition",
        title=measure.label[view.language],
        rows=rows,
        sources=sources,
        again=t("define.again"),
        store=_store_option(),
    )


def _counts(measure: Measure, view: View) -> str:
    is_other = view.facts["loans_include_renewals"] and measure.with_renewals
    return (is_other or measure.definition)[view.language]


def _earlier(exhibit: Exhibit, view: View) -> list[tuple[str, str]]:
    """Return against which days of a year earlier it stands, and whether by date or by weekday."""
    shown = view.over(exhibit.measure.counted_over)
    return [
        (
            view.t("define.earlier"),
            view.t(
                "define.by_weekday" if one.is_by_weekday else "define.by_date",
                now=text.span(one.now.start_date, one.now.last_day, view.language),
                earlier=text.span(one.earlier.start_date, one.earlier.last_day, view.language),
            ),
        )
        for one in shown.held_against(exhibit.measure.name, exhibit.answers)
    ]


def _store_option() -> str:
    """Return the option that a line needs in another shell to ask the library served here."""
    root = default_store().root.resolve()
    return "" if root == DATA.resolve() else f" --store {shlex.quote(str(root))}"


def _period(exhibit: Exhibit, view: View) -> str:
    """Return the days that were asked about; another choice of days may not touch a figure."""
    params = (answer.params for answer in exhibit.answers)
    asked = next((given for given in params if "start_date" in given), None)
    if asked is None:
        return view.t("define.any_period")
    last_day = asked["end_date"] - DAY
    days = text.span(asked["start_date"], last_day, view.language)
    running = exhibit.period.is_running and last_day == exhibit.period.last_day
    return f"{days} · {view.t('define.running') if running else view.t('define.complete')}"
