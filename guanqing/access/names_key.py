"""The key that readers' names are sealed with: a file of one line a key, the last of which seals.

    <folder>/names-key            each line 128 signs of hex, as `openssl rand -hex 64` writes them
    <folder>/names-key.retired    keys that seal nothing of the store any more

It lies in the administrator's folder, for a person at their own machine in ~/.config/guanqing:
never beside the data. The lines before the last open what was sealed with them until a rotation is
done. AES-SIV (RFC 5297) gives the same seal for the same words, so that a load can tell whether a
name has changed without opening what it holds.
"""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from guanqing import disk
from guanqing.access import settings
from guanqing.problems import Problem

LINE = re.compile(r"[0-9a-f]{128}", re.IGNORECASE)
ID_BYTES = 4  # of the hash of a key, before what it sealed


@dataclass(frozen=True)
class Keys:
    """The keys of a file; the last of them seals, each opens what it sealed."""

    lines: tuple[str, ...]

    @property
    def sealing(self) -> bytes:
        """Return what everything begins with that is sealed from now on."""
        return _id(self.lines[-1])

    @cached_property
    def _by_id(self) -> dict[bytes, AESSIV]:
        return {_id(line): AESSIV(bytes.fromhex(line)) for line in self.lines}

    def seal(self, words: str) -> bytes:
        """Return words as nobody reads them without the key."""
        return self.sealing + self._by_id[self.sealing].encrypt(words.encode(), None)

    def open(self, sealed: bytes) -> str | None:
        """Return what was sealed; None where it was sealed with a key that is not here."""
        key = self._by_id.get(sealed[:ID_BYTES])
        try:
            return key.decrypt(sealed[ID_BYTES:], None).decode() if key else None
        except InvalidTag:
            return None

    def opens(self) -> list[bytes]:
        """Return what everything begins with that these keys open."""
        return list(self._by_id)


def _id(line: str) -> bytes:
    return sha256(bytes.fromhex(line)).digest()[:ID_BYTES]


def path() -> Path:
    """Return where the key is: in the administrator's folder if it is there, or if there is one."""
    ours = settings.folder() / "names-key"
    own = _own_folder() / "names-key"
    is_own = own.exists() and not ours.exists()
    return own if is_own or not ours.parent.is_dir() else ours


def _own_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "guanqing"


def read() -> Keys:
    """Return the keys. Problem: names_key_lost, secret_open, names_key_broken."""
    file = path()
    try:
        about = file.stat()
        found = file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("names_key_lost", path=file) from error
    if about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Problem("secret_open", path=file)
    if not found or not all(LINE.fullmatch(line) for line in found):
        raise Problem("names_key_broken", path=file)
    return Keys(tuple(line.lower() for line in found))


def usable() -> Keys | None:
    """Return the keys, or None where there are none that could be used."""
    try:
        return read()
    except Problem:
        return None


def create(store: Path) -> Keys:
    """Make the key and return it; whoever comes second gets that of the first.

    Problem: names_key_not_made, where the folder is not ours to write or is in the store that the
    key guards; see read.
    """
    file = path()
    if file.absolute().is_relative_to(store.absolute()):
        raise Problem("names_key_not_made", path=settings.folder() / "names-key")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        disk.write_private(draft, _new().encode())
        disk.sync(draft)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        disk.sync(file.parent)
    except OSError as error:
        raise Problem("names_key_not_made", path=file) from error
    return read()


def throwaway() -> Keys:
    """Return a key that ends with whoever holds it."""
    return Keys((_new().strip(),))


def _new() -> str:
    return os.urandom(64).hex() + "\n"


def add(keys: Keys) -> Keys:
    """Put a new key after those there are. Problem: names_key_not_made; see read."""
    _replace(path(), (*keys.lines, _new().strip()))
    return read()


def retire(keys: Keys) -> Path:
    """Take out all keys but the last, and return the file that keeps them for older backups.

    Problem: names_key_not_made.
    """
    file = path()
    retired = file.with_name("names-key.retired")
    try:
        there = retired.read_text(encoding="ascii").split() if retired.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("names_key_not_made", path=retired) from error
    _replace(retired, list(dict.fromkeys([*there, *keys.lines[:-1]])))
    _replace(file, keys.lines[-1:])
    return retired


def _replace(file: Path, lines: Sequence[str]) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        disk.write_private(draft, "".join(f"{line}\n" for line in lines).encode())
        disk.sync(draft)
        os.replace(draft, file)
        disk.sync(file.parent)
    except OSError as error:
        raise Problem("names_key_not_made", path=file) from error
