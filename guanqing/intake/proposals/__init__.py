"""What an unknown file probably is: a mapping to look at, never one that is applied unseen."""

from guanqing.intake.proposals.drafting import save
from guanqing.intake.proposals.matching import Match
from guanqing.intake.proposals.proposal import LOW, Proposal, layout_of
from guanqing.intake.proposals.proposing import best_layout, propose
from guanqing.intake.proposals.wording import Reason

__all__ = [
    "LOW",
    "Match",
    "Proposal",
    "Reason",
    "best_layout",
    "layout_of",
    "propose",
    "save",
]
