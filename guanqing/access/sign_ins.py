"""How long a sign-in holds: while its owner is there, and never for longer than a working day.

What is known of them is kept in memory alone, so that a restart of the server ends every sign-in.
The clock of a machine may be set while it serves, so limits run on a time of our own: it goes on
while the clock is set back, and where that is set forward it ends a sign-in early, never late.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any

from guanqing.problems import Problem

CLOCKS_APART = timedelta(minutes=2)  # the provider's and ours
EXACT = timedelta(seconds=1)  # what is less between two clocks of this machine is how they are read
MOST_BEGUN = 10_000  # whoever a proxy names may have as many browsers as they like


def of_claims(claims: Mapping[str, Any]) -> tuple[str, datetime]:
    """Return the key of the sign-in that a provider tells of, and when it was made.

    Problem: provider_silent.
    """
    try:
        issued = datetime.fromtimestamp(float(str(claims["iat"])), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise Problem("provider_silent", claim="iat") from error
    return _key(claims.get("iss"), claims.get("sub"), claims["iat"]), issued


def of_browser(who: str, browser: str) -> str:
    """Return the key of what somebody does in one browser, where a proxy says who they are."""
    return _key("browser", who.casefold(), browser)


def _key(*parts: object) -> str:
    return sha256(" ".join(map(str, parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Held:
    """A sign-in that holds: when its owner did something last, and what is said of them."""

    seen: datetime  # by our own time, as begun
    begun: datetime
    issued: datetime  # by the provider's clock
    claims: Mapping[str, Any]
    noted: str = ""  # what the audit was told of it last


@dataclass
class SignIns:
    """The sign-ins of one server, each by a key that nobody can guess from a name."""

    idle: timedelta
    longest: timedelta
    started: datetime
    ticks: Callable[[], float] = time.monotonic
    _seen: dict[str, "Held"] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)  # and at which tick
    # where a proxy does not say it: by the clock, and by our own time
    _begun: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Begin our own time with the clock."""
        self._first_tick = self._last_tick = self.ticks()
        self._own_time = self._clock = self.started

    def _time(self, now: datetime) -> datetime:
        """Return our own time where the clock says `now`."""
        tick = self.ticks()
        passed = timedelta(seconds=tick - self._last_tick)
        self._own_time += max(passed, now - self._clock)
        self._last_tick, self._clock = tick, now
        return self._own_time

    def _started(self, now: datetime) -> datetime:
        """Return when the server began, as the clock would say today."""
        by_ticks = now - timedelta(seconds=self.ticks() - self._first_tick + 1)
        return self.started if abs(by_ticks - self.started) < CLOCKS_APART else by_ticks

    def begun(self, key: str, now: datetime) -> datetime:
        """Return when a sign-in was met first: no reload of a page begins it anew."""
        with self._lock:
            own = self._time(now)
            while len(self._begun) >= MOST_BEGUN and key not in self._begun:
                del self._begun[next(iter(self._begun))]
            clock, begun = self._begun.setdefault(key, (now, own))
            # the two differ by what the clock was set since; less is how exactly they are read
            set_since = (now - clock) - (own - begun)
            return clock if abs(set_since) < EXACT else clock + set_since

    def hold(
        self,
        key: str,
        issued: datetime,
        now: datetime,
        claims: Mapping[str, Any] | None = None,
        *,
        is_active: bool = True,
    ) -> None:
        """Let a sign-in go on; is_active: its owner did something.

        Problem: clock_apart, sign_in_ended, sign_in_idle, sign_in_over.
        """
        with self._lock:
            own = self._time(now)
            self._forget(own)
            if issued > now + CLOCKS_APART:
                raise Problem("clock_apart", issued=f"{issued:%Y-%m-%d %H:%M}")
            before = self._seen.get(key)
            if key in self._ended or (before is None and issued < self._started(now)):
                raise Problem("sign_in_ended")
            begun = before.begun if before else own - max(now - issued, timedelta())
            if own - begun > self.longest:
                self._end(key)
                raise Problem("sign_in_over", hours=int(self.longest.total_seconds() // 3600))
            seen = before.seen if before else begun
            if own - seen > self.idle:
                self._end(key)
                raise Problem("sign_in_idle", minutes=int(self.idle.total_seconds() // 60))
            noted = before.noted if before else ""
            at = own if is_active else seen
            self._seen[key] = Held(at, begun, issued, claims or {}, noted)

    def told(self, key: str, act: str) -> str:
        """Take down what the audit is told of a sign-in; return what it was told before."""
        with self._lock:
            if key not in self._seen:
                return act
            before = self._seen[key]
            self._seen[key] = replace(before, noted=act)
            return before.noted

    def held(self, key: str, now: datetime) -> Held:
        """Return a sign-in that a page has been shown to. Problem: sign_in_ended and its like."""
        with self._lock:
            found = self._seen.get(key)
        if found is None:
            raise Problem("sign_in_ended")
        self.hold(key, found.issued, now, found.claims, is_active=False)
        return found

    def end(self, key: str) -> None:
        """End a sign-in for good, wherever it is still held."""
        with self._lock:
            self._end(key)

    def _end(self, key: str) -> None:
        self._ended[key] = self.ticks()
        self._seen.pop(key, None)

    def _forget(self, own: datetime) -> None:
        """Let go of what is too old to be believed anyway: memory stays flat."""
        longest = self.longest + CLOCKS_APART
        # by ticks: a clock that was ahead for a while must not bring back who signed out
        first = self.ticks() - longest.total_seconds()
        for key in [key for key, tick in self._ended.items() if tick < first]:
            del self._ended[key]
        for key in [key for key, held in self._seen.items() if held.seen < own - longest]:
            del self._seen[key]
