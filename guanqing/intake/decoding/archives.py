"""The members of a zip, unpacked one by one under names of our own."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from guanqing.intake.decoding.discovery import Found, is_called_like_an_export, is_left_behind
from guanqing.intake.decoding.encodings import decoded_name
from guanqing.intake.decoding.scratch import Scratch
from guanqing.problems import Problem

BLOCK_BYTES = 1 << 20
NAMED_IN_UTF_8, ENCRYPTED = 0x800, 0x1  # flags of a member
UNIX_TIMES = 0x5455  # an extra field; the plain one is local time without a zone

DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


@dataclass
class Budget:
    """What one archive may unpack to, archives within it included.

    Circulation logs shrink to a tenth or a thirtieth. A bomb reaches a thousandth, so a file that
    large and that dense is not unpacked to the end.
    """

    packed_bytes: int
    byte_count: int = 64 << 30
    ratio: int = 200
    unjudged_bytes: int = 64 << 20  # however dense
    member_count: int = 10_000
    unpacked_bytes: int = 0

    def is_spent_by(self, byte_count: int) -> bool:
        """Count bytes unpacked; True once there are too many."""
        self.unpacked_bytes += byte_count
        dense = max(self.ratio * self.packed_bytes, self.unjudged_bytes)
        return self.unpacked_bytes > min(dense, self.byte_count)


def members(found: Found, scratch: Scratch, budget: Budget) -> Iterator[Found]:
    """Yield the files of a zip in the order of their names, each unpacked when it is asked for."""
    try:
        with zipfile.ZipFile(found.path) as archive:
            named = {name_of(info): info for info in archive.infolist()}
            if len(named) > budget.member_count:
                raise _too_large(found, budget)
            for name in sorted(named):
                if not name.endswith("/") and not is_left_behind(name):
                    member = _member(found, name, named[name], scratch.path(name))
                    _unpack(archive, named[name], member, scratch, budget)
                    yield member
    except DAMAGE as error:
        raise Problem("zip_damaged", path=found.where) from error


def name_of(info: zipfile.ZipInfo) -> str:
    """Return a member's name; programs on Chinese Windows write it in their own encoding."""
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & NAMED_IN_UTF_8:
        name = decoded_name(name.encode("cp437"))  # what the standard library took it for
    return name.replace("\\", "/")


def _member(found: Found, name: str, info: zipfile.ZipInfo, path: Path) -> Found:
    return Found(
        name=f"{found.name}/{name}",
        where=f"{found.where}/{name}",
        path=path,
        written_at=_written_at(info) or found.written_at,
        is_expected=is_called_like_an_export(name),
    )


def _written_at(info: zipfile.ZipInfo) -> datetime | None:
    extra = info.extra
    while len(extra) >= 4:
        field, size = struct.unpack("<HH", extra[:4])
        if field == UNIX_TIMES and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            moment = datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
            return moment.replace(tzinfo=None)
        extra = extra[4 + size :]
    try:
        return datetime(*info.date_time).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _unpack(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    member: Found,
    scratch: Scratch,
    budget: Budget,
) -> None:
    if info.flag_bits & ENCRYPTED:
        raise Problem("zip_encrypted", path=member.where)
    try:
        with archive.open(info) as source, scratch.writing(member.path) as target:
            while block := source.read(BLOCK_BYTES):
                if budget.is_spent_by(len(block)):
                    raise _too_large(member, budget)
                target.write(block)
    except NotImplementedError as error:  # Windows packs what is over 2 GB by a method of its own
        raise Problem("zip_unsupported", path=member.where) from error


def _too_large(found: Found, budget: Budget) -> Problem:
    return Problem(
        "zip_too_large",
        path=found.where,
        ratio=budget.ratio,
        gigabytes=budget.byte_count >> 30,
        count=budget.member_count,
    )
