"""People's words on a terminal: nothing in them moves its cursor, colours it or turns a line round.

A reason, a file's name or a field of a register may hold anything, and a terminal obeys what it is
sent: ESC begins orders, CR goes back to write over what stands there, and signs of direction show a
line in another order than it is stored. Each such sign is shown as � instead. What is printed for a
program keeps its content: JSON has an escape for them, and what goes into a pipe stays as it is.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

# C0 but tab and line feed, DEL and C1; signs of direction; line ends of Unicode's own; halves of
# signs, which a file's name in no encoding has; tags and annotations, which nobody sees
ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
SHOWN = "\ufffd"
BASIC = 0xFFFF


def harmless(words: str) -> str:
    """Return words as a terminal may be sent them."""
    return ORDERS.sub(SHOWN, words)


def on_one_line(value: object) -> str:
    """Return a value of a sentence: a line end in it would begin a sentence of its own."""
    return " ".join(harmless(str(value)).splitlines())


def json_of(content: object, default: Callable[[Any], Any] | None = None) -> str:
    """Return JSON in which such signs are escaped: a program reads them as they were."""
    words = json.dumps(content, ensure_ascii=False, indent=2, default=default)
    return ORDERS.sub(lambda found: _escaped(found[0]), words) + "\n"


def _escaped(sign: str) -> str:
    # json.dumps leaves DEL as it is, and knows the two escapes of a sign above U+FFFF
    return f"\\u{ord(sign):04x}" if ord(sign) <= BASIC else json.dumps(sign)[1:-1]


def write(words: str) -> None:
    """Write what is for a program to standard output: as it is, but for a terminal."""
    sys.stdout.write(harmless(words) if sys.stdout.isatty() else words)


class HarmlessConsole(Console):
    """A console that sends no order but its own."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Return a text to be drawn; before it is measured, for � is a column wide."""
        return super().render_str(harmless(text), **how)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is drawn; a Text that was put together is measured before it comes here."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless(segment.text), segment.style)
