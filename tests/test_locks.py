"""What is installed is what was chosen: every version, and every file by its hash."""

import re
import tomllib

import pytest

from guanqing.paths import ROOT

PINNED = re.compile(r"[\w.\-]+(\[[\w,\-]+\])?==[\w.!+\-]+( ; .+)?")


def entries(name: str) -> list[tuple[str, list[str]]]:
    """Return each requirement of a file with the hashes below it."""
    found: list[tuple[str, list[str]]] = []
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        words = line.strip().removesuffix("\\").strip()
        if words.startswith("--hash="):
            found[-1][1].append(words)
        elif words and not words.startswith("#"):
            found.append((words, []))
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_each_requirement_is_one_version_with_hashes(name: str) -> None:
    found = entries(name)
    assert found
    for words, hashes in found:
        assert PINNED.fullmatch(words), words
        assert hashes, words
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes), words


def test_everything_the_program_asks_for_is_locked() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {name_of(words) for words in asked["project"]["dependencies"]}
    assert names <= {name_of(words) for words, _ in entries("requirements.lock")}


def name_of(words: str) -> str:
    return re.split(r"[\[<>=~! ;]", words)[0].lower().replace("_", "-")
