"""What kind of file it is, by its bytes: a suffix says what somebody meant it to be."""

import re
import zipfile
from pathlib import Path

from guanqing.intake.decoding.archives import DAMAGE
from guanqing.intake.decoding.discovery import Found
from guanqing.intake.decoding.encodings import utf_16_codec
from guanqing.intake.decoding.scratch import readable
from guanqing.problems import Problem

TEXT, ZIP, PARQUET, BINARY = "text", "zip", "parquet", "binary"
XLSX, XLS, ODS = "xlsx", "xls", "ods"
WORKBOOKS = {XLSX, XLS, ODS}

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word, PowerPoint and e-mail of the old kind too
OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
NO_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"SQLite format 3",
    b"MZ\x90",
    b"{\\rtf",
)
WORKBOOK_SUFFIXES = {".xls", ".xlt", ".et", ".xlsx", ".xlsm", ".xlsb"}

HEAD_BYTES = 1 << 16
# Text has hardly any control characters, but a fixed-width dump may be padded with NUL.
CONTROLS = (*range(3, 9), *range(14, 26), *range(28, 32), 127)
CONTROL_SHARE, NUL_SHARE = 0.02, 0.9

_WEB_PAGE = re.compile(
    rb"(\xff\xfe|\xfe\xff|\xef\xbb\xbf)?\s*"
    rb"(<(\?xml|!doctype|html|head|meta|table|style)\b|MIME-Version:)",
    re.IGNORECASE,
)


def kind_of(found: Found) -> str:
    """Return the kind of a file; another archive than zip, or a web page, raises."""
    with readable(found.where), found.path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(found)
    if head.startswith(OLE):
        return XLS if Path(found.name).suffix.lower() in WORKBOOK_SUFFIXES else BINARY
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(OTHER_ARCHIVES):
        raise Problem("archive_not_read", path=found.where)
    # systems that offer "Excel" often write a web page and call it .xls
    if _WEB_PAGE.match(head.replace(b"\0", b"")):
        raise Problem("web_page", path=found.where)
    return BINARY if head.startswith(NO_TABLES) or _is_binary(head) else TEXT


def holds_no_table(head: bytes) -> bool:
    """Say of the first bytes of a file that nothing in it can be read, whatever it is called."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PAR1", OLE, *OTHER_ARCHIVES)):
        return False  # looked into, or refused with a word of its own, when it is read
    return head.startswith(NO_TABLES) or _is_binary(head)


def _kind_of_zip(found: Found) -> str:
    try:
        with readable(found.where), zipfile.ZipFile(found.path) as archive:
            names = set(archive.namelist())
            first = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (*DAMAGE, RuntimeError) as error:  # the last of a password or a method unknown
        if Path(found.name).suffix.lower() in WORKBOOK_SUFFIXES:
            raise Problem("workbook_damaged", path=found.where) from error
        raise Problem("zip_damaged", path=found.where) from error
    if b"opendocument.spreadsheet" in first:
        return ODS
    if "[Content_Types].xml" in names:
        return XLSX if any(name.startswith("xl/") for name in names) else BINARY
    return ZIP


def _is_binary(head: bytes) -> bool:
    if utf_16_codec(head):
        return False  # any byte may be half a character
    signs = head.replace(b"\0", b"")
    controls = sum(signs.count(control) for control in CONTROLS)
    return len(head) - len(signs) > NUL_SHARE * len(head) or controls > CONTROL_SHARE * len(signs)
