"""Period, branches and as-of day: chosen in the sidebar, kept over pages, named in the URL.

The URL carries codes, never labels, so a link means the same in both languages. It is written once
a run and only when it differs: each write is a step of the browser's history.
"""

from datetime import date
from typing import Any

import streamlit as st

from guanqing import period, text
from guanqing.ui.shell.library import branch_names, facts, usual_branches
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.visitor import visitor

CUSTOM = "custom"
WHOLE_NETWORK = "all"  # in the address, where another choice is the default
SMALLEST_GROUP = 5
OF_A_PAGE = {"target": "code"}  # what the address of a page names beside the filters


def filters() -> dict[str, Any]:
    """Return the parameters every query may take."""
    return dict(st.session_state["filters"])


def chosen() -> period.Period:
    """Return the period chosen."""
    result: period.Period = st.session_state["chosen"]
    return result


def choose(page: st.Page) -> None:
    """Offer the filters and keep the URL in step; what a URL asks in vain is said."""
    about = facts()
    if about["first_day"] is None:  # a library without a loan: nothing to choose from
        today = about["loaded_at"].date()
        own = visitor().branch
        _settle(period.Period("all", today, today + period.DAY), [own] if own else [], today)
        return
    names = branch_names()
    _go_with_the_data(about["last_day"])
    if _is_new_address(page):
        _follow_url(about, names)
    as_of = _choose_as_of(about)
    shown = _choose_period(about["first_day"], as_of)
    branches = _choose_branches(names)
    _settle(shown, branches, as_of)
    _write_url(shown, branches, as_of, about)


def _go_with_the_data(last_day: date) -> None:
    """Move what stood at the end of the data to its new end: a load has brought more, or others."""
    before = st.session_state.get("data_end", last_day)
    st.session_state["data_end"] = last_day
    if before != last_day and st.session_state.get("as_of") == before:
        st.session_state["as_of"] = last_day
        if st.session_state.get("period") == str(before.year):
            st.session_state["period"] = ""


def _settle(shown: period.Period, branches: list[str], as_of: date) -> None:
    st.session_state["chosen"] = shown
    st.session_state["filters"] = {
        "start_date": shown.start_date,
        "end_date": shown.end_date,
        "branches": branches or None,
        "as_of": as_of,
        "limit": 10,
        "floor": SMALLEST_GROUP,
    }


def _is_new_address(page: st.Page) -> bool:
    """Return whether the reader arrived, went back or edited the address: then it decides.

    The menu leads to a bare address, where the choice made so far goes on.
    """
    turned = st.session_state.get("page") not in (None, page.url_path)
    st.session_state["page"] = page.url_path
    asked = st.query_params.to_dict()
    return asked != st.session_state.get("url", {}) and not (turned and not asked)


def _follow_url(about: dict[str, Any], names: dict[str, str]) -> None:
    """Take over what the URL asks; what it leaves out has its default."""
    asked = {key: value for key, value in st.query_params.to_dict().items() if value}
    first_day, last_day = about["first_day"], about["last_day"]
    as_of = last_day
    if "as_of" in asked:
        try:
            as_of = date.fromisoformat(asked["as_of"])
        except ValueError:
            said(t("problem.no_such_day", asked=asked["as_of"]), "doubt")
        if not first_day <= as_of <= last_day:
            _warn("as_of_outside", asked["as_of"], first_day, last_day)
            as_of = last_day
    st.session_state["as_of"] = as_of
    st.session_state["period"] = ""
    if "period" in asked:
        found = period.read(asked["period"], first_day=first_day, as_of=as_of)
        if found:
            st.session_state["period"] = asked["period"]
        elif period.bounds(asked["period"], first_day, as_of):
            _warn("period_outside", asked["period"], first_day, as_of)
        else:
            said(t("problem.no_such_period", asked=asked["period"]), "doubt")
    if of_page := OF_A_PAGE.get(st.session_state["page"]):
        st.session_state[of_page] = asked.get(of_page)
    _follow_branches(asked.get("branch", ""), names)


def _follow_branches(asked: str, names: dict[str, str]) -> None:
    codes = list(dict.fromkeys(filter(None, asked.split(","))))
    if visitor().branch is not None:
        if codes not in ([], [visitor().branch]):
            said(t("problem.other_branch"), "doubt")
        return
    if codes == [WHOLE_NETWORK]:
        st.session_state["branch"] = []
        return
    for code in codes:
        if code not in names:
            said(t("problem.unknown_branch", code=code), "doubt")
    st.session_state["branch"] = [code for code in codes if code in names] or usual_branches()


def _warn(key: str, asked: str, first_day: date, last_day: date) -> None:
    words = t(f"problem.{key}", asked=asked, first_day=first_day, last_day=last_day)
    said(words, "doubt")


def _choose_as_of(about: dict[str, Any]) -> date:
    if not isinstance(st.session_state.get("as_of"), date):
        st.session_state["as_of"] = about["last_day"]
    # another library may cover other days than the one the choice was made on
    within = min(max(st.session_state["as_of"], about["first_day"]), about["last_day"])
    st.session_state["as_of"] = within
    picked = st.sidebar.date_input(
        t("filters.as_of"),
        min_value=about["first_day"],
        max_value=about["last_day"],
        format="YYYY-MM-DD",
        key="as_of",
        help=t("filters.as_of_help"),
    )
    return picked if isinstance(picked, date) else within


def _choose_period(first_day: date, as_of: date) -> period.Period:
    codes = period.choices(first_day, as_of)
    current = st.session_state.get("period") or str(as_of.year)
    if current != CUSTOM and period.read(current, first_day=first_day, as_of=as_of) is None:
        current = codes[0]
    if current not in codes and current != CUSTOM:
        codes.append(current)
    st.session_state["period"] = current
    code = st.sidebar.selectbox(
        t("filters.period"), [*codes, CUSTOM], format_func=period_label, key="period"
    )
    if code == CUSTOM:
        code = _choose_days(first_day, as_of)
    found = period.read(code, first_day=first_day, as_of=as_of)
    return found or period.Period("all", first_day, as_of + period.DAY)


def _choose_days(first_day: date, as_of: date) -> str:
    picked = st.sidebar.date_input(
        t("filters.days"),
        value=(max(first_day, as_of.replace(day=1)), as_of),
        min_value=first_day,
        max_value=as_of,
        format="YYYY-MM-DD",
    )
    days = list(picked) if isinstance(picked, tuple) else [picked]
    return f"{days[0]}..{days[-1]}" if days else "all"


def _choose_branches(names: dict[str, str]) -> list[str]:
    own = visitor().branch
    if own is not None:
        if own not in names:  # it has no rows, and a wrong code shows no other's
            said(t("problem.own_branch_unknown", code=own), "bad")
        return [own]
    kept = [code for code in st.session_state.get("branch", usual_branches()) if code in names]
    st.session_state["branch"] = kept
    if len(names) < 2:
        return kept
    return st.sidebar.multiselect(
        t("filters.branches"),
        list(names),
        format_func=names.__getitem__,
        placeholder=t("filters.whole_network"),
        select_all=False,  # Streamlit offers it in English only
        key="branch",
    )


def period_label(code: str) -> str:
    """Return what a period code is called."""
    if code in ("12m", "all", CUSTOM):
        return t(f"filters.period_{code}")
    if "Q" in code:
        year, quarter = code.split("Q")
        return t("filters.period_quarter", year=year, quarter=quarter)
    if ".." in code:
        first, last = (date.fromisoformat(part) for part in code.split(".."))
        return text.span(first, last, language())
    if "-" in code:
        return text.month(date.fromisoformat(f"{code}-01"), language())
    return t("filters.period_year", year=code)


def _write_url(
    shown: period.Period, branches: list[str], as_of: date, about: dict[str, Any]
) -> None:
    """Put every choice that is not the default into the URL, in one step."""
    want = {}
    if language() != "zh":
        want["lang"] = language()
    if shown.code != str(as_of.year):
        want["period"] = shown.code
    if branches != usual_branches():
        want["branch"] = ",".join(branches) or WHOLE_NETWORK
    if as_of != about["last_day"]:
        want["as_of"] = as_of.isoformat()
    if code := code_asked():
        want[OF_A_PAGE[st.session_state["page"]]] = code
    if st.query_params.to_dict() != want:
        st.query_params.from_dict(want)
    st.session_state["url"] = want


def address() -> dict[str, str]:
    """Return the filters as another page's address has to name them."""
    asked: dict[str, str] = st.session_state.get("url", {})
    return {key: value for key, value in asked.items() if key not in OF_A_PAGE.values()}


def code_asked() -> str | None:
    """Return what the address of the page names beside the filters."""
    name = OF_A_PAGE.get(st.session_state.get("page", ""))
    return st.session_state.get(name) if name else None
