"""Whatever stands in an administrator's files: it holds, or one sentence says what is wrong."""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from guanqing import cli, datafiles
from guanqing.access import people, provider, roles, settings
from guanqing.access.settings import Server
from guanqing.problems import Problem
from guanqing.ui.shell import visitor

WRONG = [
    *("true", "99999999999999999999", "-1", "0", "inf", "nan", '""', '"\\u0000"', "[]", "[1]"),
    *("{ a = 1 }", "1.5", '"30"', "[[[]]]", "2026-12-01", "1e400"),
]
# of what is wrong elsewhere, what may stand here
RIGHT = {
    ("allowed_hosts", "[]"),
    ("proxies", "[]"),
    ("sign_in.sign_out", '""'),
    ("sign_in.user_header", '"30"'),
    ("sign_in.secret_header", '"30"'),
    ("allowed_hosts.0", '"30"'),
}


def _entries(kind: Any, above: str = "") -> list[str]:
    names = []
    for entry in fields(kind):
        inside = type(entry.default) if is_dataclass(entry.default) else None
        names += [above + entry.name]
        names += _entries(inside, f"{above}{entry.name}.") if inside else []
    return names


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the path of an administrator's own server.toml."""
    monkeypatch.setenv("GUANQING_CONFIG", str(tmp_path))
    monkeypatch.setenv("GUANQING_LANG", "en")
    yield tmp_path / "server.toml"
    _forget(tmp_path / "server.toml")


def _forget(own: Path) -> None:
    datafiles._files.pop((own, f"{settings.__name__}._file.<locals>.kept"), None)
    settings._file.cache_clear()


def _written(own: Path, words: str) -> datafiles.DataFile[Server]:
    own.write_text(words, encoding="utf-8")
    own.chmod(0o600)
    _forget(own)
    return settings._file()


def _with(name: str, value: str) -> str:
    table, _, entry = name.rpartition(".")
    if table:
        return f"allowed_hosts = []\n[{table}]\n{entry} = {value}\n"
    return f"{name} = {value}\n" + ("" if name == "allowed_hosts" else "allowed_hosts = []\n")


@pytest.mark.parametrize("value", WRONG)
def test_every_setting_that_is_out_of_range_is_named_with_what_may_stand_there(
    own: Path, value: str
) -> None:
    names = _entries(Server)
    assert set(names) == set(settings.WANTED)
    for name in names:
        _written(own, _with(name, value))
        if (name, value) in RIGHT:
            assert settings.server()
            continue
        with pytest.raises(Problem) as caught:
            settings.server()
        assert caught.value.key == "problem.entry_wrong", (name, value)
        said = caught.value.values
        assert str(said["path"]) == str(own)
        # of what is no TOML at all the parser says where
        assert str(said["field"]).startswith(name) or said["wanted"].key == "wanted.toml", said


@pytest.mark.parametrize(
    ("words", "field", "wanted"),
    [
        ("[sign_in]\nidle_minute = 5", "sign_in.idle_minute", "idle_minutes, way"),
        ("allowed_host = []", "allowed_host", "allowed_hosts, proxies"),
        ("[signin]\nway = 'oidc'", "signin", "sign_in, allowed_hosts"),
        ("[audit]\nkept_days = 90", "audit.kept_days", "183 to 36500"),
        ("[sign_in]\nuser_header = 'X-Guanqing-Proxy'", "sign_in.user_header", "have to differ"),
        ("[sign_in]\nsecret_header = 'x-forwarded-EMAIL'", "sign_in.secret_header", "differ"),
        ("[sign_in]\nuser_header = 'Accept-Language'", "sign_in.user_header", "the proxy adds"),
        ("[sign_in]\nsign_out = 'javascript:alert(1)'", "sign_in.sign_out", "https:// or /"),
        ("", "EOF", "allowed_hosts"),
        ("[sign_in", "", "TOML"),
        ("a = " + "[" * 5000, "", "TOML"),
    ],
)
def test_the_server_does_not_start_and_says_it_in_one_sentence(
    own: Path, words: str, field: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = "" if not words or "host" in words else "allowed_hosts = []\n"
    _written(own, known + words)
    sys_argv = ["guanqing", "serve", "--store", str(own.parent / "store")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", sys_argv)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(own) in said
    assert field in said
    assert wanted in said.partition("may stand there")[2]
    assert not (own.parent / "store").exists()


PERSON = '[[person]]\nwho = "w@lib.example"\nname = "W"\nrole = "director"\n'
STAND_IN = '[[stand_in]]\nwho = "l@x"\nfor = "w@lib.example"\nfirst_day = 2026-12-01\nlast_day = '
LISTS = {
    "person.who": '[[person]]\nname = "W"\nrole = "director"\nwho = ',
    "person.name": '[[person]]\nwho = "w@x"\nrole = "director"\nname = ',
    "person.role": '[[person]]\nwho = "w@x"\nname = "W"\nrole = ',
    "person.branch": '[[person]]\nwho = "w@x"\nname = "W"\nrole = "branch_head"\nbranch = ',
    "claim.claim": '[[claim]]\nvalue = "c"\nrole = "council"\nclaim = ',
    "claim.value": '[[claim]]\nclaim = "c"\nrole = "council"\nvalue = ',
    "claim.role": '[[claim]]\nclaim = "c"\nvalue = "c"\nrole = ',
    "claim.branch": '[[claim]]\nclaim = "c"\nvalue = "c"\nrole = "branch_head"\nbranch = ',
    "stand_in.who": f'{PERSON}[[stand_in]]\nfor = "w@lib.example"\nfirst_day = 2026-12-01\n'
    "last_day = 2026-12-02\nwho = ",
    "stand_in.for": '[[stand_in]]\nwho = "l@x"\nfirst_day = 2026-12-01\nlast_day = 2026-12-02\n'
    "for = ",
    "stand_in.first_day": f'{PERSON}[[stand_in]]\nwho = "l@x"\nfor = "w@lib.example"\n'
    "last_day = 2026-11-01\nfirst_day = ",
    "stand_in.last_day": PERSON + STAND_IN,
    "ended.who": "[[ended]]\nbefore = 2026-12-01T08:00:00Z\nwho = ",
    "ended.before": '[[ended]]\nwho = "z@x"\nbefore = ',
    **{table: f"{table} = " for table in ("person", "claim", "stand_in", "ended")},
}
TEXT = {"person.who", "person.name", "person.branch", "claim.claim", "claim.value"}
DAYS = {("stand_in.last_day", "2026-12-01")}
TEXT |= {"claim.branch", "stand_in.who", "ended.who"}


@pytest.mark.parametrize("value", WRONG)
def test_whatever_stands_in_the_list_of_people_nobody_is_let_in_and_it_is_named(
    tmp_path: Path, value: str
) -> None:
    assert LISTS.keys() == people._wanted().keys()
    path = tmp_path / "people.toml"
    for name, begun in LISTS.items():
        path.write_text(f"{begun}{value}\n", encoding="utf-8")
        path.chmod(0o600)
        may_stand = (name in TEXT and value in ('"30"', '"\\u0000"')) or (name, value) in DAYS
        if may_stand or (value == "[]" and "." not in name):
            people.read(path)
            continue
        with pytest.raises(Problem) as caught:
            people.read(path)
        assert caught.value.key == "problem.people_broken", (name, value)
        assert caught.value.values["wanted"].key.startswith("wanted.")


def test_a_settings_file_that_is_right_holds_to_its_ends(own: Path) -> None:
    _written(
        own,
        'allowed_hosts = ["lib.example"]\nproxies = ["::1"]\n[sign_in]\nway = "proxy"\n'
        'idle_minutes = 1440\nlongest_hours = 168\nuser_header = "Remote-User"\n'
        'sign_out = "/oauth2/sign_out"\n[audit]\nkept_days = 36500\n[names]\nminutes = 1\n',
    )
    found = settings.server().sign_in
    assert (found.idle_minutes, found.user_header) == (1440, "remote-user")
    assert visitor.sign_ins.__wrapped__().idle.days == 1


@pytest.mark.parametrize("value", ["http://[", "https://[::1", "https://library.example:x/"])
def test_an_address_that_is_none_in_the_providers_settings_is_said(own: Path, value: str) -> None:
    _written(own, 'allowed_hosts = ["library.example"]\n[sign_in]\nway = "oidc"\n')
    path = own.with_name("sign-in.toml")
    said = {
        "redirect_uri": value,
        "cookie_secret": "c" * 32,
        "client_id": "g",
        "client_secret": "s",
        "server_metadata_url": "https://sso.example/",
    }
    path.write_text("[auth]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in said.items()))
    path.chmod(0o600)
    with pytest.raises(Problem, match="provider_broken"):
        provider.require(path)
    path.write_text("a = " + "[" * 5000)
    with pytest.raises(Problem, match="provider_broken"):
        provider.require(path)


def test_a_folder_that_is_named_from_here_is_the_same_wherever_the_program_goes(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_text("allowed_hosts = []\n[names]\nminutes = 7\n")
    own.chmod(0o600)
    monkeypatch.chdir(own.parent.parent)
    monkeypatch.setenv("GUANQING_CONFIG", own.parent.name)
    settings._file.cache_clear()
    assert settings.server().names.minutes == 7
    assert settings.folder().is_absolute()


ROLES = {
    "figures": "figures = ",
    "figures.shared": "[figures]\nshared = ",
    "roles": "roles = ",
    "roles.a.name": 'figures = {}\n[roles.a]\nfigures = []\npages = ["x"]\nmay = []\nname = ',
    "roles.a.figures": "{0}pages = ['x']\nmay = []\nfigures = ",
    "roles.a.pages": "{0}figures = []\nmay = []\npages = ",
    "roles.a.may": "{0}pages = ['x']\nfigures = []\nmay = ",
    "roles.a.own_branch": "{0}pages = ['x']\nfigures = []\nmay = []\nown_branch = ",
}
ROLES_MAY = {(f"roles.a.{name}", "[]") for name in ("figures", "may")}
ROLES_MAY |= {("roles.a.own_branch", "true"), ("roles.a.own_branch", "0")}
NAMED = 'figures = {}\n[roles.a]\nname = { zh = "馆", en = "A" }\n'


@pytest.mark.parametrize("value", WRONG)
def test_whatever_stands_in_the_roles_is_a_fault_of_a_line(tmp_path: Path, value: str) -> None:
    path = tmp_path / "roles.toml"
    for name, begun in ROLES.items():
        path.write_text(f"{begun.replace('{0}', NAMED)}{value}\n", encoding="utf-8")
        file = datafiles.DataFile(
            path, roles.policy._make, may_go=False, needed=True, as_text=False
        )
        if file.refresh():
            assert (name, value) in ROLES_MAY
            continue
        assert file.fault
        assert file.fault.line
