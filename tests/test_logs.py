"""What the server writes down: enough to look after it, and nothing of anybody."""

import json
import logging
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pytest
from authlib.integrations.base_client import OAuthError
from provider import configure
from serving import served
from test_entrance import opened

from guanqing.ui import logs

pytest_plugins = ["stores"]

WHO, READER = "wang@lib.example", "张三丰"
PEOPLE = f'[[person]]\nwho = "{WHO}"\nname = "王芳"\nrole = "director"\n'


def written(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(logs.Line().format(record))
    return line


def record(name: str, message: str, *args: object, error: BaseException | None = None) -> Any:
    said = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "place.py", 7, message, args, said)


def test_an_error_is_written_by_its_kind_and_place_and_not_by_what_it_says() -> None:
    with pytest.raises(duckdb.Error, match=READER) as caught:
        duckdb.sql(f"select '{READER}'::int").fetchall()
    line = written(record("guanqing.ui.shell.guarding", "figure %s", "x", error=caught.value))
    assert line["said"] == "figure x"
    assert line["error"] == "ConversionException"
    assert any(frame.startswith("test_logs.py:") for frame in line["frames"])
    assert READER not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize(("code", "is_said"), [("invalid_client", True), ("张三丰", False)])
def test_why_a_provider_gave_no_token_is_written_in_its_own_few_words(
    code: str, is_said: bool
) -> None:
    error = OAuthError(code, f"no such client: {READER}")
    line = written(record("streamlit.web.server.starlette", "x", error=error))
    assert (line.get("code") == code) == is_said
    assert READER not in json.dumps(line, ensure_ascii=False)


def test_what_others_say_is_not_written_only_from_where() -> None:
    line = written(record("streamlit.runtime", f"a widget of {READER}"))
    assert line | {"at": ""} == {
        "at": "",
        "level": "error",
        "logger": "streamlit.runtime",
        "place": "place:7",
    }


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/export/a-ticket", "/export"),
        ("/_stcore/upload_file/session/file", "/_stcore/upload_file"),
        ("/张三丰", "page"),
        ("/exporting", "page"),
    ],
)
def test_of_an_address_its_beginning_is_written(path: str, what: str) -> None:
    assert logs._what(path) == what


def test_a_page_is_written_with_the_role_that_saw_it(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []

    def info(_words: str, extra: dict[str, dict[str, Any]]) -> None:
        told.append(extra["fields"])

    monkeypatch.setattr(logs.LOG, "info", info)
    opened(simulated, monkeypatch, email=WHO, ago=0)
    assert [(line["what"], line["role"]) for line in told] == [("page overview", "director")]
    assert told[0]["ms"] >= 0


@pytest.mark.slow
def test_a_server_writes_down_each_answer_and_nobody(simulated: Path, tmp_path: Path) -> None:
    etc = configure(tmp_path / "etc", PEOPLE, way="proxy")
    secret, log = (etc / "proxy-secret").read_text(), tmp_path / "log"
    sent = {"X-Forwarded-Email": WHO, "X-Guanqing-Proxy": secret, "X-Request-Id": "mine"}
    with served(simulated, {"GUANQING_CONFIG": str(etc)}, log=log) as url:
        numbers = []
        for path in ("/circulation?branch=TG", "/export/a-ticket", f"/{WHO}?as_of={WHO}"):
            asked = urllib.request.Request(url + path, headers=sent)
            try:
                with urllib.request.urlopen(asked, timeout=20) as answer:
                    numbers.append(answer.headers["X-Request-Id"])
            except urllib.error.HTTPError as refused:
                numbers.append(refused.headers["X-Request-Id"])
    words = log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    of_ours = {line["id"]: line for line in lines if line.get("id") in numbers}
    assert [of_ours[number]["what"] for number in numbers] == [
        *("GET page", "GET /export", "GET page")
    ]
    assert of_ours[numbers[1]]["status"] == 401
    for hidden in (WHO, secret, "a-ticket", "branch", "mine", "127.0.0.1"):
        assert hidden not in "".join(json.dumps(line) for line in lines)
    assert "Traceback" not in words
