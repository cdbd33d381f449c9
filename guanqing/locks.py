"""One writer at a time: a lock that says who holds it, and that goes when its holder does."""

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from guanqing.problems import Problem

# Whoever asks for the holder touches the lock for an instant; a writer does not take that for
# another writer. A fifth of a second is still "at once" to whoever is refused.
ATTEMPTS = 10
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Holder:
    """Who writes, and since when."""

    user: str
    host: str
    pid: int
    since: str  # ISO local time with offset
    what: str  # load, demo, undo

    @property
    def who(self) -> str:
        """Return user@host."""
        return f"{self.user}@{self.host}"


def this_process(what: str) -> Holder:
    """Return this process as the holder of a lock, from now on."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        user = str(os.getuid())
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    return Holder(user=user, host=socket.gethostname(), pid=os.getpid(), since=since, what=what)


@contextmanager
def holding(path: Path, what: str) -> Iterator[Holder]:
    """Hold the lock at a path for the whole block; Problem if somebody else does.

    The kernel drops the lock with the process, however that ends, so the file is never a lock by
    being there and is never taken away: two writers could then hold two files of one name. It
    keeps out threads of this process too, since each opens the file for itself.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(descriptor, path)
        try:
            holder = this_process(what)
            os.truncate(descriptor, 0)
            # a full disk must not keep out the one who would sweep it
            with suppress(OSError):
                os.write(descriptor, json.dumps(asdict(holder)).encode())
            yield holder
        finally:
            os.truncate(descriptor, 0)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    for _ in range(ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE_SECONDS)
        else:
            return
    holder = _written(path) or Holder("?", "?", 0, "?", "?")  # it has not said so yet
    raise Problem(
        "store_locked",
        path=path.parent,
        who=holder.who,
        since=holder.since[:16].replace("T", " "),
        pid=str(holder.pid),  # a name, not a count
        what=holder.what,
    )


def holder_of(path: Path) -> Holder | None:
    """Return who holds the lock at a path, or None."""
    holder = _written(path)
    if holder is None:
        return None
    # a killed writer leaves its name behind, but not its lock
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return holder
    return None


def _written(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, none yet, or none of ours
        return None
