"""A register of legal entities: what it says is held, who speaks for an entity is matched, and nothing else is told."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from stdnum.cn import uscc as credit_codes

from app.services.cleaning import clean
from app.store.entities import Entity, EntityRecordRow, EntityRepresentative
from tests.conftest import Clock
from tests.support import ledger
from tests.support.callers import as_department
from tests.support.cards import looks
from tests.support.entities import HONOUR, PENALTY, PERMIT, Register, said, uscc
from tests.support.people import id_number

PATH = "/department/v1/entities"


@pytest.fixture
def register(app: Flask, session: Session) -> Register:
    return Register(app, session)


class TestAnEntity:
    def test_is_held_as_its_register_says(self, register: Register, session: Session) -> None:
        answer = register.put()
        assert (answer.status_code, answer.json["uscc"]) == (200, uscc())
        row = session.query(Entity).one()
        assert (row.uscc, row.kind, row.status, row.source) == (uscc(), "company", "active", "registry")
        kinds = {record.kind for record in session.query(EntityRecordRow)}
        assert kinds == {"permit", "honour", "penalty"}

    def test_said_again_changes_nothing_but_the_moment(self, register: Register, session: Session) -> None:
        register.put()
        before = session.query(Entity.id).scalar()
        register.put()
        assert session.query(Entity.id).scalar() == before
        assert session.query(EntityRecordRow).count() == 3

    def test_is_said_whole_each_time(self, register: Register, session: Session) -> None:
        register.put(records=[PERMIT, PENALTY])
        register.put(records=[PERMIT], name="厦门新白鹭茶业有限公司🍵")
        assert session.query(Entity.name).scalar() == "厦门新白鹭茶业有限公司🍵"
        assert session.query(EntityRecordRow.kind).scalar() == "permit"

    def test_an_older_state_is_not_written_over_a_later_one(self, register: Register, session: Session) -> None:
        register.put(name="新名")
        answer = register.put(name="旧名", as_of="2026-11-20T07:59:59+08:00")
        assert (answer.status_code, answer.json["code"]) == (409, "entity-facts-older")
        assert "2026-11-20" in answer.json["detail"]
        assert session.query(Entity.name).scalar() == "新名"

    def test_the_same_key_is_the_same_answer(self, register: Register) -> None:
        key = {"Idempotency-Key": "one"}
        first = register.department.put(f"{PATH}/{uscc()}", json=said(), headers=key)
        again = register.department.put(f"{PATH}/{uscc()}", json=said(), headers=key)
        assert first.json == again.json
        assert again.headers["Idempotent-Replayed"] == "true"
        other = register.department.put(f"{PATH}/{uscc()}", json=said(name="别名"), headers=key)
        assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")

    def test_what_is_kept_of_it_gives_no_number_away_to_one_who_tries_them_all(
        self, register: Register, session: Session
    ) -> None:
        """All of the body but the number is public, and there are few numbers of a region and a year."""
        body = json.dumps(said(id_number(7)))
        sent = {"data": body, "content_type": "application/json", "headers": {"Idempotency-Key": "one"}}
        assert register.department.put(f"{PATH}/{uscc()}", **sent).status_code == 200
        (kept,) = session.scalars(text("select fingerprint from idempotency_keys"))
        guesses = (json.dumps(said(id_number(serial))) for serial in range(1, 10))
        assert kept not in {hashlib.sha256(guess.encode()).hexdigest() for guess in guesses}

    def test_is_one_registers_own(self, register: Register, app: Flask, session: Session) -> None:
        register.put()
        elsewhere = as_department(app, session, "civil_affairs")
        answer = elsewhere.put(f"{PATH}/{uscc()}", json=said(name="另一个"))
        assert (answer.status_code, answer.json["code"]) == (403, "entity-of-another-department")
        assert session.query(Entity.name).scalar() == said()["name"]

    def test_needs_the_scope_of_registers(self, register: Register, app: Flask, session: Session) -> None:
        library = as_department(app, session, "library", scopes=["records"])
        answer = library.put(f"{PATH}/{uscc()}", json=said())
        assert (answer.status_code, answer.json["code"]) == (403, "insufficient-scope")


class TestACreditCode:
    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            (uscc()[:-1] + "0", "uscc-check-digit"),
            (uscc().lower(), "uscc-format"),
            (uscc().translate({ord(str(n)): 0xFF10 + n for n in range(10)}), "uscc-format"),
            (uscc()[:9] + " " + uscc()[9:], "uscc-format"),
            (uscc()[:-1], "uscc-format"),
            ("I" * 18, "uscc-format"),
            ("公司" * 9, "uscc-format"),
            ("😀", "uscc-format"),
        ],
    )
    def test_is_taken_as_it_is_printed_or_not_at_all(
        self, register: Register, session: Session, code: str, fault: str
    ) -> None:
        answer = register.department.put(f"{PATH}/{code}", json=said())
        assert answer.status_code == 422, answer.text
        assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("/uscc", fault)]
        assert session.query(Entity).count() == 0

    def test_has_a_right_check_digit_within(self, register: Register) -> None:
        inner_wrong = "919900009000000154"
        answer = register.department.put(f"{PATH}/{_with_right_end(inner_wrong)}", json=said())
        assert [error["code"] for error in answer.json["errors"]] == ["organisation-code-check-digit"]

    def test_may_begin_with_a_letter_as_a_villages_cooperative_does(self, register: Register, session: Session) -> None:
        code = _with_right_end("N2" + uscc()[2:])
        assert register.department.put(f"{PATH}/{code}", json=said()).status_code < 300
        assert session.query(Entity.uscc).scalar() == code

    def test_what_is_wrong_is_said_in_ones_language(self, register: Register) -> None:
        path, english = f"{PATH}/{uscc()[:-1]}0", {"Accept-Language": "en"}
        spoken = register.department.put(path, json=said(), headers=english).json["errors"][0]["detail"]
        assert spoken == "The check digit of the unified social credit code is wrong"


def _with_right_end(code: str) -> str:
    return code[:17] + credit_codes.calc_check_digit(code[:17])


class TestWhatMayNotBeSaid:
    @pytest.mark.parametrize(
        ("over", "pointer", "code"),
        [
            ({"as_of": "2026-11-20T12:06:00+08:00"}, "/as_of", "date-in-future"),
            ({"established_on": "2026-11-21"}, "/established_on", "date-in-future"),
            ({"representative": {"id_number": "990000199001010000"}}, "/representative/id_number", "id-number-invalid"),
            ({"representative": {"id_number": "😀"}}, "/representative/id_number", "id-number-invalid"),
            ({"records": [PENALTY | {"expires_on": "2027-08-02"}]}, "/records/0/expires_on", "end-too-late"),
            ({"records": [PERMIT | {"expires_on": "2025-01-10"}]}, "/records/0/expires_on", "end-before-start"),
            ({"records": [PERMIT | {"class": "general"}]}, "/records/0/class", "class-of-no-penalty"),
            ({"records": [PERMIT, PERMIT]}, "/records/1/document_no", "repeated"),
            ({"records": [HONOUR | {"decided_on": "2026-11-21"}]}, "/records/0/decided_on", "date-in-future"),
            ({"records": [PENALTY | {"repaired_on": "2026-11-21"}]}, "/records/0/repaired_on", "date-in-future"),
        ],
    )
    def test_is_named(
        self, register: Register, session: Session, over: dict[str, Any], pointer: str, code: str
    ) -> None:
        before = ledger.rows(session)
        answer = register.put(**over)
        assert answer.status_code == 422, answer.text
        assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]
        assert ledger.rows(session) == before

    @pytest.mark.parametrize("missing", ["class", "expires_on"])
    def test_a_penalty_without_class_or_end(self, register: Register, missing: str) -> None:
        penalty = {name: value for name, value in PENALTY.items() if name != missing}
        assert register.put(records=[penalty]).json["errors"][0]["pointer"] == f"/records/0/{missing}"

    @pytest.mark.parametrize(
        "over",
        [
            {"city": "厦门"}, {"kind": "club"}, {"status": "bad"}, {"records": [PENALTY | {"class": "minor"}]},
            {"records": [PERMIT] * 201}, {"name": "a\u202eb"}, {"representative": "张三"}, {"score": 5},
        ],
    )  # fmt: skip
    def test_of_the_wrong_form(self, register: Register, over: dict[str, Any]) -> None:
        answer = register.put(**over)
        assert (answer.status_code, answer.json["code"]) == (422, "validation")

    def test_a_clock_a_little_ahead_is_forgiven(self, register: Register) -> None:
        assert register.put(as_of="2026-11-20T12:04:59+08:00").status_code == 200


class TestARecordLeaves:
    def test_at_once_when_it_is_repaired(self, register: Register, session: Session) -> None:
        register.put(records=[PENALTY])
        register.put(records=[PENALTY | {"repaired_on": "2026-11-19"}])
        assert session.query(EntityRecordRow).count() == 0

    def test_when_its_time_is_over(self, register: Register, session: Session, clock: Clock) -> None:
        register.put(records=[PENALTY, PERMIT, HONOUR])
        clock.advance(days=254)
        clean(session, clock())
        assert {record.kind for record in session.query(EntityRecordRow)} == {"permit", "honour"}

    def test_one_that_is_over_already_never_enters(self, register: Register, session: Session) -> None:
        over = PENALTY | {"decided_on": "2024-01-01", "expires_on": "2025-01-01"}
        assert register.put(records=[over]).status_code == 200
        assert session.query(EntityRecordRow).count() == 0


class TestItsRepresentative:
    def test_sees_that_they_were_matched(self, register: Register) -> None:
        me, _, number = register.person()
        register.put(number)
        (look,) = looks(me)
        assert (look["action"]["code"], look["actor"]["name"]) == ("entity.matched", "市场监督管理局（登记）")
        assert [field["code"] for field in look["fields"]] == ["number_match"]

    def test_is_matched_once_not_with_each_word_of_the_register(self, register: Register) -> None:
        me, _, number = register.person()
        register.put(number)
        register.put(number, as_of="2026-11-20T08:01:00+08:00")
        assert len(looks(me)) == 1

    def test_is_never_kept_by_number(self, register: Register, session: Session) -> None:
        number = id_number(999)
        register.put(number)
        assert session.query(EntityRepresentative.number_key).scalar() != number
        tables = ("entities", "entity_representatives", "entity_records", "idempotency_keys", "outbox")
        for table in tables:
            found = text(f"select count(*) from {table} t where strpos(t::text, :number) > 0")
            assert session.scalar(found, {"number": number}) == 0, table

    def test_the_register_hears_the_same_of_members_and_of_strangers(self, register: Register) -> None:
        _, _, number = register.person()
        known, unknown = register.put(number), register.put(id_number(998), serial=2)
        assert known.json | {"uscc": ""} == unknown.json | {"uscc": ""}
        assert {name for name, _ in known.headers} == {name for name, _ in unknown.headers}

    def test_a_small_x_is_the_same_number(self, register: Register) -> None:
        serial = next(serial for serial in range(1000) if id_number(serial).endswith("X"))
        register.holders.people = serial - 1
        me, _, number = register.person()
        register.put(number.lower())
        assert register.mine(me)
