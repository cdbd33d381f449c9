"""What the codes of a system probably mean, by their names alone."""

from functools import cache, lru_cache

from guanqing import datafiles
from guanqing.intake.proposals.wording import canonical, guesses
from guanqing.records import code_names

LEAST = 4  # letters that a word must have to be looked for within another


@datafiles.derived
@cache
def _words(list_name: str) -> dict[str, frozenset[str]]:
    """Return the words of a list, each with the codes it may stand for."""
    words: dict[str, set[str]] = {}
    for code, both in code_names(list_name).items():
        for word in (code, *both):
            words.setdefault(canonical(word), set()).add(code)
    for code, others in guesses()["codes"].get(list_name, {}).items():
        for word in others:
            words.setdefault(canonical(word), set()).add(code)
    return {word: frozenset(codes) for word, codes in words.items()}


@datafiles.derived
@lru_cache(maxsize=65536)
def meaning(value: str, list_name: str) -> str | None:
    """Return the code of ours that a value names, or None: a bare number is never guessed at."""
    name, words = canonical(value), _words(list_name)
    if name in words:
        return _only(words[name])
    within = [word for word in words if word in name and (not word.isascii() or len(word) >= LEAST)]
    longest = max(map(len, within), default=0)
    return _only(frozenset().union(*(words[word] for word in within if len(word) == longest)))


def _only(codes: frozenset[str]) -> str | None:
    return next(iter(codes)) if len(codes) == 1 else None
