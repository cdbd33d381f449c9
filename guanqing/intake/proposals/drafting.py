"""Proposals written down as a layout file, for a person to look over."""

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guanqing.intake import layouts
from guanqing.own import inventory
from guanqing.problems import Problem
from guanqing.records import Kind, code_names
from guanqing.text import LANGUAGES, translate

NAME = re.compile(r"[a-z0-9_-]{1,40}")
TITLE_SIGNS = 60


@dataclass(frozen=True)
class Source:
    """A file as a source of the layout to be."""

    kind: Kind
    columns: dict[str, str]
    joined: dict[str, tuple[str, ...]]
    header: tuple[str, ...]  # of a file that has none
    codes: dict[str, dict[str, str | None]]
    code_counts: dict[str, Counter[str]]


def layout_text(
    *,
    files: Sequence[str],
    sources: Sequence[Source],
    ids: Mapping[str, str],
    stamps: Sequence[str],
    has_zone: bool,
    scheme: str,
    changes: Mapping[str, Any],
) -> str:
    """Return the text of a layout file; the changes go before what was found out."""
    named = ", ".join(dict.fromkeys(file.rpartition("/")[2] for file in files))
    if len(named) > TITLE_SIGNS:
        named = named[:TITLE_SIGNS] + "…"
    title = {of: translate("proposal.saved_title", of, files=named) for of in LANGUAGES}
    stamps = changes.get("stamps") or stamps
    lines = [_comment("saved_head", files=named), ""]
    lines.append(f"title = {_inline(changes.get('title') or title)}")
    lines += ["", "[ids]", *_pairs({**ids, **changes.get("ids", {})})]
    if stamps or has_zone:
        lines += ["", "[format]"]
        lines += [f"stamps = {_listed(stamps)}"] if stamps else []
        lines += [_comment("saved_zone")] if has_zone else []
    if scheme != "clc":
        lines += ["", "[rules]", _comment(f"saved_scheme_{scheme}"), f'scheme = "{scheme}"']
    for source in _unlike(sources):
        lines += ["", *_source(source, changes.get("codes", {}))]
    return "\n".join([*lines, ""])


def save(text: str, own: Path, name: str, *, replace: bool = False) -> Path:
    """Write a layout into the folder of a library's own, once it is one; return its path.

    Problem: layout_name_invalid; layout_exists, unless `replace`, for one of the product's names
    too, which it would hide; layout_invalid; store_not_writable.
    """
    if not NAME.fullmatch(name):
        raise Problem("layout_name_invalid", name=name)
    if name in layouts.names(own) and not replace:
        raise Problem("layout_exists", name=name)
    try:
        layouts.parse(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Problem("layout_invalid", layout=name, entry=error) from error
    path, part = own / f"{name}.toml", own / f".{name}.{os.getpid()}"
    try:
        own.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
        inventory.note(own.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Problem("store_not_writable", path=own) from error
    return path


def _unlike(sources: Iterable[Source]) -> list[Source]:
    """Return the sources, those of the same columns once: the files of two months, say."""
    found: dict[tuple[object, ...], Source] = {}
    for source in sources:
        found.setdefault(
            (source.kind.code, *sorted({**source.columns, **source.joined}.items(), key=str)),
            source,
        )
    return list(found.values())


def _source(source: Source, changed: Mapping[str, Mapping[str, str]]) -> list[str]:
    lines = ["[[sources]]", f"kind = {_quoted(source.kind.code)}"]
    lines += [f"header = {_listed(source.header)}"] if source.header else []
    lines += ["", "[sources.columns]", *_pairs(source.columns)]
    if source.joined:
        lines += ["", "[sources.joined]"]
        lines += [f"{name} = {_listed(headers)}" for name, headers in source.joined.items()]
    for name, codes in source.codes.items():
        lines += _codes(source, name, {**codes, **changed.get(name, {})})
    return lines


def _codes(source: Source, name: str, codes: Mapping[str, str | None]) -> list[str]:
    """Return the table of a column's codes; those not known stand there to be filled in."""
    lines = ["", f"[sources.codes.{name}]"]
    lines += _pairs({theirs: ours for theirs, ours in codes.items() if ours})
    ours_listed = ", ".join(code_names(source.kind.fields[name].list))
    for theirs in (theirs for theirs, ours in codes.items() if not ours):
        count = source.code_counts[name][theirs]
        said = _comment("saved_code", count=count, codes=ours_listed)
        lines.append(f'# {_quoted(theirs)} = ""  {said}')
    return lines


def _comment(key: str, **values: object) -> str:
    both = " / ".join(translate(f"proposal.{key}", language, **values) for language in LANGUAGES)
    # a comment takes no control characters, and a file's name may have any
    return "# " + "".join(sign if sign.isprintable() else " " for sign in both)


def _pairs(entries: Mapping[str, str]) -> list[str]:
    return [f"{_key(key)} = {_quoted(value)}" for key, value in entries.items()]


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _inline(entries: Mapping[str, str]) -> str:
    return "{ " + ", ".join(_pairs(entries)) + " }"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    """Return a text as TOML: as JSON writes it, but for the one sign that it lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
