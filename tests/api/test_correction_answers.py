"""PIPL article 46: the office answers in time; what is wrong is put right on a document and by two people's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.correcting import DESK, MINE, ZH, agreed, ask, member_with_records, record_of, say, score
from tests.support.members import a_penalty, a_row, days_ago, file_rows
from tests.support.office import operator


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return member_with_records(app, session, kit)


@pytest.fixture
def desk(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "office", name="上官专员")


@pytest.fixture
def second(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "office", serial=904)


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
    assert not operator(app, session, "office", serial=902).get(DESK).json["data"][0]["overdue"]
    at(days=1)
    assert operator(app, session, "office", serial=902).get(DESK).json["data"][0]["overdue"]


def test_who_reads_it_is_seen_by_its_person_by_name(me: TestCaller, desk: TestCaller) -> None:
    record = record_of(me, "V-1")
    case = desk.get(f"{DESK}/{ask(me, record['id'])['id']}").json
    assert (case["statement"], case["record"]["source_record_id"]) == ("日期写错了", "V-1")
    assert case["record"]["item"]["name"] != case["record"]["item"]["code"] == record["item"]["code"]
    look = me.get("/citizen/v1/access-log", headers=ZH).json["data"][0]
    assert look["actor"] == {"kind": "operator", "name": "上官专员"}
    assert look["action"]["name"] == "查看了您的更正申请及所涉内容"
    assert all(field["name"] != field["code"] for field in look["fields"])


@pytest.mark.parametrize(("field", "held"), [("name", "张测试"), ("id_number", "990000"), ("city", "xiamen")])
def test_of_the_identity_the_office_sees_the_one_field(me: TestCaller, desk: TestCaller, field: str, held: str) -> None:
    asked = me.post(MINE, json={"about": "identity", "field": field, "statement": "写错了"}).json
    case = desk.get(f"{DESK}/{asked['id']}").json
    assert (case["held"].split("*")[0], "record" in case) == (held, False)
    assert say(desk, asked["id"]).status_code == 200


def test_a_withdrawn_record_counts_no_more_and_the_score_follows(
    me: TestCaller, desk: TestCaller, second: TestCaller, kit: Kit
) -> None:
    before, asked = score(me), ask(me, record_of(me, "P-1")["id"], "whole", "不是我")
    agreed(desk, second, kit, asked["id"], remedy="withdraw", document="交函〔2026〕8号")
    record = record_of(me, "P-1")
    assert (record["status"]["code"], record["counts"]) == ("withdrawn", False)
    assert score(me) > before
    answered = me.get(f"{MINE}/{asked['id']}", headers=ZH).json
    assert answered["status"] == {"code": "accepted", "name": "已更正"}
    assert (answered["reason"], answered["document"]) == ("经核实，确有错误", "交函〔2026〕8号")


@pytest.mark.parametrize("number", ["V-1", "P-1"])
def test_a_replaced_record_is_a_new_one_that_supersedes_it(
    me: TestCaller, desk: TestCaller, second: TestCaller, kit: Kit, number: str
) -> None:
    old, right = record_of(me, number), days_ago(kit, 40).isoformat()
    asked = ask(me, old["id"])
    said = {"remedy": "replace", "document": "函1", "values": {"event_on": right}}
    agreed(desk, second, kit, asked["id"], **said)
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


def proposed(me: TestCaller, desk: TestCaller) -> tuple[str, str]:
    """A correction whose answer waits for a second operator: its id and the proposal's."""
    asked = ask(me, record_of(me, "P-1")["id"], "whole", "不是我")
    waiting = say(desk, asked["id"], remedy="withdraw", document="函").json
    return asked["id"], f"/operator/v1/approvals/{waiting['approval_id']}"


def test_a_record_changes_by_two_peoples_word_only(me: TestCaller, desk: TestCaller, kit: Kit) -> None:
    _, proposal = proposed(me, desk)
    assert desk.post(f"{proposal}/approve", json={}).json["code"] == "approval-own"
    Worker(kit).work()
    assert record_of(me, "P-1")["status"]["code"] == "active"


def test_the_second_person_reads_what_they_agree_to_and_may_turn_it_down(
    me: TestCaller, desk: TestCaller, second: TestCaller, kit: Kit
) -> None:
    correction, proposal = proposed(me, desk)
    answer = second.get(f"{DESK}/{correction}").json["proposed"]
    assert answer == {"reason": "经核实，确有错误", "document": "函", "remedy": "withdraw", "values": {}}
    assert say(desk, correction, remedy="withdraw", document="另一函").json["code"] == "approval-pending"
    assert second.post(f"{proposal}/reject", json={"reason": "函不对"}).status_code == 200
    assert say(desk, correction, outcome="refused").status_code == 200
    assert record_of(me, "P-1")["status"]["code"] == "active"


def test_what_was_taken_back_meanwhile_is_not_approved(me: TestCaller, desk: TestCaller, second: TestCaller) -> None:
    correction, proposal = proposed(me, desk)
    me.post(f"{MINE}/{correction}/withdraw")
    assert second.post(f"{proposal}/approve", json={}).status_code == 404


def test_a_record_that_changed_before_the_worker_came_waits_for_another_answer(
    me: TestCaller, desk: TestCaller, second: TestCaller, session: Session, kit: Kit
) -> None:
    correction, proposal = proposed(me, desk)
    assert second.post(f"{proposal}/approve", json={}).status_code == 200
    later = a_penalty("P-1", days_ago(kit, 35), serious=True)
    file_rows(session, kit, "transport", later)
    Worker(kit).work()
    assert record_of(me, "P-1")["status"]["code"] == "active", "the newer record is another"
    assert "proposed" not in desk.get(f"{DESK}/{correction}").json
    assert say(desk, correction).status_code == 200


def test_auditors_see_the_queue_and_no_case(me: TestCaller, app: Flask, session: Session, kit: Kit) -> None:
    asked, auditor = ask(me, record_of(me, "V-1")["id"]), operator(app, session, "auditor", serial=903)
    assert auditor.get(DESK).status_code == 200
    for answer in (auditor.get(f"{DESK}/{asked['id']}"), say(auditor, asked["id"])):
        assert (answer.status_code, answer.json["code"]) == (403, "role-missing")
