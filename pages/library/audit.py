"""Who signed in, took something out or changed something."""

from guanqing.ui.shell.visitor import only_for
from guanqing.ui.trail import trail

only_for("audit")
trail()
