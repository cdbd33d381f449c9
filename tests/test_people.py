"""Who has which role, for how long a sign-in holds, and what keeps everybody out."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guanqing import datafiles
from guanqing.access import people, provider, settings, sign_ins
from guanqing.access.people import Visitor
from guanqing.access.sign_ins import SignIns
from guanqing.problems import Problem

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
LIST = """
[[person]]
who = "Wang@lib.example"
name = "王芳"
role = "director"

[[person]]
who = "li@lib.example"
name = "李明"
role = "branch_head"
branch = "TG"

[[claim]]
claim = "groups"
value = "council"
role = "council"

[[stand_in]]
who = "li@lib.example"
for = "wang@lib.example"
first_day = 2026-12-01
last_day = 2026-12-14

[[ended]]
who = "zhao@lib.example"
before = 2026-12-01T08:00:00Z
"""


def listed(path: Path, words: str = LIST) -> people.People:
    path.write_text(words, encoding="utf-8")
    path.chmod(0o600)
    return people.read(path)


def known(path: Path, *, now: datetime = NOW, issued: datetime = NOW, **claims: Any) -> Visitor:
    return people.recognise(listed(path), claims, now, issued)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.toml"


# --- the list


def test_somebody_is_known_by_address_in_any_case(path: Path) -> None:
    found = known(path, email="wang@LIB.example", sub="7")
    assert (found.name, found.role_code, found.branch) == ("王芳", "director", None)


def test_an_address_that_the_provider_has_not_verified_is_nobodys(path: Path) -> None:
    with pytest.raises(Problem, match="not_among_people"):
        known(path, email="wang@lib.example", email_verified=False, sub="7")


@pytest.mark.parametrize("said", ["false", "False", 0, None, "", "no"])
def test_nor_one_of_which_it_says_so_in_other_words(path: Path, said: object) -> None:
    with pytest.raises(Problem, match="not_among_people"):
        known(path, email="wang@lib.example", email_verified=said, sub="7")
    assert known(path, email="wang@lib.example", email_verified="true").name == "王芳"


def test_who_was_taken_off_the_list_stands_in_for_nobody(path: Path) -> None:
    start, end = LIST.index('[[person]]\nwho = "li@'), LIST.index("[[claim]]")
    listed(path, LIST[:start] + LIST[end:])
    with pytest.raises(Problem, match="not_among_people"):
        people.recognise(people.read(path), {"email": "li@lib.example"}, NOW, NOW)
    claims = {"email": "li@lib.example", "groups": "council"}
    assert people.recognise(people.read(path), claims, NOW, NOW).role_code == "director"


@pytest.mark.parametrize("said", ["council", ["staff", "council"]])
def test_a_claim_gives_a_role(path: Path, said: object) -> None:
    found = known(path, email="zhou@x.example", name="周", groups=said)
    assert (found.name, found.role_code) == ("周 (zhou@x.example)", "council")


@pytest.mark.parametrize("said", ["councillor", ["Council"], None, {}, ""])
def test_a_claim_that_says_something_else_gives_none(path: Path, said: object) -> None:
    with pytest.raises(Problem, match="not_among_people"):
        known(path, email="zhou@x.example", groups=said)


@pytest.mark.parametrize("day", [1, 14])
def test_a_stand_in_has_the_others_role_on_those_days(path: Path, day: int) -> None:
    found = known(path, now=NOW.replace(day=day), email="li@lib.example")
    assert (found.name, found.role_code, found.branch) == ("李明", "director", None)


@pytest.mark.parametrize("now", [NOW - timedelta(days=1), NOW.replace(day=15)])
def test_and_their_own_on_others(path: Path, now: datetime) -> None:
    found = known(path, now=now, issued=now, email="li@lib.example")
    assert (found.role_code, found.branch) == ("branch_head", "TG")


def test_a_sign_in_from_before_the_end_holds_no_longer(path: Path) -> None:
    with pytest.raises(Problem, match="sign_in_ended"):
        known(path, issued=NOW - timedelta(hours=2), email="zhao@lib.example", groups="council")
    assert known(path, email="zhao@lib.example", groups="council").role_code == "council"


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ('role = "director"', 'role = "chief"', 5, "person.0.role"),
        ('role = "director"', 'role = "desk"', 5, "person.0.role"),  # that of no sign-in at all
        (
            'value = "council"\nrole = "council"',
            'value = "council"\nrole = "desk"',
            16,
            "claim.0.role",
        ),
        ('role = "branch_head"\nbranch = "TG"', 'role = "branch_head"', 7, "person.1.branch"),
        (
            'value = "council"\nrole = "council"',
            'value = "council"\nrole = "chiefs"',
            16,
            "claim.0.role",
        ),
        ('name = "李明"', 'nam = "李明"', 9, "person.1.nam"),
        ('who = "li@lib.example"\nname', 'who = "WANG@lib.example"\nname', 8, "person.1.who"),
        ('for = "wang@lib.example"', 'for = "wong@lib.example"', 20, "stand_in.0.for"),
        ("last_day = 2026-12-14", 'last_day = "soon"', 22, "stand_in.0.last_day"),
        ("T08:00:00Z", "T08:00:00", 26, "ended.0.before"),
        ("[[claim]]", "[[claim]", 13, ""),
    ],
)
def test_a_list_that_is_wrong_lets_nobody_in_and_says_where(
    path: Path, old: str, new: str, line: int, field: str
) -> None:
    assert old in LIST
    with pytest.raises(Problem) as caught:
        listed(path, LIST.replace(old, new, 1))
    assert caught.value.key == "problem.people_broken"
    assert caught.value.values["line"] == str(line)
    assert str(caught.value.values["field"]).startswith(field)


def test_no_list_lets_nobody_in(path: Path) -> None:
    with pytest.raises(Problem, match="no_people"):
        people.read(path)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_list_that_others_can_change_lets_nobody_in(path: Path, mode: int) -> None:
    listed(path)
    path.chmod(mode)
    with pytest.raises(Problem, match="settings_open"):
        people.read(path)


def test_nor_does_one_that_is_another_accounts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(path)
    owner = path.stat().st_uid
    monkeypatch.setattr(settings.os, "geteuid", lambda: owner + 1)
    if owner:
        with pytest.raises(Problem, match="settings_open"):
            people.read(path)
    else:  # root's own is what an administrator keeps
        people.read(path)
        os.chown(path, 12345, 12345)
        with pytest.raises(Problem, match="settings_open"):
            people.read(path)


# --- how long it holds


def register() -> SignIns:
    return SignIns(timedelta(minutes=30), timedelta(hours=10), NOW)


def test_a_sign_in_holds_while_its_owner_is_there() -> None:
    kept = register()
    for minutes in range(0, 600, 29):
        kept.hold("a", NOW, NOW + timedelta(minutes=minutes))
    with pytest.raises(Problem, match="sign_in_over"):
        kept.hold("a", NOW, NOW + timedelta(hours=10, minutes=1))


def test_who_does_nothing_is_signed_out_and_stays_so() -> None:
    kept = register()
    kept.hold("a", NOW, NOW)
    kept.hold("a", NOW, NOW + timedelta(minutes=29), is_active=False)  # only looked at
    with pytest.raises(Problem, match="sign_in_idle"):
        kept.hold("a", NOW, NOW + timedelta(minutes=31))
    with pytest.raises(Problem, match="sign_in_ended"):
        kept.hold("a", NOW, NOW + timedelta(minutes=31))


def test_signing_out_ends_it_wherever_it_is_held_and_nobody_elses() -> None:
    kept = register()
    kept.hold("a", NOW, NOW)
    kept.hold("b", NOW, NOW)
    kept.end("a")
    with pytest.raises(Problem, match="sign_in_ended"):
        kept.hold("a", NOW, NOW)
    kept.hold("b", NOW, NOW)


def test_a_restart_ends_every_sign_in() -> None:
    with pytest.raises(Problem, match="sign_in_ended"):
        register().hold("a", NOW - timedelta(seconds=1), NOW + timedelta(minutes=1))


def test_clocks_may_differ_a_little() -> None:
    register().hold("a", NOW + timedelta(minutes=1), NOW)
    with pytest.raises(Problem, match="clock_apart"):
        register().hold("a", NOW + timedelta(minutes=3), NOW)


def test_what_is_kept_of_sign_ins_does_not_grow() -> None:
    ticks = [0.0]
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), NOW, lambda: ticks[0])
    for day in range(50):
        at = NOW + timedelta(days=day)
        ticks[0] = day * 86_400
        kept.hold(f"seen {day}", at, at)
        kept.end(f"ended {day}")
    assert len(kept._seen) == len(kept._ended) == 1


def test_where_a_proxy_says_who_it_is_no_reload_begins_the_limits_anew() -> None:
    kept = register()
    key = sign_ins.of_browser("Wang@lib.example", "a browser")
    assert key == sign_ins.of_browser("wang@lib.example", "a browser")
    assert key != sign_ins.of_browser("wang@lib.example", "another")
    for hours in range(11):  # each time another session
        at = NOW + timedelta(hours=hours)
        assert kept.begun(key, at) == NOW
    for at in (NOW + timedelta(hours=10, minutes=1), NOW + timedelta(days=3)):
        with pytest.raises(Problem, match=r"sign_in_(over|ended)"):
            kept.hold(key, kept.begun(key, at), at)


def test_a_clock_that_is_set_while_serving_lets_nobody_stay_longer() -> None:
    ticks = [0.0]
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), NOW, lambda: ticks[0])
    kept.hold("a", NOW, NOW)
    begun = kept.begun("proxy", NOW)
    back = NOW - timedelta(hours=5)  # as the clock says it from now on
    ticks[0] = 60
    kept.hold("a", NOW, NOW + timedelta(seconds=60), is_active=False)
    assert begun - kept.begun("proxy", back) == timedelta(hours=5, seconds=60)
    # who signs in now has a stamp from before the server began, as its clock was then
    kept.hold("b", back, back)
    kept.end("b")
    ticks[0] = 31 * 60
    with pytest.raises(Problem, match=r"sign_in_idle|clock_apart"):
        kept.hold("a", NOW, back + timedelta(minutes=30))
    kept.hold("c", back, back + timedelta(minutes=30))
    for minutes in range(45, 660, 15):
        ticks[0] = minutes * 60
        with suppress(Problem):
            kept.hold("c", back, back + timedelta(minutes=30))  # the clock stands still
    with pytest.raises(Problem, match=r"sign_in_(over|ended)"):
        kept.hold("c", back, back + timedelta(minutes=30))


def test_a_clock_that_was_ahead_for_a_while_brings_nobody_back() -> None:
    ticks = [0.0]
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), NOW, lambda: ticks[0])
    kept.hold("a", NOW, NOW)
    kept.end("a")
    ticks[0] = 60
    ahead = NOW + timedelta(days=3)
    kept.hold("b", ahead, ahead)
    ticks[0] = 120
    with pytest.raises(Problem, match="sign_in_ended"):
        kept.hold("a", NOW, NOW + timedelta(minutes=2))


def test_what_is_kept_of_browsers_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "MOST_BEGUN", 5)
    kept = register()
    for number in range(50):
        kept.begun(f"{number}", NOW)
    assert len(kept._begun) == 5


# --- how it is served


def test_settings_that_cannot_be_found_open_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "server.toml"
    monkeypatch.delenv("GUANQING_CONFIG")
    monkeypatch.setattr(settings, "folder", lambda: tmp_path)
    assert not settings._is_there(own)  # nothing is set up: this machine alone is served
    (tmp_path / "people.toml").touch()
    with pytest.raises(Problem, match="settings_hidden"):
        settings._is_there(own)
    own.touch()
    assert settings._is_there(own)

    def hidden(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "stat", hidden)
    with pytest.raises(Problem, match="settings_hidden"):
        settings._is_there(own)


@pytest.mark.parametrize("named", ["", "gone"])
def test_a_folder_that_is_named_and_says_nothing_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("GUANQING_CONFIG", str(tmp_path / named))
    with pytest.raises(Problem, match="settings_hidden"):
        settings._file.__wrapped__()


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_settings_that_others_can_change_open_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("GUANQING_CONFIG", str(tmp_path))
    own = tmp_path / "server.toml"
    own.write_text("allowed_hosts = []\n")
    own.chmod(mode)
    file = settings._file.__wrapped__()
    with pytest.raises(Problem, match="settings_open"):
        file()
    own.chmod(0o640)
    assert file().sign_in.way == "none"
    own.write_text('allowed_hosts = ["evil.example"]\n')  # as another account may have
    own.chmod(mode)
    with pytest.raises(Problem, match="settings_open"):
        file.refresh()  # as every page does first
    assert file().allowed_hosts == []
    datafiles._files.pop((own, f"{settings.__name__}._file.<locals>.kept"))


@pytest.mark.parametrize("address", ["0.0.0.0", "", "10.0.0.7", "::"])
def test_nobody_is_served_from_elsewhere_without_a_sign_in(address: str) -> None:
    settings.require_closed("127.0.0.1")
    with pytest.raises(Problem, match="open_without_sign_in"):
        settings.require_closed(address)


def test_another_name_needs_a_sign_in_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "server", lambda: settings.Server(["library.example"]))
    with pytest.raises(Problem, match="open_without_sign_in"):
        settings.require_closed("127.0.0.1")
    signed = settings.Server(["library.example"], settings.SignIn("proxy"))
    monkeypatch.setattr(settings, "server", lambda: signed)
    settings.require_closed("0.0.0.0")


def test_a_secret_is_one_that_nobody_else_can_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with pytest.raises(Problem, match="no_secret"):
        settings.secret(path)
    path.write_text("a" * 32 + "\n")
    path.chmod(0o640)
    with pytest.raises(Problem, match="secret_open"):
        settings.secret(path)
    path.chmod(0o600)
    assert settings.secret(path) == "a" * 32
    owner = path.stat().st_uid
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings.os, "geteuid", lambda: owner + 1)
        if owner == 0:
            os.chown(path, 12345, 12345)
        with pytest.raises(Problem, match="secret_open"):
            settings.secret(path)
    os.chown(path, owner, -1)
    path.write_text("a" * 31)
    with pytest.raises(Problem, match="secret_short"):
        settings.secret(path)


PROVIDER = {
    "redirect_uri": "https://library.example/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "guanqing",
    "client_secret": "s",
    "server_metadata_url": "https://sso.example/.well-known/openid-configuration",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", ""),
        *((name, "") for name in PROVIDER),
        ("cookie_secret", "c" * 31),
        ("redirect_uri", "http://library.example/oauth2callback"),
        ("redirect_uri", "https://elsewhere.example/oauth2callback"),
        ("redirect_uri", "https://library.example/"),
        ("server_metadata_url", "http://sso.example/.well-known/openid-configuration"),
        ("server_metadata_url", "https://["),
    ],
)
def test_a_provider_that_is_set_up_wrongly_lets_nothing_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    server = settings.Server(["library.example"], settings.SignIn("oidc"))
    monkeypatch.setattr(settings, "server", lambda: server)
    path = tmp_path / "sign-in.toml"
    path.touch(mode=0o600)
    path.write_text(f"[auth]\n{entries(PROVIDER)}")
    provider.require(path)
    path.write_text(
        f"[auth]\n{entries(PROVIDER | {name: value})}" if name else "[other]\na = 1\n" * 4
    )
    with pytest.raises(Problem, match="provider_broken"):
        provider.require(path)


def entries(said: dict[str, str]) -> str:
    return "".join(f'{name} = "{value}"\n' for name, value in said.items())
