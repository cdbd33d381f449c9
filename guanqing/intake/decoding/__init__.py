"""Whatever a librarian hands over, as lines of UTF-8 text, one record a physical line.

Folders, zips, workbooks, Parquet and text in any usual encoding come out alike, so that the engine
can read each of them with the same statement, at full speed.
"""

from guanqing.intake.decoding.reading import texts
from guanqing.intake.decoding.text import Text

__all__ = ["Text", "texts"]
