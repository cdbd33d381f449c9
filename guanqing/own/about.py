"""What a library is called, where it is, and which branches it has (library.toml)."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, TypeAdapter, with_config

from guanqing import datafiles, parsing
from guanqing.datafiles import STRICT
from guanqing.own import Own
from guanqing.paths import DATA

Kind = Literal["public", "children", "university", "school", "special"]
ZONE = "Asia/Shanghai"  # the clock of all of China


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(name)
    return name


def _filled(name: str) -> str:
    if not name.strip():
        raise ValueError(name)
    return name


Name = Annotated[str, AfterValidator(_filled)]


@with_config(STRICT)
@dataclass(frozen=True)
class Branch:
    """A branch as the library calls it."""

    code: Name
    name_zh: Name
    name_en: Name


@with_config(STRICT)
@dataclass(frozen=True)
class About:
    """What a library says it is; None where it does not say."""

    name_zh: Name | None = None
    name_en: Name | None = None
    kind: Kind | None = None
    # the branch that the plan and the printed report speak of, by its code in the ILS
    main_branch: Name | None = None
    # local time of the library: stamps that carry a zone are brought to it
    zone: Annotated[str, AfterValidator(_known_zone)] = ZONE
    branches: tuple[Branch, ...] = ()
    year: int | None = None  # whose plan it makes first

    @property
    def facts(self) -> dict[str, str]:
        """Return what a layout may say otherwise, as far as it is said."""
        said = asdict(self)
        names = ("name_zh", "name_en", "main_branch", "zone")
        return {name: said[name] for name in names if said[name] is not None}

    @property
    def only_branch(self) -> str | None:
        """Return the branch of a library that has one."""
        return self.branches[0].code if len(self.branches) == 1 else None


ABOUT = TypeAdapter(About)


def read(its: Own) -> About:
    """Return what a library says it is. Problem: data_file_broken, if it never could be read."""
    if not its.about.exists():
        return About()
    return datafiles.reads(its.about, may_go=True)(_made)()


def local(moment: datetime, its: Own) -> datetime:
    """Return a moment, in UTC where it has no zone, as the library's clock shows it."""
    in_utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return in_utc.astimezone(ZoneInfo(read(its).zone))


def is_named_by(layout: str, its: Own) -> bool:
    """Return whether a layout names a library of its own: the product's, or one a store keeps."""
    for folder in (its.folder.parent / "layouts", DATA / "layouts"):
        with suppress(OSError, ValueError):
            named = parsing.toml((folder / f"{layout}.toml").read_text(encoding="utf-8"))
            return "name_zh" in named.get("library", {})
    return False


def _made(content: dict[str, Any]) -> About:
    return ABOUT.validate_python(content)
