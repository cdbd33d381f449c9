"""Where the text that makes the product stands: known facts and questions."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
QUERIES = ROOT / "queries"
