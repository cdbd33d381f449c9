"""The frame around every page: language, menu, library, filters, and the head of the page.

Run it with `guanqing serve`, or `streamlit run dashboard.py`.
"""

from guanqing.ui.shell.filters import choose
from guanqing.ui.shell.frame import begin, head, navigate
from guanqing.ui.shell.library import open_library

MENU = {
    "year": ["overview", "targets", "target"],
    "service": ["circulation", "classes", "activities"],
    "people": ["readers", "cards"],
    "library": ["sources", "registers", "loading"],
}

begin()
page = navigate(MENU)
open_library()
choose(page)
head(page)
page.run()
