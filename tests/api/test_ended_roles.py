"""What someone shows once a register says that they speak for an entity no more: no role, and all else as before."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.callers import TestCaller
from tests.support.entities import Register
from tests.support.wallet import Wallet

CARD = "/citizen/v1/name-card"


@pytest.fixture
def register(app: Flask, session: Session) -> Register:
    return Register(app, session)


def role_of(caller: TestCaller, register: Register) -> dict[str, Any]:
    return {"name_kind": "masked", "fields": ["verified", "legal_role"], "entity": register.mine(caller)}


def test_the_tick_goes_with_the_role_and_the_card_is_given_without_it(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    assert me.put(CARD, json={"show": role_of(me, register)}).status_code == 200
    register.put()
    own = me.get(CARD).json
    assert own["show"] == {"name_kind": "masked", "fields": ["verified"]}
    assert me.put(CARD, json={"show": own["show"]}).status_code == 200
    offline = me.post(f"{CARD}/offline", json={"purpose": "introduction"})
    assert (offline.status_code, "role" in offline.json.get("preview", {})) == (201, False)
    kit = register.holders.kit
    assert Wallet(kit.settings.base_url, kit.clock).ask(me).status_code == 201


def test_a_role_that_comes_back_waits_for_a_tick_of_its_own(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    me.put(CARD, json={"show": role_of(me, register)})
    register.put(number, status="revoked")
    register.put(number)
    assert "role" not in me.get(CARD).json["preview"]


def test_the_tick_of_another_entity_stays(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    show = role_of(me, register)
    register.put(number, serial=2)
    me.put(CARD, json={"show": show})
    register.put(serial=2)
    assert me.get(CARD).json["preview"]["role"]["name"]
