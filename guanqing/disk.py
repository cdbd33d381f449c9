"""What a write asks of a disk: that it keeps what it was given, and says when it is full."""

import errno
import os
from pathlib import Path

# The last is a limit on the size of one file, which asks the same of a person: to make room.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sync(*paths: Path) -> None:
    """Return when files, or the names in folders, would outlive a power cut."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that no other account reads, at no moment while it is written."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # one that was there may have been for others
        file.write(content)


def size(folder: Path) -> int:
    """Return how many bytes the files of a folder take."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def error_if_full(words: str) -> OSError | None:
    """Return the error of a full disk that an engine's words tell of, or None.

    Engines write files themselves and pass on what the system said, not its number.
    """
    for code in FULL:
        if os.strerror(code) in words:
            return OSError(code, words)
    return None
