"""Who borrows and who leaves, in counts that may leave the desk."""

from guanqing.ui.widgets.panels import panel

panel("borrowers_released")
panel("cancellations_released")
