"""My credit report: read, made with a code, listed, ended, taken as a file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.citizen import reports
from app.services.report_links import MOST_LIVE
from tests.conftest import Clock
from tests.support.callers import as_citizen
from tests.support.cards import CardHolders, looks
from tests.support.remedying import dispute, penalty_of
from tests.support.reporting import PATH, Reporting, blank_paper

LATEST = f"{PATH}/latest"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def no_typesetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def test_it_says_the_score_each_record_its_source_and_the_law(mine: Reporting) -> None:
    report = mine.me.get(LATEST, headers=ENGLISH).json
    score = mine.me.get("/citizen/v1/score").json
    assert report["score"]["points"] == score["score"]
    assert report["score"]["grade"]["code"] == score["grade"]["code"]
    assert {record["kind"] for record in report["records"]} == {"positive", "adverse"}
    assert sum(source["records"] for source in report["sources"]) == len(report["records"]) == 2
    assert any("article 45" in line["label"] for line in report["law"])
    assert any("no legal advice" in line for line in report["notice"])
    assert report["subject"]["full_name"] == "张测试"


def test_its_sums_and_its_items_add_up_to_the_score_exactly(mine: Reporting) -> None:
    report = mine.me.get(LATEST).json
    assert sum(Decimal(line["text"]) for line in report["score"]["sums"]) == report["score"]["points"]
    explained = mine.me.get("/citizen/v1/score/explanation").json
    contributed = [
        each for part in explained["dimensions"] for inner in part["indicators"] for each in inner["contributions"]
    ]
    told = {item["record_id"]: Decimal(item["points"]) * 10_000 for item in report["items"]}
    assert told == {each["record_id"]: each["units"] for each in contributed}


def test_a_statement_stands_with_its_record_whole_and_a_dispute_is_said(mine: Reporting, session: Session) -> None:
    record = penalty_of(session, mine.citizen_id).id
    words = "当时在医院🏥照顾家人，䶮𠮷可以作证。"
    assert mine.me.post(f"/citizen/v1/records/{record}/statements", json={"text": words}).status_code in (200, 201)
    dispute(session, mine.kit, mine.citizen_id, record)
    (penalty,) = [one for one in mine.me.get(LATEST).json["records"] if one["kind"] == "adverse"]
    assert penalty["statement"] == words
    assert penalty["dispute"]["ground"]["code"] == "untrue"
    assert penalty["status"]["code"] == penalty["because"]["code"] == "disputed"


def test_who_has_not_opted_in_gets_a_report_that_says_so(app: Flask, session: Session) -> None:
    report = CardHolders(app, session, people=40)("李四").get(LATEST, headers=ENGLISH).json
    assert "score" not in report
    assert "not opted in" in report["score_note"]
    assert (report["records"], report["items"]) == ([], [])
    assert "No records are held" in report["records_note"]


def test_my_own_reading_has_what_no_paper_has(mine: Reporting) -> None:
    assert mine.me.get(LATEST).json["private"]["consents"] == 0
    made = mine.make()
    assert "private" not in mine.me.get(f"{PATH}/{made['id']}").json["report"]
    assert "private" not in mine.check(made["code"]).json["report"]


def test_every_reading_and_making_is_in_my_log(mine: Reporting) -> None:
    mine.me.get(LATEST)
    made = mine.make()
    mine.me.get(f"{PATH}/{made['id']}")
    newest = [(look["action"]["code"], look.get("ref")) for look in looks(mine.me)[:3]]
    assert newest == [("report.read", made["id"]), ("report.made", made["id"]), ("report.read", None)]


def test_a_link_lives_for_the_days_that_i_said(mine: Reporting, clock: Clock) -> None:
    made = mine.make(days=2)
    clock.advance(days=1, hours=23)
    assert mine.check(made["code"]).status_code == 200
    clock.advance(hours=1)
    assert mine.check(made["code"]).status_code == 404


def test_the_list_says_how_often_each_was_checked_and_no_dead_code(app: Flask, session: Session, clock: Clock) -> None:
    mine = Reporting(app, session)
    first, second = mine.make(), mine.make("seal")
    clock.advance(minutes=1)
    mine.check(first["code"]), mine.check(first["code"])
    assert mine.me.delete(f"{PATH}/{second['id']}/link").status_code == 204
    ended, live = mine.links()
    assert (live["status"], live["checks"], live["code"]) == ("live", 2, first["code"])
    assert live["checked_at"] == clock().isoformat()
    assert live["check_url"].endswith(f"/reports/check#{first['code']}")
    assert (ended["status"], ended["checks"]) == ("citizen", 0)
    assert not {"code", "check_url"} & set(ended)


def test_ending_twice_is_ending_once(mine: Reporting, clock: Clock) -> None:
    made = mine.make()
    mine.me.delete(f"{PATH}/{made['id']}/link")
    clock.advance(minutes=5)
    assert mine.me.delete(f"{PATH}/{made['id']}/link").status_code == 204
    (ended,) = mine.links()
    assert ended["over_at"] == made["made_at"]


def test_at_most_ten_are_live_at_once(mine: Reporting) -> None:
    ids = [mine.make("seal")["id"] for _ in range(MOST_LIVE)]
    full = mine.me.post(PATH, json={"shows": "seal"})
    assert (full.status_code, full.json["code"]) == (409, "report-links-full")
    mine.me.delete(f"{PATH}/{ids[0]}/link")
    assert mine.make("seal")["status"] == "live"


def test_thirty_days_after_its_link_it_is_deleted_and_nothing_before(mine: Reporting, clock: Clock) -> None:
    made = mine.make(days=1)
    clock.advance(days=30, hours=23)
    me = as_citizen(mine.app, mine.session, mine.citizen_id)
    assert mine.tick() == 0
    assert me.get(f"{PATH}/{made['id']}").json["report"]["id"] == made["id"]
    clock.advance(hours=1)
    assert mine.tick() == 1
    me = as_citizen(mine.app, mine.session, mine.citizen_id)
    assert me.get(f"{PATH}/{made['id']}").status_code == 404
    assert me.get(PATH).json["data"] == []


BAD: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "/shows"),
    "another word": ({"shows": "all"}, "/shows"),
    "a list": ({"shows": ["seal"]}, "/shows"),
    "no days": ({"shows": "seal", "days": 0}, "/days"),
    "too many days": ({"shows": "seal", "days": 31}, "/days"),
    "days as text": ({"shows": "seal", "days": "7"}, "/days"),
    "half a day": ({"shows": "seal", "days": 0.5}, "/days"),
    "another language": ({"shows": "seal", "language": "fr"}, "/language"),
    "an emoji": ({"shows": "🦢", "days": 7}, "/shows"),
    "something unknown": ({"shows": "seal", "citizen_id": "cit_1"}, "/citizen_id"),
}


@pytest.mark.parametrize("why", BAD)
def test_bad_input_names_its_field_and_makes_nothing(mine: Reporting, why: str) -> None:
    body, pointer = BAD[why]
    answer = mine.me.post(PATH, json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert mine.links() == []


def test_another_persons_report_is_not_found(mine: Reporting, app: Flask, session: Session) -> None:
    made, other = mine.make(), CardHolders(app, session, people=40)("李四")
    for answer in (
        other.get(f"{PATH}/{made['id']}"), other.get(made["pdf"]), other.delete(f"{PATH}/{made['id']}/link"),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert mine.check(made["code"]).status_code == 200


def test_making_one_needs_a_recent_login_and_reading_does_not(mine: Reporting, clock: Clock) -> None:
    clock.advance(minutes=6)
    answer = mine.me.post(PATH, json={"shows": "seal"})
    assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
    assert mine.me.get(LATEST).status_code == 200


def test_kept_until_says_when_it_goes(mine: Reporting, clock: Clock) -> None:
    made = mine.make(days=30)
    assert made["kept_until"] == (clock() + timedelta(days=60)).isoformat()
