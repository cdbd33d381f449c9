"""Where the text that makes the product stands: known facts and questions."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
QUERIES = ROOT / "queries"


def from_root(path: Path) -> Path:
    """Return a path as it is said: where the program lies is nothing to whoever looks."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
