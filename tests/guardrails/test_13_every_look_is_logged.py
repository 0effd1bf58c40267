"""Guardrail 13: each read of a person's data is one row that the person sees, in a chain that shows tampering."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import access
from tests.support.cards import CardHolders, looks, swap
from tests.support.checks import World
from tests.support.shop import Shop

SCENARIO = "hz-library-card"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session, people=100)


def count(session: Session, citizen_id: str) -> int:
    return access.verify(session, citizen_id).rows


def test_a_partners_check_is_one_row_that_is_there_at_once(world: World) -> None:
    partner, me = world.partner(SCENARIO), world.person("hangzhou", 700)
    answer = world.check(partner, me, SCENARIO).json
    (look,) = world.looks(me)
    assert (look["actor"]["kind"], look["action"]["code"], look["scenario"]) == ("partner", "check", SCENARIO)
    assert (look["ref"], look["outcome"]["code"]) == (answer["id"], "credit")
    partner.get(f"/partner/v1/eligibility-checks/{answer['id']}")
    assert len(world.looks(me)) == 2


def test_a_check_answered_the_ordinary_way_is_a_look_too(world: World) -> None:
    me = world.person("hangzhou")
    world.check(world.partner(SCENARIO), me, SCENARIO)
    assert [look["outcome"]["code"] for look in world.looks(me)] == ["standard"]


def test_a_score_that_is_read_by_consent_is_a_row(world: World) -> None:
    partner, me = world.partner(SCENARIO), world.person("hangzhou", 700)
    consent = world.consent(me, partner, "score:read")
    assert partner.get(f"/partner/v1/citizens/{consent.citizen_ref}/score").status_code == 200
    assert [look["action"]["code"] for look in world.looks(me)] == ["score.read"]


def test_a_partner_who_reads_an_order_is_a_row(app: Flask, session: Session) -> None:
    shop = Shop(app, session)
    order = shop.opened()["id"]
    before = count(session, shop.citizen_id)
    shop.seen(order)
    assert count(session, shop.citizen_id) == before + 1


def test_a_look_at_a_card_is_a_row_for_each_person_on_the_page(holders: CardHolders) -> None:
    me, one, other = holders(), holders("李四"), holders("王五")
    swap(one, me)
    swap(other, me)
    me.get("/citizen/v1/name-cards")
    for caller in (one, other):
        assert [look["action"]["code"] for look in looks(caller)] == ["card.viewed", "card.exchanged"]


def test_each_row_is_in_plain_words(world: World, holders: CardHolders) -> None:
    me = world.person("hangzhou", 700)
    world.check(world.partner(SCENARIO), me, SCENARIO)
    swap(holders.login(me), holders("李四"))
    for look in holders.login(me).get("/citizen/v1/access-log", headers={"Accept-Language": "zh-CN"}).json["data"]:
        said = [look["action"], look["purpose"], *look["fields"], *([look["outcome"]] if "outcome" in look else [])]
        assert all(entry["name"] != entry["code"] for entry in said), said


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("update access_log set actor_name = 'nobody' where number = 1", "changed"),
        ("delete from access_log where number = 2", "dropped"),
        ("update access_log set number = 9 where number = 2", "dropped"),
    ],
)
def test_tampering_is_evident(world: World, session: Session, tamper: str, fault: str) -> None:
    partner, me = world.partner(SCENARIO), world.person("hangzhou", 700)
    for _ in range(2):
        world.check(partner, me, SCENARIO)
    assert access.verify(session, me).whole
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text(tamper))
    session.expire_all()
    assert access.verify(session, me).fault == fault


def test_a_look_that_comes_to_nothing_is_no_look(holders: CardHolders, at: Callable[..., object]) -> None:
    me, friend = holders(), holders("李四")
    code = me.post("/citizen/v1/name-card/codes", json={"purpose": "exchange"}).json["code"]
    at(seconds=61)
    friend.post("/citizen/v1/name-card/exchanges", json={"code": code})
    assert looks(me) == []
