"""How long a sign-in holds: while its owner is there, and never for longer than a working day.

What is known of them is kept in memory alone, so that a restart of the server ends every sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any

from guanqing.problems import Problem

CLOCKS_APART = timedelta(minutes=2)  # the provider's and ours
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

    seen: datetime
    issued: datetime
    claims: Mapping[str, Any]
    noted: str = ""  # what the audit was told of it last


@dataclass
class SignIns:
    """The sign-ins of one server, each by a key that nobody can guess from a name."""

    idle: timedelta
    longest: timedelta
    started: datetime
    _seen: dict[str, "Held"] = field(default_factory=dict)
    _ended: dict[str, datetime] = field(default_factory=dict)  # and when they were made
    _begun: dict[str, datetime] = field(default_factory=dict)  # where a proxy does not say it
    _lock: Lock = field(default_factory=Lock)

    def begun(self, key: str, now: datetime) -> datetime:
        """Return when a sign-in was met first: no reload of a page begins it anew."""
        with self._lock:
            while len(self._begun) >= MOST_BEGUN and key not in self._begun:
                del self._begun[next(iter(self._begun))]
            return self._begun.setdefault(key, now)

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
            self._forget(now)
            if issued > now + CLOCKS_APART:
                raise Problem("clock_apart", issued=f"{issued:%Y-%m-%d %H:%M}")
            if key in self._ended or (key not in self._seen and issued < self.started):
                raise Problem("sign_in_ended")
            if now - issued > self.longest:
                self._end(key, issued)
                raise Problem("sign_in_over", hours=int(self.longest.total_seconds() // 3600))
            before = self._seen.get(key)
            seen = before.seen if before else issued
            if now - seen > self.idle:
                self._end(key, issued)
                raise Problem("sign_in_idle", minutes=int(self.idle.total_seconds() // 60))
            noted = before.noted if before else ""
            self._seen[key] = Held(now if is_active else seen, issued, claims or {}, noted)

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

    def end(self, key: str, issued: datetime) -> None:
        """End a sign-in for good, wherever it is still held."""
        with self._lock:
            self._end(key, issued)

    def _end(self, key: str, issued: datetime) -> None:
        self._ended[key] = issued
        self._seen.pop(key, None)

    def _forget(self, now: datetime) -> None:
        """Let go of what is too old to be believed anyway: memory stays flat."""
        oldest = now - self.longest - CLOCKS_APART
        for key in [key for key, issued in self._ended.items() if issued < oldest]:
            del self._ended[key]
        for key in [key for key, held in self._seen.items() if held.seen < oldest]:
            del self._seen[key]
