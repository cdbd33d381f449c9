"""What is wrong with a plan, as keys of texts: the page and the command say it alike."""

from guanqing import text
from guanqing.plan import planfile
from guanqing.plan.making.columns import desk


def because(why: str, near: str) -> str:
    """Return the key of the text that says what is wrong and what to do; near: what is meant."""
    known = text.load()
    if near and f"plan_desk.because_{why}_near" in known:
        return f"plan_desk.because_{why}_near"
    if f"plan_desk.because_{why}" in known:
        return f"plan_desk.because_{why}"
    return planfile.said(why, near)


def column_called(code: str, language: str) -> str:
    """Return what a column is called; a field of a file that has no column, as it is."""
    columns = desk().columns
    found = columns.get(code) or columns.get(f"{code}_{language}")
    return found.called(language) if found else code
