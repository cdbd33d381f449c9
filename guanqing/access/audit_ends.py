"""Both ends of the audit: where it ended last, and how much of its beginning is too old.

    <store>/audit.head     {"number": 7, "chain": "..."}: of the last line

A chain tells of a line taken out of the middle, not of an end cut off or a file that is gone. So
number and chain of the last line stand in a file of their own, written after each line: whatever
a kill leaves, the audit is ahead of it by a line and never behind.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from guanqing import disk, manifest
from guanqing.problems import Problem

# No silence counts for more than this: a clock that runs ahead by ten years, once, must not make
# everything too old. A library where nothing is noted for longer keeps its lines for longer.
LONGEST_STEP = timedelta(days=92)
LEAST_BACK = timedelta(minutes=1)  # less is a clock being set right


@dataclass(frozen=True)
class Head:
    """The last line there was."""

    number: int
    chain: str


HEAD = TypeAdapter(Head)


def head_of(path: Path) -> Path:
    """Return where the head of an audit is kept."""
    return path.with_suffix(".head")


def read(path: Path) -> Head | None:
    """Return the head of an audit; None where there is none, or none that says anything.

    Problem: file_not_readable.
    """
    try:
        return HEAD.validate_json(head_of(path).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:  # another account's
        raise Problem("file_not_readable", path=head_of(path)) from error


def told(path: Path) -> Head | None:
    """Return what the newest generation knows of the last line there was when it was made."""
    for found in reversed(manifest.of_store(path.parent)):
        with suppress(ValueError):
            return HEAD.validate_python(found.audit)
    return None


def write(path: Path, number: int, chain: str) -> None:
    """Write the head of an audit, whole or not at all."""
    new = head_of(path).with_name("audit.head.new")
    disk.write_private(new, json.dumps(asdict(Head(number, chain))).encode() + b"\n")
    disk.sync(new)
    os.replace(new, head_of(path))


def too_old(times: Sequence[str], now: datetime, kept_days: int) -> int:
    """Return how many of the first lines, by their times, are older than they are kept.

    Steps of time are added up from the last to the first, none for more than LONGEST_STEP and none
    back: what a clock says that is wrong for a while ages nothing by more.
    """
    age, later = timedelta(), now
    for count in range(len(times), 0, -1):
        at = datetime.fromisoformat(times[count - 1])
        age += min(max(later - at, timedelta()), LONGEST_STEP)
        if age > timedelta(days=kept_days):
            return count
        later = at
    return 0


def steps_back(times: Sequence[str]) -> list[int]:
    """Return the places, from 0, of lines that say to be earlier than the one before them."""
    found = [datetime.fromisoformat(at) for at in times]
    return [n for n in range(1, len(found)) if found[n] < found[n - 1] - LEAST_BACK]
