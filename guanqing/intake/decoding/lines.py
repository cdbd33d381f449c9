r"""Text in any encoding rewritten as lines of UTF-8, block by block.

Lines keep their number: one that is no text, or too long to be a record, stays as a line that
begins with \x02. In none of the encodings is a byte below 0x30 part of a longer character, so
lines are cut and marks blanked before anything is decoded.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from guanqing.intake.decoding.encodings import CODECS, HEAD_BYTES, UTF_8, UTF_16, utf_16_codec

BLOCK_BYTES = 1 << 19  # three bytes of UTF-8 for two: most blocks stay shorter than a line may be
LINE_BYTES = 1 << 20
REFUSED = b"\2"  # begins a line that is not to be read
REFUSED_SIGNS = 2000  # of such a line are kept, to show it
_SHOWN_BYTES = 4 * REFUSED_SIGNS

# NUL is no text, \x01 the engine's delimiter, \x02 our mark
BLANKED = bytes.maketrans(b"\0\1\2", b"   ")


def blocks_of(path: Path, encoding: str | None, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    r"""Yield a file in blocks of whole lines, each ended by \n, and no byte order mark.

    The bytes are those of the file; of UTF-16 they are UTF-8, where half a pair is no text.
    """
    read = _utf_8_of_utf_16 if encoding == UTF_16 else _raw
    # decoded first: of UTF-16 any byte may be half a character
    has_feeds = any(b"\n" in block for block in islice(read(path, LINE_BYTES), 2))
    raw = read(path, block_bytes)
    # beside line feeds a return of its own is a slip in a field, and to end a line there would
    # make two broken ones of it; only files of old have no feeds at all
    return _whole_lines(raw, b" " if has_feeds else b"\n")


def utf_8_lines(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Decode blocks of whole lines, marking the lines to refuse."""
    tried = CODECS.get(encoding, CODECS[UTF_8])
    for block in blocks:
        data = None if REFUSED in block else _utf_8(block, tried[0])
        if data is None or not _are_short(data):
            lines = block.removesuffix(b"\n").split(b"\n")
            data = b"".join(_utf_8_line(line, tried) + b"\n" for line in lines)
        yield data


def _utf_8(data: bytes, codec: str) -> bytes | None:
    try:
        return data.decode(codec).encode()
    except UnicodeDecodeError:
        return None


def _are_short(data: bytes) -> bool:
    return len(data) <= LINE_BYTES or max(map(len, data.split(b"\n"))) <= LINE_BYTES


def _utf_8_line(line: bytes, tried: tuple[str, ...]) -> bytes:
    if not line.startswith(REFUSED):
        for codec in tried:
            data = _utf_8(line, codec)
            if data is not None and len(data) <= LINE_BYTES:
                return data
    shown = line.removeprefix(REFUSED)[:_SHOWN_BYTES].decode(tried[0], errors="replace")
    return REFUSED + shown[:REFUSED_SIGNS].encode()


def _whole_lines(blocks: Iterable[bytes], lone_return: bytes) -> Iterator[bytes]:
    # of a line without an end in sight only the head is kept, so memory holds one block
    kept, head = b"", b""
    for block in blocks:
        data = kept + block.translate(BLANKED)
        held = b"\r" if data.endswith(b"\r") else b""  # may be half of a line end
        data = data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", lone_return)
        whole, end, kept = data.rpartition(b"\n")
        if end:
            yield _under(head, whole + end)
            head = b""
        if head or len(kept) > LINE_BYTES:
            head = head or REFUSED + kept[:_SHOWN_BYTES]
            kept = b""
        kept += held
    if head or kept:
        yield _under(head, kept.removesuffix(b"\r") + b"\n")


def _under(head: bytes, lines: bytes) -> bytes:
    """Put the head of a line that was too long in place of its end."""
    return head + b"\n" + lines.partition(b"\n")[2] if head else lines


def _raw(path: Path, block_bytes: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield file.read(3).removeprefix(codecs.BOM_UTF8)
        while block := file.read(block_bytes):
            yield block


def _utf_8_of_utf_16(path: Path, block_bytes: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        codec = utf_16_codec(file.read(HEAD_BYTES)) or "utf-16-le"
        file.seek(0)
        decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
        is_first = True
        while block := file.read(block_bytes):
            text = decoder.decode(block)
            yield _bytes(text.removeprefix("\ufeff") if is_first else text)
            is_first = is_first and not text
        if decoder.getstate()[0]:  # half a character at the end
            yield _bytes("\ud800")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
