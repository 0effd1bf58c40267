"""`xinyi card verify` needs a card and the keys, no network; `xinyi log verify` finds what was changed."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.cli import main
from app.domain.access import SYSTEM
from app.domain.card import Face, NameKind
from app.services import card_tokens
from app.store import access_log

NOW = datetime.now(UTC)
KEY = ECKey.generate_key("P-256")
FACE = Face("张*三", NameKind.MASKED, city="xiamen", volunteer_stars=3)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def issued(at: datetime = NOW, key: ECKey = KEY) -> str:
    return card_tokens.sign(FACE, "introduction", key=key.as_dict(private=True), now=at, lifetime=timedelta(hours=1))


@pytest.fixture
def keys(tmp_path: Path) -> str:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    return str(path)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.usefixtures("_no_network")
def test_a_card_that_holds_is_shown_without_a_network(keys: str) -> None:
    for done in (
        run("card", "verify", issued(), "--keys", keys),
        run("card", "verify", "-", "--keys", keys, text=issued() + "\n"),
    ):
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert told["purpose"] == "introduction"
        assert told["card"] == {
            "display_name": "张*三",
            "name_kind": "masked",
            "city": "xiamen",
            "volunteer_stars": 3,
        }


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (issued(NOW - timedelta(hours=2)), "expired"),
        (issued(NOW + timedelta(hours=2)), "not_yet_valid"),
        (issued(key=ECKey.generate_key("P-256")), "unknown_key"),
        (issued()[:-3] + "000", "tampered"),
        ("hello", "not_a_card"),
        ("", "not_a_card"),
    ],
)
@pytest.mark.usefixtures("_no_network")
def test_a_card_that_does_not_hold_exits_with_1_and_the_reason(keys: str, card: str, reason: str) -> None:
    done = run("card", "verify", card, "--keys", keys)
    assert (done.exit_code, done.stdout) == (1, "")
    assert reason in done.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", "not json", '{"keys": 1}'])
def test_keys_that_are_none_are_said_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    done = run("card", "verify", issued(), "--keys", str(path))
    assert done.exit_code == 1
    assert str(path) in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run("card", "verify", issued(), "--keys", str(tmp_path / "none.json")).exit_code == 1


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """What asking for the published keys comes to: a JWKS, a status, or an exception."""

    def get(url: str, **_: Any) -> requests.Response:
        if isinstance(answer, Exception):
            raise answer
        said = requests.Response()
        said.status_code = answer if isinstance(answer, int) else 200
        said.raw = BytesIO(json.dumps(answer).encode())
        return said

    monkeypatch.setattr(requests, "get", get)


AWAY = [requests.ConnectionError(), requests.Timeout(), 503, "no keys at all"]


@pytest.mark.parametrize("away", AWAY, ids=["no network", "no answer", "a server that is down", "a captive portal"])
def test_without_a_network_the_keys_of_the_last_time_are_used_and_it_is_said(
    away: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINYI_VAR_DIR", str(tmp_path / "var"))
    answering(monkeypatch, away)
    never = run("card", "verify", issued())
    assert (never.exit_code, never.stdout) == (1, "")
    assert "none are kept" in never.stderr
    answering(monkeypatch, {"keys": [KEY.as_dict(private=False)]})
    online = run("card", "verify", issued())
    assert (online.exit_code, online.stderr) == (0, "")
    answering(monkeypatch, away)
    offline = run("card", "verify", issued())
    assert (offline.exit_code, offline.stdout) == (0, online.stdout)
    assert "does not answer" in offline.stderr
    assert run("card", "verify", issued(key=ECKey.generate_key("P-256"))).exit_code == 1


def test_keys_that_were_kept_long_ago_are_called_old_and_spoilt_ones_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINYI_VAR_DIR", str(tmp_path))
    answering(monkeypatch, {"keys": [KEY.as_dict(private=False)]})
    run("card", "verify", issued())
    store = tmp_path / "published-keys.json"
    kept = json.loads(store.read_text())
    answering(monkeypatch, requests.ConnectionError())
    for entry in kept.values():
        entry["fetched_at"] = (NOW - timedelta(days=8)).isoformat()
    store.write_text(json.dumps(kept))
    old = run("card", "verify", issued())
    assert (old.exit_code, "they are old" in old.stderr) == (0, True)
    for spoilt in ([], dict.fromkeys(kept, 1), {source: {"fetched_at": "x"} for source in kept}):
        store.write_text(json.dumps(spoilt))
        assert "none are kept" in run("card", "verify", issued()).stderr


def test_the_log_is_verified_and_a_changed_row_named(real_db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))
    with Session(real_db) as session, session.begin():
        for citizen_id in ("cit_1", "cit_2"):
            access_log.append(session, citizen_id, now=NOW, actor=SYSTEM, action="scored", purpose="score")
    done = run("log", "verify")
    assert (done.exit_code, done.stdout) == (0, "2 chains, 2 looks, 0 erased on leaving, 0 broken\n")
    with real_db.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update access_log set purpose = 'x' where citizen_id = 'cit_2'"))
    done = run("log", "verify")
    assert done.exit_code == 1
    assert "cit_2: row 1 was changed" in done.stdout
    assert run("log", "verify", "--citizen", "cit_1").exit_code == 0


def test_an_anchor_kept_outside_finds_a_chain_taken_out_whole(
    real_db: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))
    with Session(real_db) as session, session.begin():
        for citizen_id in ("cit_1", "cit_2"):
            access_log.append(session, citizen_id, now=NOW, actor=SYSTEM, action="scored", purpose="score")
    file, broken = tmp_path / "heads", tmp_path / "broken"
    made = run("log", "anchor", str(file))
    assert made.exit_code == 0
    assert made.stdout.startswith("2 chains; SHA-256 of the file: ")
    assert run("log", "verify", "--anchor", str(file)).stdout.endswith("0 broken; 2 anchored\n")
    with real_db.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for table in ("access_log", "access_chain", "access_heads"):
            connection.execute(text(f"delete from {table} where citizen_id = 'cit_2'"))
    assert run("log", "verify").exit_code == 0
    done = run("log", "verify", "--anchor", str(file))
    assert done.exit_code == 1
    assert "cit_2: row 1 was dropped" in done.stdout
    broken.write_text("[1]\n")
    for path in (broken, tmp_path / "none"):
        assert run("log", "verify", "--anchor", str(path)).exit_code == 1
    assert run("log", "anchor", str(tmp_path)).exit_code == 2


def test_a_city_that_goes_on_is_verified_without_a_false_alarm(
    real_db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))
    over = Event()

    def look() -> None:
        while not over.is_set():
            with Session(real_db) as session, session.begin():
                access_log.append(session, "cit_1", now=NOW, actor=SYSTEM, action="scored", purpose="score")

    with ThreadPoolExecutor(2) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        verdicts = [run("log", "verify").exit_code for _ in range(4)]
        over.set()
    assert [done.exception() for done in looking] == [None, None]
    assert verdicts == [0, 0, 0, 0]
