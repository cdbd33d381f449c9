"""Tickets for taking rows out: who may, which figure's, with which filters, and for how long.

A download is asked for by the browser beside any session of Streamlit, so the page that offers it
signs what is asked and for whom. The key lives as long as the server, and so does the time that a
ticket bears: the clock of the machine may be set meanwhile.
"""

import secrets
import time
from dataclasses import asdict, dataclass
from hashlib import sha256

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from pydantic import TypeAdapter, with_config

from guanqing.datafiles import STRICT
from guanqing.problems import Problem

LASTS_SECONDS = 900


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.monotonic())


_signer = URLSafeTimedSerializer(secrets.token_bytes(32), salt="export", signer=_Signer)


@with_config(STRICT)
@dataclass(frozen=True)
class Ticket:
    """What may be taken out with it, and by whom."""

    sign_in: str  # its key; empty at the machine itself
    browser: str  # hash of the browser's own cookie
    library: str  # the name of the file that is read
    language: str
    file_name: str
    figure: str = ""
    query: str = ""
    asked: tuple[tuple[str, ...], ...] = ()  # parameters as a person types them, for each asking
    plan: int = 0  # instead of a figure's rows: the saved plan of this year
    load: int = 0  # instead of a figure's rows: the lines refused by the load of this number
    with_names: bool = False  # in those lines: a reason was given when it was offered
    until: float = 0  # with names: how long that reason holds, in seconds of this server's time


TICKET = TypeAdapter(Ticket)


def of_browser(cookie: str) -> str:
    """Return what a ticket says of the browser it is for."""
    return sha256(cookie.encode()).hexdigest()[:32]


def issue(ticket: Ticket) -> str:
    """Return a ticket as signs of an address."""
    return _signer.dumps(asdict(ticket))


def redeem(words: str, cookie: str) -> Ticket:
    """Return what a ticket allows to the browser with this cookie.

    Problem: ticket_old, ticket_bad.
    """
    try:
        ticket = TICKET.validate_python(_signer.loads(words, max_age=LASTS_SECONDS))
    except SignatureExpired as error:
        raise Problem("ticket_old") from error
    except BadSignature as error:
        raise Problem("ticket_bad") from error
    if ticket.until and time.monotonic() >= ticket.until:
        raise Problem("ticket_old")
    if not cookie or not secrets.compare_digest(ticket.browser, of_browser(cookie)):
        raise Problem("ticket_bad")
    return ticket
