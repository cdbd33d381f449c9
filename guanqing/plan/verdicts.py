"""The one list of verdicts on targets and milestones, and the one order of their seriousness."""

# The worst first, as a council should see them: what cannot be mended, what is behind, what is not
# shown, what nobody can judge, what is still to do, what is well.
ORDER = (
    "not_met",
    "overdue",
    "behind",
    "not_shown",
    "not_computable",
    "dropped",
    "planned",
    "under_way",
    "on_course",
    "done",
    "met",
)
OF_TARGETS = ("not_met", "behind", "not_shown", "not_computable", "on_course", "met")
OF_MILESTONES = ("overdue", "dropped", "planned", "under_way", "done")
WELL = ("on_course", "met")
TO_ACT_ON = ("not_met", "behind", "not_computable")  # what a target always has an alert for


def rank(verdict: str) -> int:
    """Return the place of a verdict in the order, 0 for the most serious."""
    return ORDER.index(verdict)
