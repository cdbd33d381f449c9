"""What an unknown file probably is: a mapping to look at, never one that is applied unseen."""

from guanqing.intake.proposals.changing import Change, with_changes
from guanqing.intake.proposals.drafting import save
from guanqing.intake.proposals.matching import Match
from guanqing.intake.proposals.proposal import LOW, Proposal, layout_of, outdone
from guanqing.intake.proposals.proposing import (
    LEAST,
    best_layout,
    every_kind,
    propose,
    propose_together,
)
from guanqing.intake.proposals.wording import Reason

__all__ = [
    "LEAST",
    "LOW",
    "Change",
    "Match",
    "Proposal",
    "Reason",
    "best_layout",
    "every_kind",
    "layout_of",
    "outdone",
    "propose",
    "propose_together",
    "save",
    "with_changes",
]
