"""What is wrong with a plan, or may be, said in a terminal by line and field."""

from rich.text import Text

from guanqing.cli.frame import err, language, say
from guanqing.plan import planfile
from guanqing.plan.making.laying import Laid
from guanqing.plan.making.words import because, column_called
from guanqing.plan.planparts import target_doubts

FAULT, DOUBT = ("✖", "red"), ("!", "yellow")


def say_refused(refused: tuple[planfile.Refusal, ...]) -> bool:
    """Say what is refused, and return whether anything is."""
    for one in refused:
        words = say(because(one.why, one.near), value=one.value, near=one.near)
        _complain(one.line, column_called(one.field, language()), one.value, words)
    return bool(refused)


def say_doubts(found: tuple[planfile.Refusal, ...]) -> None:
    """Say what is used and may be a slip."""
    for one in found:
        words = say(because(one.why, one.near), value=one.value)
        _complain(one.line, column_called(one.field, language()), one.value, words, DOUBT)


def _complain(line: int, field: str, value: str, why: str, mark: tuple[str, str] = FAULT) -> None:
    words = say("plan_cli.fault", line=str(line), field=field, value=value, why=why)
    err.print(Text.assemble(mark, " ", words), soft_wrap=True, highlight=False)


def say_line_faults(laid: Laid) -> None:
    """Say what is wrong with the lines of a table, and what of the others may be."""
    for number, fault in laid.faults:
        words = say(because(fault.why, fault.near), value=fault.value, near=fault.near)
        _complain(number, column_called(fault.column, language()), fault.value, words)
    for line in laid.lines:
        entry = line.made.entry if not line.faults and "kind" in line.made.entry else None
        for field, why, value in target_doubts(entry) if entry else ():
            words = say(because(why, ""), value=str(value))
            _complain(line.number, column_called(field, language()), str(value), words, DOUBT)
