"""The credit report of a legal entity, for the one who speaks for it: public facts, and the same links."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.citizen import reports
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.cards import looks
from tests.support.entities import HONOUR, NAME, PENALTY, PERMIT, Register, uscc
from tests.support.reporting import CHECKS, PATH, blank_paper


@pytest.fixture(autouse=True)
def no_typesetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)


@pytest.fixture
def register(app: Flask, session: Session) -> Register:
    return Register(app, session)


def made(register: Register, caller: TestCaller, entity: str) -> str:
    answer = caller.post(PATH, json={"shows": "report", "entity_id": entity})
    assert answer.status_code == 201, answer.text
    return str(answer.json["code"])


def check(register: Register, code: str) -> TestResponse:
    return register.app.test_client().post(CHECKS, json={"code": code})


def test_it_shows_the_entitys_public_facts_and_nothing_of_a_person(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    entity = register.mine(me)
    report = me.get(f"{PATH}/latest?entity_id={entity}", headers={"Accept-Language": "en"}).json
    assert (report["kind"], report["subject"]["full_name"]) == ("entity", NAME)
    facts = {line["label"]: line["text"] for line in report["subject"]["facts"]}
    assert facts["Unified social credit code"] == uscc()
    assert facts["City"] == "Xiamen"
    assert facts["Shown by its"] == "Legal representative"
    assert "score" not in report
    assert {record["kind"] for record in report["records"]} == {"positive", "adverse"}
    assert "张小三" not in str(report)


def test_strangers_check_it_by_its_code_and_each_check_is_logged(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    told = check(register, made(register, me, register.mine(me))).json
    assert (told["kind"], told["subject_name"]) == ("entity", NAME)
    assert len(told["report"]["records"]) == 3
    (look, *_) = looks(me)
    assert [field["code"] for field in look["fields"]] == ["entity"]


@pytest.mark.parametrize("change", ["a penalty is repaired", "another speaks for it", "it is over in time"])
def test_its_code_is_over_when_the_register_says_otherwise(register: Register, clock: Clock, change: str) -> None:
    (me, _, number), (_, _, other) = register.person(), register.person("李四")
    ending = {**PERMIT, "document_no": "JY2", "expires_on": "2026-11-22"}
    register.put(number, records=[PERMIT, HONOUR, PENALTY, ending])
    code = made(register, me, register.mine(me))
    clock.advance(minutes=1)
    if change == "a penalty is repaired":
        register.put(number, records=[PERMIT, HONOUR, ending], as_of="2026-11-20T08:01:00+08:00")
    elif change == "another speaks for it":
        register.put(other, records=[PERMIT, HONOUR, PENALTY, ending], as_of="2026-11-20T08:01:00+08:00")
    else:
        clock.advance(days=2)
    assert check(register, code).status_code == 404


def test_what_the_register_says_again_ends_nothing(register: Register) -> None:
    me, _, number = register.person()
    register.put(number)
    code = made(register, me, register.mine(me))
    register.put(number)
    assert check(register, code).status_code == 200


def test_an_entity_of_somebody_else_is_not_found(register: Register) -> None:
    (me, _, number), (other, _, _) = register.person(), register.person("李四")
    register.put(number)
    entity = register.mine(me)
    for answer in (
        other.get(f"{PATH}/latest?entity_id={entity}"),
        other.post(PATH, json={"shows": "seal", "entity_id": entity}),
        me.post(PATH, json={"shows": "seal", "entity_id": "ent_张"}),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "corrected",
    [{"issuer": "思明区市场监督管理局"}, {"class": "serious"}, {"decided_on": "2026-08-02"}],
    ids=["issuer", "class", "day"],
)
def test_a_record_that_was_corrected_in_any_word_is_shown_by_no_earlier_report(
    register: Register, corrected: dict[str, str]
) -> None:
    me, _, number = register.person()
    register.put(number)
    code = made(register, me, register.mine(me))
    assert register.put(number, records=[PERMIT, HONOUR, PENALTY | corrected]).status_code == 200
    assert check(register, code).status_code == 404
