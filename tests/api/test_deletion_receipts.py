"""Leaving answers a signed receipt: verified with the published keys alone, and it says nothing of who left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import main
from app.services.cleaning import clean
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders
from tests.support.checks import World
from tests.support.people import id_number

ENROLMENT, LEAVING, RECEIPTS = "/citizen/v1/enrolment", "/citizen/v1/leaving", "/citizen/v1/deletion-receipts"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.fixture
def me(world: World) -> TestCaller:
    holders = CardHolders(world.app, world.session, people=100)
    citizen_id = world.person("hangzhou", 700)
    holders.give(citizen_id, "honour")
    return holders.login(citizen_id)


def leave(caller: TestCaller) -> dict[str, Any]:
    answer = caller.delete(ENROLMENT)
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json
    return receipt


def keys_of(caller: TestCaller) -> dict[str, Any]:
    found: dict[str, Any] = caller.client.get("/oauth/jwks").json
    return found


def claims_of(signed: str, jwks: dict[str, Any]) -> dict[str, Any]:
    """As anyone would verify it: PyJWT and the published keys."""
    key = jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(signed)["kid"]]
    claims: dict[str, Any] = jwt.decode(signed, key, algorithms=["ES256"], issuer="http://127.0.0.1:8000")
    return claims


def test_what_leaving_would_do_is_told_before_and_is_what_it_does(me: TestCaller) -> None:
    would = me.get(LEAVING).json
    assert me.get("/citizen/v1/score").status_code == 200, "nothing happened yet"
    done = leave(me)
    assert {entry["kind"]: entry["count"] for entry in would["deleted"]}["records"] == 1
    assert would == {"deleted": done["deleted"], "kept": done["kept"]}


def test_what_stays_is_told_with_its_law_and_its_end(me: TestCaller) -> None:
    kept = {entry["kind"]: entry for entry in me.get(LEAVING).json["kept"]}
    assert {"citizens", "outer_ids", "deletion_receipts"} <= set(kept)
    assert all("第" in entry["law"] and entry["until"] for entry in kept.values())


def test_the_receipt_is_verified_by_the_published_keys_alone(me: TestCaller) -> None:
    receipt = leave(me)
    assert jwt.get_unverified_header(receipt["signed"])["typ"] == "deletion-receipt+jwt"
    claims = claims_of(receipt["signed"], keys_of(me))
    assert claims["jti"] == receipt["id"]
    assert (claims["deleted"]["records"], claims["deleted"]["scores"]) == (1, 1)
    assert claims["kept"] == receipt["kept"]


def test_it_says_nothing_of_who_left(world: World) -> None:
    holders = CardHolders(world.app, world.session, people=100)
    me = holders.person("司马不留名")
    receipt = leave(holders.login(me))
    text = json.dumps([receipt, claims_of(receipt["signed"], keys_of(holders.login(me)))], ensure_ascii=False)
    for trace in (me, "司马", id_number(101), "ctz_", "grt_"):
        assert trace not in text, trace


def test_a_lost_answer_is_fetched_again_and_leaving_twice_is_leaving_once(me: TestCaller) -> None:
    receipt = leave(me)
    assert leave(me) == receipt
    assert me.get(RECEIPTS).json["data"] == [receipt]


def test_after_thirty_days_the_receipt_is_its_persons_alone(
    me: TestCaller, session: Session, at: Callable[..., Any]
) -> None:
    leave(me)
    clean(session, at(days=29))
    session.flush()
    assert session.connection().exec_driver_sql("select count(*) from deletion_receipts").scalar() == 1
    clean(session, at(days=2))
    assert session.connection().exec_driver_sql("select count(*) from deletion_receipts").scalar() == 0


def test_the_command_verifies_a_downloaded_receipt_and_refuses_a_changed_one(me: TestCaller, tmp_path: Path) -> None:
    receipt, keys, other = leave(me), tmp_path / "jwks.json", tmp_path / "other.json"
    keys.write_text(json.dumps(keys_of(me)))
    kid = jwt.get_unverified_header(receipt["signed"])["kid"]
    other.write_text(json.dumps({"keys": [key for key in keys_of(me)["keys"] if key["kid"] != kid]}))
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt))

    def run(path: Path, jwks: Path) -> int:
        return CliRunner().invoke(main, ["receipt", "verify", str(path), "--keys", str(jwks)]).exit_code

    header, body, signature = receipt["signed"].split(".")
    changed = [f"{header}.{body[:-2]}xx.{signature}", f"{header}.{body}.", "", "{}", "{"]
    assert run(file, keys) == 0
    assert run(file, other) == run(tmp_path / "none", keys) == 1
    for number, text in enumerate(changed):
        (tmp_path / f"{number}").write_text(text)
        assert run(tmp_path / f"{number}", keys) == 1, text


def test_another_citizen_sees_none_of_it(me: TestCaller, world: World) -> None:
    leave(me)
    other = CardHolders(world.app, world.session, people=200)()
    assert other.get(RECEIPTS).json["data"] == []


def test_leaving_needs_a_login_of_five_minutes_at_most(me: TestCaller, at: Callable[..., Any]) -> None:
    at(seconds=301)
    answer = me.delete(ENROLMENT)
    assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
    assert me.get("/citizen/v1/score").status_code == 200
