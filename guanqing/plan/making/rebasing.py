"""A plan being made, laid on a plan that somebody else has saved meanwhile."""

import re

from guanqing.plan.making.drafts import TABLES, Draft
from guanqing.plan.planrules import Entry

LAST_NUMBER = re.compile(r"_\d+$")


def rebased(mine: Draft, start: Draft, now: Draft) -> Draft:
    """Return a draft begun from start as it is on top of the plan now: what either added stays.

    Codes are made from the measure, so that two who add at once make the same: mine gets another.
    One name in both is one entry, as in a worksheet, and stands as mine has it. What was there
    when mine was begun is as mine has it too: whoever saves is shown that first.
    """
    known = _codes(start)
    taken = _codes(mine) | _codes(now)
    for table in TABLES:
        theirs = [one for one in now.entries(table) if one.get("code") not in known]
        by_name = {_name(one): one for one in theirs if _name(one)}
        entries: list[Entry] = []
        for entry in mine.entries(table):
            is_new = entry.get("code") not in known
            same = by_name.get(_name(entry)) if is_new else None
            if same is not None:
                theirs.remove(same)
                del by_name[_name(entry)]
                entries.append(entry | {"code": same["code"]})
            elif is_new and str(entry.get("code")) in _codes(now):
                code = _another(str(entry["code"]), taken)
                taken.add(code)
                entries.append(entry | {"code": code})
            else:
                entries.append(entry)
        mine = mine.having(table, (*entries, *theirs))
    return mine


def _codes(draft: Draft) -> set[str]:
    return {str(one["code"]) for t in TABLES for one in draft.entries(t) if "code" in one}


def _name(entry: Entry) -> str:
    name = entry.get("name")
    return str(name.get("zh", "")) if isinstance(name, dict) else ""


def _another(code: str, taken: set[str]) -> str:
    """Return the code with the next number that is free: of loan_count_2 loan_count_3."""
    base = LAST_NUMBER.sub("", code)
    return next(c for n in range(2, 10_000) if (c := f"{base}_{n}") not in taken)
