"""Which encoding a file of text is in, when nothing in it says so.

UTF-8 proves itself: other text is hardly ever valid by chance. GB18030 and Big5 share their bytes,
and most text of one decodes in the other, into characters nobody writes. So both are tried, and
the one that gives the characters people do write is right.
"""

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator

from guanqing.intake.decoding.characters import COMMON, FREQUENT
from guanqing.problems import Problem

UTF_8, GB18030, BIG5, UTF_16 = "utf-8", "gb18030", "big5", "utf-16"

# Python's codecs to try on a line, in this order. Taiwan's Windows wrote cp950; Hong Kong's
# supplement fills places that are empty in it.
CODECS = {UTF_8: ("utf-8",), GB18030: ("gb18030",), BIG5: ("cp950", "big5hkscs")}

_NAMES = {
    UTF_8: ("utf-8", "utf-8-sig"),
    GB18030: ("gb18030", "gbk", "gb2312"),
    BIG5: ("big5", "cp950", "big5hkscs"),
    UTF_16: ("utf-16", "utf-16-le", "utf-16-be"),
}
_ENCODINGS = {
    codecs.lookup(name).name: encoding for encoding, names in _NAMES.items() for name in names
}

LINES_JUDGED, BYTES_JUDGED = 10_000, 1000  # the bytes of each line
HEAD_BYTES = 4096
_UTF_16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def named_encoding(name: str | None) -> str | None:
    """Return the encoding a person named, None where they did not; an unknown name raises."""
    if name is None:
        return None
    try:
        return _ENCODINGS[codecs.lookup(name).name]
    except (LookupError, ValueError) as error:
        raise Problem("encoding_unknown", name=name, names=", ".join(_NAMES)) from error


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark proves."""
    if head.startswith(tuple(_UTF_16_MARKS)):
        return UTF_16
    return UTF_8 if head.startswith(codecs.BOM_UTF8) else None


def utf_16_codec(head: bytes) -> str | None:
    """Return the codec if a file begins like UTF-16: a byte order mark, or zeros on one side.

    Every comma, digit and line end is half a zero there, always the same half.
    """
    for mark, codec in _UTF_16_MARKS.items():
        if head.startswith(mark):
            return codec
    pairs = min(len(head), HEAD_BYTES) // 2
    first, second = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if max(first, second) * 10 <= pairs or min(first, second) * 20 > pairs:
        return None
    codec = "utf-16-le" if second > first else "utf-16-be"
    # zeros in a text of bytes may fall on one side too, but then the pairs are no characters
    text = head[: 2 * pairs].decode(codec, errors="replace")
    known = sum(sign.isascii() or sign in COMMON or sign in FREQUENT for sign in text)
    return codec if 2 * known > len(text) else None


def likelier_encoding(blocks: Iterable[bytes]) -> str:
    """Decide for lines that are not all UTF-8: damaged UTF-8, or an older encoding.

    Chinese in an older encoding is hardly ever UTF-8 by chance, while GB18030 decodes much UTF-8
    and damage alike. So a Chinese first line in UTF-8 decides; otherwise the lines do.
    """
    utf_8_count, older = 0, []
    for is_first, line in _lines_beyond_ascii(blocks):
        if _is(line, CODECS[UTF_8]) and not _is_utf_8_by_chance(line):
            if is_first:
                return UTF_8
            utf_8_count += 1
        elif _is(line, CODECS[GB18030]) or _is(line, CODECS[BIG5]):
            older.append(line[:BYTES_JUDGED])
        if utf_8_count + len(older) == LINES_JUDGED:
            break
    return UTF_8 if utf_8_count >= len(older) else _likelier_of_two(b"\n".join(older))


def _is_utf_8_by_chance(line: bytes) -> bool:
    """Return whether a line is likelier GB18030 all the same: its 女 is a Ů in UTF-8.

    Chinese takes three bytes of UTF-8, so what has two at most is none.
    """
    return max(line.decode()) < "\u0800" and all(
        sign.isascii() or sign in FREQUENT for sign in line.decode("gb18030", errors="replace")
    )


def decoded_name(raw: bytes) -> str:
    """Decode a file's name in an archive that does not name its encoding."""
    encoding = likelier_encoding([raw]) if not _is(raw, CODECS[UTF_8]) else UTF_8
    return raw.decode(CODECS[encoding][0], errors="replace")


def _lines_beyond_ascii(blocks: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    is_first = True
    for block in blocks:
        if not block.isascii():
            for line in block.split(b"\n"):
                if not line.isascii():
                    yield is_first, line
                is_first = False
        is_first = False


def _is(line: bytes, tried: Iterable[str]) -> bool:
    return any(_decodes(line, codec) for codec in tried)


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _likelier_of_two(lines: bytes) -> str:
    # mainland files are the rule here, so a draw is theirs
    return BIG5 if _plausibility(lines, "cp950") > _plausibility(lines, "gb18030") else GB18030


def _plausibility(lines: bytes, codec: str) -> float:
    """Weigh the characters beyond ASCII: what everyone writes, against what hardly anyone does.

    What is no text in the codec counts as a character hardly anyone writes.
    """
    counts = Counter(lines.decode(codec, errors="replace"))
    return sum(
        count * (1.0 if sign in FREQUENT else 0.0 if sign in COMMON else -1.5)
        for sign, count in counts.items()
        if not sign.isascii()
    )
