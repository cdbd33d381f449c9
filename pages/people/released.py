"""Who borrows and who leaves, in counts that may leave the desk."""

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.released import say_what_has_changed

panel("borrowers_released")
panel("cancellations_released")
say_what_has_changed()
