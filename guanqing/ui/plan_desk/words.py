"""Who saved a plan, when and why, in words."""

from datetime import datetime

from markupsafe import Markup

from guanqing.plan.making.saving import Saved
from guanqing.ui.registers.rows import local
from guanqing.ui.shell.session import t


def unbroken(words: str) -> Markup:
    """Return words that stay in one line of a table."""
    return Markup('<span class="day">{}</span>').format(words)


def change_mark(done: str) -> Markup:
    """Return the mark of an entry that is added, changed or taken out."""
    form = Markup('<span class="mark {}">{}</span>')
    return form.format(done, t(f"plan_desk.done_{done}"))


def when(saved: Saved) -> str:
    """Return when a plan was saved as the library's clock showed it, "" where nobody did."""
    if saved.stamp is None:
        return ""
    try:
        at = datetime.fromisoformat(saved.stamp.at)
    except ValueError:
        return saved.stamp.at
    return local(at.replace(tzinfo=None))


def who_saved(saved: Saved) -> str:
    """Return who saved a plan, when and why; where nobody did, that it was put there."""
    if saved.stamp is None:
        return t("plan_desk.put_there")
    words = t("plan_desk.saved_by", who=saved.stamp.by, when=when(saved), why=saved.stamp.why)
    return f"{words} {t('plan_desk.by_hand')}" if saved.is_changed else words
