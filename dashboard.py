"""The frame around every page: language, menu, library, filters, and the head of the page.

Run it with `guanqing serve`, or `streamlit run dashboard.py`.
"""

from guanqing import ui

MENU = {
    "year": ["overview", "targets", "target"],
    "service": ["circulation", "classes", "activities"],
    "people": ["readers", "cards"],
    "library": ["sources", "registers", "loading"],
}

ui.begin()
page = ui.navigate(MENU)
ui.open_library()
ui.choose(page)
ui.head(page)
page.run()
