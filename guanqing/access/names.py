"""What opens readers' names, for whoever may see them and has said why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guanqing.access import names_key, settings
from guanqing.access.names_key import Keys

FIELD_MARK = "\x1f"  # between a name and a card number


@dataclass(frozen=True)
class Names:
    """What names are opened with; keys is None where there is no key that could be used."""

    keys: Keys | None = field(repr=False)
    unsaid: bool  # whether those may be named who have not said so

    def of(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return name and card number of a row of reader_labels; None: they are not shown."""
        sealed, agreed = row["sealed"], row["has_agreed"]
        allowed = self.unsaid if agreed is None else agreed
        words = self.keys.open(sealed) if self.keys and sealed and allowed else None
        if words is None:
            return None
        name, _, card = words.partition(FIELD_MARK)
        return name, card

    def is_locked(self, row: Mapping[str, Any]) -> bool:
        """Say whether a name is there that the key at hand does not open."""
        sealed = row["sealed"]
        return bool(sealed) and (self.keys is None or self.keys.open(sealed) is None)


def opened() -> Names:
    """Return what opens names now; the key is read anew, it may be another since."""
    return Names(names_key.usable(), settings.server().names.unsaid == "yes")
