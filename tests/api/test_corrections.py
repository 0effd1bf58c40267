"""PIPL article 46: a fact about me is wrong; I say so, the office answers in time, and what is wrong is put right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.worker import Worker
from app.store.corrections import CorrectionRow
from app.store.operators import put
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_operator
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member
from tests.support.people import make_citizen

MINE, DESK = "/citizen/v1/corrections", "/operator/v1/corrections"
ZH = {"Accept-Language": "zh-CN"}


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    """A member with a volunteer's record and a penalty."""
    citizen_id = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    file_rows(session, kit, "transport", a_penalty("P-1", days_ago(kit), serious=True))
    return as_citizen(app, session, citizen_id)


def operator(app: Flask, session: Session, kit: Kit, role: str, serial: int) -> TestCaller:
    person = make_citizen(session, kit.pii, kit.clock(), serial=serial, name="上官专员")
    operator_id = put(session, f"idn_{serial}", "上官专员", [role], kit.clock())
    session.commit()
    return as_operator(app, session, person, operator_id)


@pytest.fixture
def desk(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return operator(app, session, kit, "office", 901)


def record_of(caller: TestCaller, number: str) -> dict[str, Any]:
    """My newest record under this number of its department."""
    rows = caller.get("/citizen/v1/records").json["data"]
    found: dict[str, Any] = next(row for row in rows if row["source_record_id"] == number)
    return found


def ask(caller: TestCaller, record_id: str, field: str = "event_on", statement: str = "日期写错了") -> dict[str, Any]:
    body = {"about": "record", "record_id": record_id, "field": field, "statement": statement}
    answer = caller.post(MINE, json=body)
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json
    return asked


def say(desk: TestCaller, correction_id: str, **said: Any) -> TestResponse:
    return desk.post(
        f"{DESK}/{correction_id}/answer", json={"outcome": "accepted", "reason": "经核实，确有错误", **said}
    )


def score(caller: TestCaller) -> int:
    return int(caller.get("/citizen/v1/score").json["score"])


def test_a_request_is_received_with_the_day_by_which_it_is_answered(me: TestCaller) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert (asked["status"]["code"], asked["due_on"]) == ("received", "2026-12-10")
    assert me.get(f"{MINE}/{asked['id']}").json == asked
    assert me.get(MINE).json["data"] == [asked]


def test_what_i_write_is_encrypted_at_rest(me: TestCaller, session: Session) -> None:
    ask(me, record_of(me, "V-1")["id"], statement="我叫司马当事人")
    (sealed,) = session.scalars(select(CorrectionRow.sealed_statement))
    assert "司马".encode() not in sealed


def test_its_record_says_that_it_is_under_correction_and_counts_as_before(me: TestCaller) -> None:
    before, record = score(me), record_of(me, "P-1")
    asked = ask(me, record["id"])
    assert me.get(f"/citizen/v1/records/{record['id']}").json["correction_id"] == asked["id"]
    assert score(me) == before, "a correction is no dispute: nothing is hidden before it is shown to be wrong"


def test_the_queue_names_nobody_and_shows_the_oldest_first(me: TestCaller, desk: TestCaller) -> None:
    asked = [ask(me, record_of(me, number)["id"], statement="张测试写的")["id"] for number in ("V-1", "P-1")]
    listed = desk.get(DESK)
    assert [row["id"] for row in listed.json["data"]] == asked
    assert set(listed.json["data"][0]) == {"id", "about", "field", "received_at", "due_on", "overdue"}
    first = desk.get(f"{DESK}?limit=1").json
    assert [row["id"] for row in desk.get(f"{DESK}?cursor={first['next_cursor']}").json["data"]] == asked[1:]
    assert me.get("/citizen/v1/access-log").json["data"][0]["action"]["code"] != "correction.read"


def test_past_its_day_it_is_overdue(
    me: TestCaller, app: Flask, session: Session, kit: Kit, at: Callable[..., Any]
) -> None:
    ask(me, record_of(me, "V-1")["id"])
    at(days=20)
    assert not operator(app, session, kit, "office", 902).get(DESK).json["data"][0]["overdue"]
    at(days=1)
    assert operator(app, session, kit, "office", 902).get(DESK).json["data"][0]["overdue"]


def test_who_reads_it_is_seen_by_its_person_by_name(me: TestCaller, desk: TestCaller) -> None:
    record = record_of(me, "V-1")
    case = desk.get(f"{DESK}/{ask(me, record['id'])['id']}").json
    assert (case["statement"], case["record"]["source_record_id"]) == ("日期写错了", "V-1")
    look = me.get("/citizen/v1/access-log", headers=ZH).json["data"][0]
    assert look["actor"] == {"kind": "operator", "name": "上官专员"}
    assert look["action"]["name"] == "查看了您的更正申请及所涉内容"
    assert all(field["name"] != field["code"] for field in look["fields"])


@pytest.mark.parametrize(
    ("field", "held"), [("name", "张测试"), ("id_number", "990000"), ("city", "xiamen")]
)
def test_of_the_identity_the_office_sees_the_one_field(me: TestCaller, desk: TestCaller, field: str, held: str) -> None:
    asked = me.post(MINE, json={"about": "identity", "field": field, "statement": "写错了"}).json
    case = desk.get(f"{DESK}/{asked['id']}").json
    assert (case["held"].split("*")[0], "record" in case) == (held, False)
    assert say(desk, asked["id"]).status_code == 200


def test_a_withdrawn_record_counts_no_more_and_the_score_follows(me: TestCaller, desk: TestCaller) -> None:
    before, asked = score(me), ask(me, record_of(me, "P-1")["id"], "whole", "不是我")
    done = say(desk, asked["id"], remedy="withdraw", document="交函〔2026〕8号")
    assert done.status_code == 200, done.text
    record = record_of(me, "P-1")
    assert (record["status"]["code"], record["counts"]) == ("withdrawn", False)
    assert score(me) > before
    answered = me.get(f"{MINE}/{asked['id']}", headers=ZH).json
    assert answered["status"] == {"code": "accepted", "name": "已更正"}
    assert (answered["reason"], answered["document"]) == ("经核实，确有错误", "交函〔2026〕8号")


@pytest.mark.parametrize("number", ["V-1", "P-1"])
def test_a_replaced_record_is_a_new_one_that_supersedes_it(
    me: TestCaller, desk: TestCaller, kit: Kit, number: str
) -> None:
    old, right = record_of(me, number), days_ago(kit, 40).isoformat()
    asked = ask(me, old["id"])
    said = {"remedy": "replace", "document": "函1", "values": {"event_on": right}}
    assert say(desk, asked["id"], **said).status_code == 200
    new = record_of(me, number)
    assert (new["event_on"], new["supersedes"]) == (right, old["id"])
    assert me.get(f"/citizen/v1/records/{old['id']}").json["status"]["code"] == "corrected"


def test_the_person_is_told_either_way(me: TestCaller, desk: TestCaller, kit: Kit) -> None:
    for number, outcome in (("V-1", "refused"), ("P-1", "refused")):
        asked = ask(me, record_of(me, number)["id"])
        assert say(desk, asked["id"], outcome=outcome, reason="与原始文书一致").status_code == 200
    Worker(kit).work()
    kinds = [row["kind"] for row in me.get("/citizen/v1/events").json["data"]]
    assert kinds.count("correction.refused") == 2
    assert record_of(me, "P-1")["status"]["code"] == "active", "what was refused changes nothing"


def test_the_trail_says_who_answered_and_not_what_was_written(me: TestCaller, desk: TestCaller) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    say(desk, asked["id"], outcome="refused", reason="秘密的理由")
    deed = desk.get("/operator/v1/actions").json["data"][1]
    assert (deed["action"], deed["target"]) == ("corrections.answer", asked["id"])
    assert "秘密" not in str(deed)


def test_one_field_is_asked_about_once_at_a_time(me: TestCaller) -> None:
    record = record_of(me, "V-1")["id"]
    asked = ask(me, record)
    body = {"about": "record", "record_id": record, "field": "event_on", "statement": "再来"}
    assert me.post(MINE, json=body).json["code"] == "correction-open"
    assert ask(me, record, "quantity")["id"] != asked["id"]
    me.post(f"{MINE}/{asked['id']}/withdraw")
    assert ask(me, record)["id"] != asked["id"]


def test_it_can_be_taken_back_until_it_is_answered(me: TestCaller, desk: TestCaller) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert asked["allowed_actions"] == ["withdraw"]
    for _ in range(2):
        assert me.post(f"{MINE}/{asked['id']}/withdraw").json["status"]["code"] == "withdrawn"
    assert desk.get(DESK).json["data"] == []
    assert say(desk, asked["id"]).json["code"] == "correction-answered"
    other = ask(me, record_of(me, "V-1")["id"])
    say(desk, other["id"], outcome="refused")
    assert me.post(f"{MINE}/{other['id']}/withdraw").json["code"] == "correction-answered"
    assert say(desk, other["id"], outcome="refused").json["code"] == "correction-answered"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/about"),
        ({"about": "record", "field": "event_on", "statement": "x"}, "/record_id"),
        ({"about": "record", "record_id": "rec_none", "field": "event_on", "statement": "x"}, "/record_id"),
        ({"about": "identity", "record_id": "rec_none", "field": "name", "statement": "x"}, "/record_id"),
        ({"about": "identity", "field": "event_on", "statement": "x"}, "/field"),
        ({"about": "score", "field": "name", "statement": "x"}, "/about"),
        ({"about": "identity", "field": "name", "statement": ""}, "/statement"),
        ({"about": "identity", "field": "name", "statement": "x" * 1001}, "/statement"),
        ({"about": "identity", "field": "name", "statement": "x", "citizen_id": "cit_1"}, "/citizen_id"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_by_field(me: TestCaller, body: dict[str, Any], pointer: str) -> None:
    answer = me.post(MINE, json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert me.get(MINE).json["data"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/remedy"),
        ({"remedy": "withdraw"}, "/document"),
        ({"remedy": "replace", "document": "函"}, "/values"),
        ({"remedy": "replace", "document": "函", "values": {"event_on": "2099-01-01"}}, "/values/event_on"),
        ({"remedy": "replace", "document": "函", "values": {"item": "moonwalk"}}, "/values/item"),
        ({"remedy": "replace", "document": "函", "values": {"name": "别人"}}, "/values/name"),
        ({"remedy": "withdraw", "document": "函", "values": {"quantity": 3}}, "/values"),
        ({"outcome": "refused", "remedy": "withdraw", "document": "函"}, "/remedy"),
        ({"outcome": "withdrawn"}, "/outcome"),
        ({"reason": ""}, "/reason"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(
    me: TestCaller, desk: TestCaller, said: dict[str, Any], pointer: str
) -> None:
    record = record_of(me, "V-1")
    asked = ask(me, record["id"])
    answer = say(desk, asked["id"], **said)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert me.get(f"{MINE}/{asked['id']}").json == asked
    assert record_of(me, "V-1") == record


def test_a_record_that_its_department_put_right_meanwhile_needs_no_remedy(
    me: TestCaller, desk: TestCaller, session: Session, kit: Kit
) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit, 35)))
    assert say(desk, asked["id"], remedy="withdraw", document="函").status_code == 422
    assert say(desk, asked["id"]).status_code == 200
    assert record_of(me, "V-1")["event_on"] == days_ago(kit, 35).isoformat()


def test_auditors_see_the_queue_and_no_case(me: TestCaller, app: Flask, session: Session, kit: Kit) -> None:
    asked, auditor = ask(me, record_of(me, "V-1")["id"]), operator(app, session, kit, "auditor", 903)
    assert auditor.get(DESK).status_code == 200
    for answer in (auditor.get(f"{DESK}/{asked['id']}"), say(auditor, asked["id"])):
        assert (answer.status_code, answer.json["code"]) == (403, "role-missing")


def test_who_leaves_takes_their_requests_along(me: TestCaller, desk: TestCaller, session: Session) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert me.delete("/citizen/v1/enrolment").status_code == 200
    assert desk.get(DESK).json["data"] == []
    assert desk.get(f"{DESK}/{asked['id']}").status_code == say(desk, asked["id"]).status_code == 404
    assert session.scalars(select(CorrectionRow)).all() == []


def test_a_guest_without_records_can_have_the_identity_corrected(app: Flask, session: Session, kit: Kit) -> None:
    guest = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=7))
    assert guest.post(MINE, json={"about": "identity", "field": "name", "statement": "字错了"}).status_code == 201
