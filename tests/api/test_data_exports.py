"""PIPL article 45: everything that is held about me, in one file with a published schema, and nothing about others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.store import access_log, exporting
from tests.support.callers import TestCaller, as_citizen
from tests.support.cards import FULL, CardHolders, swap
from tests.support.checks import World
from tests.support.entities import Register
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member
from tests.support.people import id_number
from tests.support.rows import a_row as any_row

PATH = "/citizen/v1/data-exports"


def export(caller: TestCaller) -> dict[str, Any]:
    """An export that fits its published schema."""
    answer = caller.post(PATH)
    assert answer.status_code == 200, answer.text
    schema = caller.client.get(f"{PATH}/schema")
    assert schema.mimetype == "application/schema+json"
    Draft202012Validator.check_schema(schema.json)
    faults = list(Draft202012Validator(schema.json).iter_errors(answer.json))
    assert not faults, [f"{fault.json_path}: {fault.message[:200]}" for fault in faults[:3]]
    made: dict[str, Any] = answer.json
    return made


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session, people=100)


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def test_it_is_a_file_that_is_never_cached(holders: CardHolders) -> None:
    answer = holders().post(PATH)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="xinyi-my-data-2026-11-20.json"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_says_who_i_am_in_clear(holders: CardHolders) -> None:
    made = export(holders("欧阳本人", "hangzhou"))
    (me,) = made["tables"]["citizens"]
    assert (me["name"], me["id_number"], me["city"]) == ("欧阳本人", id_number(101), "hangzhou")
    assert made["schema"].endswith(f"{PATH}/schema")
    assert len(made["schema_version"]) == 12


def test_a_guest_and_someone_who_left_have_little_and_it_fits_the_schema(holders: CardHolders) -> None:
    caller = holders()
    assert export(caller)["tables"]["scores"] == []
    caller.delete("/citizen/v1/enrolment")
    (left,) = export(caller)["tables"]["citizens"]
    assert "name" not in left


def test_a_member_takes_records_scores_decisions_orders_and_looks_along(world: World, holders: CardHolders) -> None:
    kit, session = world.kit, world.session
    me = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    file_rows(session, kit, "transport", a_penalty("P-1", days_ago(kit), serious=True))
    partner = world.partner("xm-bike-rental")
    world.check(partner, me, "xm-bike-rental")
    world.consent(me, partner, "score:read")
    world.owes(me, "xm-bike-rental", "prt_1")
    swap(holders.login(me), holders("李四"))
    tables = export(as_citizen(world.app, session, me))["tables"]
    held = {name for name, rows in tables.items() if rows}
    assert held >= {
        *("citizens", "enrolments", "records", "record_events", "scores", "score_snapshots", "decisions", "consents"),
        *("orders", "access_log", "oauth_grants", "held_cards", "moment_codes", "scans"),
    }
    assert {row["source_record_id"] for row in tables["records"]} == {"V-1", "P-1"}


def test_every_column_of_every_table_fits_the_schema(holders: CardHolders, session: Session) -> None:
    """A row of mine in each table, whatever it holds."""
    me = holders.person()
    apart = {"citizens", "access_log", *(table.name for table in exporting.tables() if exporting.sealed(table))}
    for table in exporting.tables():
        if table.name not in apart:
            session.execute(insert(table).values(any_row(table, citizen_id=me)))
    session.commit()
    tables = export(holders.login(me))["tables"]
    assert set(tables) == {"score_runs", *(table.name for table in exporting.tables())}
    assert sum(bool(rows) for rows in tables.values()) > len(tables) - len(apart)


def test_nothing_of_another_person_is_in_it(holders: CardHolders, session: Session) -> None:
    me, other = holders.person("张小三"), holders.person("司马他人")
    mine, theirs = holders.login(me), holders.login(other)
    swap(theirs, mine, FULL, FULL)
    mine.get("/citizen/v1/name-cards")
    theirs.get("/citizen/v1/name-cards")
    clerk = Actor(ActorKind.OPERATOR, "opr_1", "上官专员")
    access_log.append(session, me, now=holders.kit.clock(), actor=clerk, action="correction.read", purpose="correction")
    session.commit()
    text = json.dumps(export(mine), ensure_ascii=False)
    for strange in ("司马", "他人", "上官专员", "opr_1", other, me):
        assert strange not in text, strange
    assert "张小三" in text, "the card that I gave is mine, also in another's hands"


def test_the_entity_on_another_persons_card_is_not_in_it(app: Flask, session: Session) -> None:
    register = Register(app, session)
    boss, _, number = register.person("司马他人")
    register.put(number)
    friend, _, _ = register.person()
    swap(boss, friend, {"name_kind": "masked", "fields": ["legal_role"]})
    assert register.mine(boss) not in json.dumps(export(friend))


def test_the_export_itself_is_a_look_that_is_in_it(holders: CardHolders) -> None:
    caller = holders()
    made = export(caller)
    (look,) = made["tables"]["access_log"]
    assert (look["action"], look["purpose"], look["ref"]) == ("exported", "export", made["id"])
    (told,) = caller.get("/citizen/v1/access-log", headers={"Accept-Language": "zh-CN"}).json["data"]
    assert told["action"]["name"] == "您导出了自己的全部数据"


def test_what_is_left_out_is_said_with_its_reason(holders: CardHolders) -> None:
    left_out = {(row["table"], row.get("column")): row["reason"] for row in export(holders())["left_out"]}
    assert left_out["refresh_tokens", None]["code"] == "secret"
    assert left_out["held_cards", "face"]["code"] == "other-person"
    assert all(reason["name"] != reason["code"] for reason in left_out.values())


@pytest.mark.parametrize("body", [{"citizen_id": "cit_1"}, {"tables": ["citizens"]}, []])
def test_nothing_can_be_asked_for_another(holders: CardHolders, body: object) -> None:
    answer = holders().post(PATH, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_it_needs_a_login_of_five_minutes_at_most(holders: CardHolders, at: Callable[..., object]) -> None:
    caller = holders()
    at(seconds=301)
    answer = caller.post(PATH)
    assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
    assert 'max_age="300"' in answer.headers["WWW-Authenticate"]
