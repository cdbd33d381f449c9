"""An entry of a plan as cells again, in the words of a language."""

from collections.abc import Iterator, Mapping
from typing import Any

from guanqing.plan.making import values
from guanqing.plan.making.cells import IN_BOTH
from guanqing.plan.making.columns import MILESTONE, choices
from guanqing.plan.planrules import Entry

NUMBERS = ("at_least", "stretch")
CHOSEN = ("measure", "per", "shown_as", "scope")


def promise(entry: Entry, language: str) -> str:
    """Return what a target promises, in few words; of a milestone its day."""
    if "kind" not in entry:
        return str(entry.get("due", ""))
    said = cells_of(entry, language, grouped=True)
    unit = said.get(f"unit_{language}", "").split("|")[-1]
    return " ".join(part for part in (said.get("at_least", ""), unit) if part)


def cells_of(entry: Entry, language: str, *, grouped: bool = False) -> dict[str, str]:
    """Return a target or milestone as cells, in the words of a language; grouped: 13,000.

    Its revisions have no cell. What a file says that no row could say is left out.
    """
    return {name: words for name, words in _cells(entry, language, grouped) if words}


def _cells(entry: Entry, language: str, grouped: bool) -> Iterator[tuple[str, str]]:
    kind = str(entry.get("kind", MILESTONE))
    yield "kind", _called("kind", kind, "", language)
    is_percent = entry.get("shown_as") == "percent"
    for name, value in entry.items():
        if name in IN_BOTH and isinstance(value, dict):
            for spoken in ("zh", "en"):
                yield f"{name}_{spoken}", str(value.get(spoken, ""))
        elif name in NUMBERS:
            yield name, values.number_in_words(value, percent=is_percent, grouped=grouped)
        elif name in CHOSEN:
            yield name, _called(name, str(value), kind, language)
        elif name == "every_week":
            yield name, _called(name, "yes" if value else "no", kind, language)
        elif name in ("by_month", "by_branch") and isinstance(value, dict):
            yield name, values.BETWEEN[language].join(_parts(name, value, language))
        elif name == "quality" and isinstance(value, list):
            yield name, values.BETWEEN[language].join(_sound_conditions(value, language))
        elif name in ("code", "wave", "due"):
            yield name, str(value)


def _called(column: str, code: str, kind: str, language: str) -> str:
    known = choices(column, kind)
    return known[code].words[language] if code in known else code


def _parts(name: str, value: Mapping[str, Any], language: str) -> Iterator[str]:
    mark = "月" if name == "by_month" and language == "zh" else ""
    for code, amount in value.items():
        yield f"{code}{mark}={values.number_in_words(amount)}"


def _sound_conditions(found: list[Any], language: str) -> Iterator[str]:
    for condition in found:
        try:
            yield values.condition_in_words(condition, language)
        except (KeyError, TypeError):  # as a hand wrote it that knew no better
            continue
