"""Counts of people that may leave the desk: which have to be hidden so that none can be found out.

A release is a set of tables over the same people, at the end of each quarter. What is under the
floor is hidden, and beside it whatever would give it away through totals, through other tables
or through an earlier release (secondary suppression). `attack` proves it, release by release; by
`kept` a quarter is released in one state only.
"""

from guanqing.disclosure.attack import bounds, found_out
from guanqing.disclosure.hiding import hide
from guanqing.disclosure.kept import released
from guanqing.disclosure.releases import Cell, Release, protect

__all__ = ["Cell", "Release", "bounds", "found_out", "hide", "protect", "released"]
