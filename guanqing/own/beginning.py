"""Set a library up: its own folder, with what it is called and whom it serves."""

import json
import os
import re
import shutil
import tomllib
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from guanqing import disk
from guanqing.own import Own, drafted, inventory, of_store
from guanqing.own.about import ABOUT, About, Branch
from guanqing.problems import Problem

HEAD = """\
# 本馆：名称、馆类、总馆与分馆、时区。改动在下一次打开页面时生效；代码须与业务系统导出的一致。
# This library: its name, kind, branches and clock. A change shows on the next view; the codes are
# those of its exports.

"""
SETTINGS = """\
# 导出文件里没有的数字。不知道的不要填：要用到它的指标会说明无法计算。
# What no export says. Leave out what nobody knows: a figure that needs it says so.
#
# population_served            总馆（或唯一馆舍）服务人口 / people served by the main library
# population_served_network    全网（总馆和各分馆）服务人口 / people served by all branches together
#                              人均指标除以自己范围的人口 / figures per head take their scope's
# feedback_answer_days         意见应在几日内答复（unit = "days"）/ days to answer feedback in
"""
POPULATIONS = ("population_served", "population_served_network")
EXAMPLE = 650_000
People = tuple[float | None, float | None]  # served by the main library, by the whole network
NOBODY_KNOWS: People = (None, None)
STATED = {"zh": "建馆时填写", "en": "stated when the library was set up"}


def branch_of(words: str) -> Branch:
    """Return the branch in CODE=名称, or CODE=名称=English name. Problem: branch_unclear."""
    # a Chinese keyboard has a wide sign in its place
    code, *names = (part.strip() for part in words.replace("＝", "=").split("="))
    if not code or not names or not all(names) or len(names) > 2:
        raise Problem("branch_unclear", value=words)
    return Branch(code, names[0], names[-1])


def lines(words: str) -> list[str]:
    """Return what stands in several lines, or between semicolons."""
    return [part.strip() for part in re.split("[;；\n]", words) if part.strip()]


def population_of(words: str | None) -> float | None:
    """Return a number of people, which may be said in 万; None for none said.

    Problem: population_unclear.
    """
    said = unicodedata.normalize("NFKC", words or "").replace(",", "").replace(" ", "")
    if not said:
        return None
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,4})?)(万?)人?", said)
    people = float(found[1]) * (10_000 if found[2] else 1) if found else 0
    if people < 1 or people != round(people):
        raise Problem("population_unclear", value=words)
    return float(round(people))


def year_of(words: str | None) -> int | None:
    """Return a year; None for none said. Problem: year_unclear."""
    said = unicodedata.normalize("NFKC", words or "").strip().removesuffix("年")
    if not said:
        return None
    if not re.fullmatch(r"(19|20|21)\d\d", said):
        raise Problem("year_unclear", value=words)
    return int(said)


def about_of(
    *,
    name_zh: str,
    name_en: str,
    kind: str | None,
    branches: Sequence[Branch],
    main_branch: str | None,
    year: int | None,
) -> About:
    """Return what a new library says it is; of one branch that is the main one.

    Problem: library_unnamed, branch_twice, branch_unknown, own_invalid.
    """
    name_zh, name_en = name_zh.strip(), name_en.strip()
    if not name_zh and not name_en:
        raise Problem("library_unnamed")
    codes = [branch.code for branch in branches]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Problem("branch_twice", code=twice[0])
    main_branch = main_branch or (codes[0] if codes else None)
    if main_branch and codes and main_branch not in codes:
        raise Problem("branch_unknown", code=main_branch, codes=", ".join(codes))
    said = {
        "name_zh": name_zh or name_en,
        "name_en": name_en or name_zh,
        "kind": kind,
        "main_branch": main_branch,
        "branches": tuple(branches),
        "year": year,
    }
    try:
        return ABOUT.validate_python(said)
    except ValidationError as error:
        place = error.errors()[0]
        field = ".".join(map(str, place["loc"]))
        raise Problem("own_invalid", field=field, value=str(place["input"])) from error


def begin(root: Path, said: About, population: People = NOBODY_KNOWS) -> Own:
    """Write what a library of a store says of itself; it is there whole or not at all.

    Problem: own_exists, for nothing is ever written over; store_not_writable, disk_full.
    """
    its = of_store(root, is_simulated=False)
    stated = settings_text(population)
    # settings alone, as these, are what is left of one that was killed
    is_other = its.settings.exists() and its.settings.read_bytes() != stated.encode()
    if its.about.exists() or is_other:
        raise Problem("own_exists", path=its.folder)
    try:
        with drafted(root, its.folder.name) as draft:
            if its.folder.exists():  # a plan may have come first
                shutil.copytree(its.folder, draft, dirs_exist_ok=True)
            made = Own(draft)
            _write(made.settings, stated)
            _write(made.about, about_text(said))
            disk.sync(draft)
            _put(draft, its)
        disk.sync(root)
        inventory.note(root)
    except OSError as error:
        if error.errno in disk.FULL:
            raise Problem("disk_full", path=root, written="0.0") from error
        raise Problem("store_not_writable", path=root) from error
    return its


def _put(draft: Path, its: Own) -> None:
    with suppress(OSError):
        draft.rename(its.folder)  # in one step, unless something is there
        return
    if its.about.exists():
        raise Problem("own_exists", path=its.folder)  # somebody else was quicker
    # the name last: it is what says that a library has been set up
    os.replace(draft / its.settings.name, its.settings)
    os.replace(draft / its.about.name, its.about)
    disk.sync(its.folder)


def _write(path: Path, text: str) -> None:
    tomllib.loads(text)  # never one that nobody can read
    path.write_text(text, encoding="utf-8")
    disk.sync(path)


def about_text(said: About) -> str:
    """Return library.toml, with what each entry is for."""
    lines = []
    for name, value in asdict(said).items():
        if name != "branches" and value is not None:
            lines.append(f"{name} = {_toml(value)}")
    for branch in said.branches:
        lines += ["", "[[branches]]"]
        lines += [f"{name} = {_toml(value)}" for name, value in asdict(branch).items()]
    return HEAD + "\n".join(lines) + "\n"


def settings_text(population: People) -> str:
    """Return settings.toml, with the population of either scope as far as it is known."""
    source = f"source = {{ zh = {_toml(STATED['zh'])}, en = {_toml(STATED['en'])} }}"
    lines: list[str] = []
    for code, people in zip(POPULATIONS, population, strict=True):
        stated = [f"[{code}]", f"value = {people or EXAMPLE:.0f}", 'unit = "persons"', source]
        mark = "" if people else "# "
        lines += ["", *(f"{mark}{line}" for line in (*stated, "is_assumed = false"))]
    return SETTINGS + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    # a string of JSON is one of TOML, but for the one sign that JSON leaves as it is
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
