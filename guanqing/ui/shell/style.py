"""The style sheet in the colours of a look."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

from guanqing.charts import Look


@cache
def sheet(look: Look) -> str:
    """Return style.css with every colour of a look as a variable (--ink, --good ...)."""
    colours = {name: value for name, value in asdict(look).items() if isinstance(value, str)}
    variables = "".join(f"--{name}:{value};" for name, value in colours.items())
    rules = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return f"<style>:root {{{variables}}}\n{rules}</style>"
