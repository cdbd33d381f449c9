"""What a browser may order of Streamlit beside what a page offers, and none of ours does.

Each session's socket takes them from whoever has one, before anybody has signed in: to empty what
is kept for everybody, with it the desk of a load under way, and to tell of the checkout we run in.
"""

import logging

from streamlit.runtime.app_session import AppSession

LOG = logging.getLogger(__name__)
REFUSED = ("_handle_clear_cache_request", "_handle_git_information_request")


def refuse_orders() -> None:
    """Have every session pass over them. AttributeError where Streamlit calls them otherwise."""
    for name in REFUSED:
        getattr(AppSession, name)
        setattr(AppSession, name, _pass_over)


def _pass_over(_session: AppSession) -> None:
    LOG.warning("a browser gave an order that no page of ours gives")
