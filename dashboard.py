"""The frame around every page: language, menu, library, filters, and the head of the page.

Run it with `guanqing serve`, or `streamlit run dashboard.py`.
"""

from guanqing.ui.shell.filters import choose
from guanqing.ui.shell.frame import begin, head, navigate, run
from guanqing.ui.shell.library import open_library

MENU = {
    "year": ["overview", "targets", "target", "plan_desk"],
    "service": ["circulation", "classes", "activities"],
    "people": ["readers", "cards", "released"],
    "library": ["sources", "registers", "loading", "audit"],
}

begin()
page = navigate(MENU)
open_library()
choose(page)
head(page)
run(page)
