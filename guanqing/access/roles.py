"""The roles of data/roles.toml: which pages and figures each sees, and what each may do."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.parsing import Wrong
from guanqing.problems import Problem

Act = Literal["load", "edit", "decide", "read_plan", "plan", "export", "names", "audit"]


@with_config(STRICT)
@dataclass(frozen=True)
class Role:
    """What whoever has it sees and may do; figures are names of groups of figures."""

    name: Words
    figures: frozenset[str]
    pages: tuple[str, ...]
    may: frozenset[Act]
    own_branch: bool = False


@with_config(STRICT)
@dataclass(frozen=True)
class Policy:
    """What data/roles.toml says."""

    figures: dict[str, tuple[str, ...]]
    roles: dict[str, Role]

    def role(self, code: str) -> Role:
        """Return a role. Problem: unknown_role."""
        if code not in self.roles:
            raise Problem("unknown_role", role=code, roles=", ".join(self.roles))
        return self.roles[code]

    def sees(self, role: Role, figure: str) -> bool:
        """Say whether a role sees a figure. Problem: undecided, for one that stands in no group."""
        if not any(figure in figures for figures in self.figures.values()):
            raise Problem("undecided", name=figure)
        return any(figure in self.figures[group] for group in role.figures)


@datafiles.reads("roles.toml")
def policy(content: dict[str, Any]) -> Policy:
    """Return who may see and do what."""
    made = TypeAdapter(Policy).validate_python(content)
    seen: set[str] = set()
    for group, figures in made.figures.items():
        for number, figure in enumerate(figures):
            if figure in seen:
                raise Wrong("figures", group, number)
            seen.add(figure)
    for code, role in made.roles.items():
        if not role.figures <= made.figures.keys():
            raise Wrong("roles", code, "figures")
        if not role.pages:  # whoever is let in has to be somewhere
            raise Wrong("roles", code, "pages")
    return made
