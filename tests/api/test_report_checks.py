"""A stranger checks a report by its code: genuine or not, and no more than its person lets them see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.citizen import reports
from tests.conftest import Clock
from tests.support.callers import as_department, as_partner
from tests.support.cards import looks
from tests.support.limits import ELSEWHERE, HERE, limit, placed
from tests.support.reporting import CHECKS, PATH, Reporting, bare, blank_paper


@pytest.fixture(autouse=True)
def no_typesetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def test_a_seal_says_genuine_whose_and_when_and_nothing_of_the_report(mine: Reporting) -> None:
    made = mine.make("seal")
    told = mine.check(made["code"]).json
    assert set(told) == {"shows", "kind", "subject_name", "issuer", "made_at", "expires_at", "sha256"}
    assert (told["subject_name"], told["shows"], told["sha256"]) == ("张*试", "seal", made["sha256"])


def test_a_report_is_read_whole_but_for_the_name(mine: Reporting) -> None:
    told = mine.check(mine.make("report")["code"]).json
    own = mine.me.get(f"{PATH}/latest").json
    assert told["report"]["score"]["points"] == own["score"]["points"]
    assert told["report"]["records"] == own["records"]
    assert "张测试" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("typed", [str.lower, lambda code: f" {code[:4]}-{code[4:8]} {code[8:]} "])
def test_a_code_may_be_typed_in_any_way(mine: Reporting, typed: Any) -> None:
    assert mine.check(typed(mine.make()["code"])).status_code == 200


def test_dead_ended_superseded_and_unknown_codes_are_one_and_the_same_answer(
    app: Flask, session: Session, clock: Clock
) -> None:
    mine = Reporting(app, session)
    expired, ended = mine.make(days=1), mine.make(days=9)
    mine.me.delete(f"{PATH}/{ended['id']}/link")
    clock.advance(days=1)
    answers = [mine.check(code) for code in (expired["code"], ended["code"], "0" * 16, "🦢", "张小三", "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({json.dumps(bare(answer), sort_keys=True) for answer in answers}) == 1
    assert answers[0].json["code"] == "report-code-not-valid"
    headers = [{name for name, _ in answer.headers} for answer in answers]
    assert all(one == headers[0] for one in headers)


def test_each_check_is_a_row_that_says_someone_with_the_code(mine: Reporting) -> None:
    made = mine.make("seal")
    mine.check(made["code"])
    (look,) = [look for look in looks(mine.me) if look["action"]["code"] == "report.checked"]
    assert look["actor"] == {"kind": "public", "name": "Someone with the code"}
    assert look["ref"] == made["id"]
    assert [field["code"] for field in look["fields"]] == ["display_name"]


def test_a_check_in_vain_is_nobodys_look(mine: Reporting) -> None:
    made = mine.make()
    mine.me.delete(f"{PATH}/{made['id']}/link")
    mine.check(made["code"])
    assert "report.checked" not in {look["action"]["code"] for look in looks(mine.me)}


BAD: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "/code"),
    "empty": ({"code": ""}, "/code"),
    "blank": ({"code": "   "}, "/code"),
    "a number": ({"code": 7}, "/code"),
    "a list": ({"code": ["A" * 16]}, "/code"),
    "far too long": ({"code": "A" * 41}, "/code"),
    "a control character": ({"code": "A\x00"}, "/code"),
    "more than asked": ({"code": "A" * 16, "name": "张三"}, "/name"),
}


@pytest.mark.parametrize("why", BAD)
def test_bad_input_names_its_field(mine: Reporting, why: str) -> None:
    body, pointer = BAD[why]
    answer = mine.app.test_client().post(CHECKS, json=body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_checks_are_limited_by_address_and_in_all(mine: Reporting) -> None:
    limit(mine.app, report_check_address="2/minute", report_check_subject="3/minute")

    def asked(address: str) -> int:
        client = mine.app.test_client()
        return client.post(CHECKS, json={"code": "A" * 16}, **placed(address)).status_code

    assert [asked(HERE) for _ in range(3)] == [404, 404, 429]
    assert asked(ELSEWHERE) == 429, "the last of all that there may be was used up here"


def test_nobody_buries_a_persons_log_by_checking_one_code_again_and_again(mine: Reporting) -> None:
    limit(mine.app, report_look_subject="2/hour")
    made = mine.make("seal")

    def asked(code: str, address: str) -> int:
        return mine.app.test_client().post(CHECKS, json={"code": code}, **placed(address)).status_code

    assert [asked(code, HERE) for code in (made["code"], made["code"].lower(), made["code"])] == [200, 200, 429]
    assert asked(mine.make("seal")["code"], HERE) == 200
    assert asked(made["code"], ELSEWHERE) == 200, "nor does one keep others from checking it"
    assert [look["ref"] for look in looks(mine.me)].count(made["id"]) == 3 + 1, "three checks, and that it was made"


def test_a_code_in_the_address_is_refused(mine: Reporting) -> None:
    answer = mine.app.test_client().post(f"{CHECKS}?code={mine.make()['code']}", json={"code": "A" * 16})
    assert answer.status_code == 422


def test_partners_and_departments_get_no_report_but_as_anyone_with_a_code(mine: Reporting, session: Session) -> None:
    made = mine.make()
    for caller in (as_partner(mine.app, session, "prt_1"), as_department(mine.app, session, "transport")):
        for path in (f"{PATH}/latest", f"{PATH}/{made['id']}", made["pdf"], PATH):
            assert caller.get(path).status_code == 403
    assert not [rule for rule in mine.app.url_map.iter_rules() if "report" in rule.rule and "/partner/" in rule.rule]
