"""How often something may be done: by one, and by everybody together.

Only what was let through is counted, so what is kept of it is never more than `in_all` entries.
"""

import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Patience:
    """So many times within so many seconds, for each and in all."""

    each: int
    in_all: int
    seconds: float = 60
    _done: deque[tuple[float, str]] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)  # files are asked for in threads

    def bears(self, who: str) -> bool:
        """Count one more of somebody's, and say whether it may be done."""
        now = time.monotonic()
        with self._lock:
            while self._done and self._done[0][0] <= now - self.seconds:
                self._done.popleft()
            count = sum(other == who for _at, other in self._done)
            may = count < self.each and len(self._done) < self.in_all
            if may:
                self._done.append((now, who))
            return may
