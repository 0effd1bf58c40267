"""Proposing a version of a pack: every kind of bad text is refused with every problem named, and leaves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.services.pack_versions import TEXT_MOST
from app.store import packs
from tests.support.callers import TestCaller
from tests.support.office import OFFICE, operator
from tests.support.publishing import PACKS, next_text, notice, propose, tiny_text, work

NAME = 'name_zh = "白鹭分"'
PENALTY = '{ code = "administrative_penalty_serious", centipoints = -12000 }'


@pytest.fixture
def clerk(app, session) -> TestCaller:
    return operator(app, session, "office", serial=901, name="甲")


def problems(answer) -> list[str]:
    assert (answer.status_code, answer.json["code"]) == (422, "validation"), answer.json
    assert {error["pointer"] for error in answer.json["errors"]} == {"/text"}
    return [error["detail"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "text"),
        ("version = ", "not TOML"),
        ("这不是配置", "not TOML"),
        ("version = 2", "code"),
        ("a = 1\x00", "Control characters"),
        ("a = " + "[\n" * 5000, "not TOML"),
        ("a = " + "[" * 5000, "longer than"),
        ("# \u202egnp.exe", "Control characters"),
        ("a = 1\u2028b = 2", "Control characters"),
        ('name = "\ud800"', "Control characters"),
        (next_text("egret", 2, ("max = 1000", f"max = {10**30}")), "max: must be a whole number from"),
        (next_text("egret", 2, ("max = 1000", "max = 10001")), "max: at most 10000"),
        (next_text("egret", 2, ("-12000", f"-{10**19}")), "centipoints"),
        (next_text("egret", 2, ("base = 600", "base = 600.5")), "base: must be a whole number"),
        (next_text("egret", 2, ("base = 600", "base = true")), "base: must be a whole number"),
        (next_text("egret", 2, ("base = 600", "base = 400")), "lowest grade"),
        (next_text("egret", 2, ("base = 600", "base = 600\nsecret = 1")), "secret"),
        (next_text("egret", 2, (NAME, "")), "name_zh"),
        (next_text("egret", 2, ("from_points = 500", "from_points = 900")), "grades"),
        (next_text("egret", 2, (PENALTY, PENALTY.replace("-12000", "12000"))), "centipoints"),
        (next_text("egret", 2, ('code = "rides"', 'code = "income"')), "guardrail 6"),
        (next_text("egret", 2, ('name_zh = "一般"', 'name_zh = "失信"')), "neutral"),
        (next_text("egret", 2, ('extends = "national"', 'extends = "nowhere"')), "nowhere"),
        (next_text("egret", 2, ('city = "xiamen"', 'city = "hangzhou"')), "stays it"),
        (tiny_text(1, ('city = "tinytown"', 'city = "xiamen"')), "has the pack 'egret'"),
        (tiny_text(1, ('code = "penalty"', 'code = "honour"')), "described differently"),
        (next_text("egret", 1), "version: must be 2"),
        (next_text("egret", 3), "version: must be 2"),
        (next_text("egret", -1), "version: starts at 1"),
        (tiny_text(2), "version: must be 1"),
    ],
)
def test_a_bad_text_is_refused_with_its_problem(clerk, session, text, said):
    if text == "":
        assert propose(clerk, text).status_code == 422
    else:
        assert any(said in each for each in problems(propose(clerk, text))), problems(propose(clerk, text))
    assert clerk.get(PACKS).json["open"] == []
    assert not packs.kept(session)


def test_every_problem_of_a_text_is_named_at_once(clerk):
    wrong = next_text("egret", 2, ("base = 600", 'base = "a"'), (NAME, ""), ("illustrative = true", "illustrative = 1"))
    assert len(problems(propose(clerk, wrong))) >= 3


@pytest.mark.parametrize(
    "body",
    [{}, {"text": 7}, {"text": ["a"]}, {"text": "x" * (TEXT_MOST + 1)}, {"text": "a", "code": "egret"}, {"text": None}],
)
def test_a_bad_request_is_refused_by_field(clerk, body):
    answer = clerk.post(PACKS, json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "validation")


def test_what_nobody_proposed_is_not_found(clerk, kit):
    for path in (f"{PACKS}/nothing/versions", f"{PACKS}/egret/versions/9", f"{PACKS}/Ä/versions/1"):
        assert clerk.get(path).status_code == 404
    for deed, body in (("simulate", {}), ("withdraw", {}), ("publish", notice(kit))):
        assert clerk.post(f"{PACKS}/egret/versions/9/{deed}", json=body).status_code == 404
    for version in ("0", "x", "-1", "1e3", "99999999999999999999"):
        assert clerk.get(f"{PACKS}/egret/versions/{version}").status_code == 404


def test_an_auditor_reads_and_changes_nothing(app, session, clerk, kit):
    auditor = operator(app, session, "auditor", serial=905)
    propose(clerk, next_text())
    assert auditor.get(f"{PACKS}/egret/versions/2").status_code == 200
    assert auditor.get(f"{PACKS}/egret/versions").status_code == 200
    asked = [(PACKS, {"text": next_text("egret", 3)})]
    asked += [(f"{PACKS}/egret/versions/2/{deed}", {}) for deed in ("simulate", "withdraw")]
    asked += [(f"{PACKS}/egret/versions/2/publish", notice(kit))]
    for path, body in asked:
        answer = auditor.post(path, json=body)
        assert (answer.status_code, answer.json["code"]) == (403, "role-missing"), path


def test_every_step_is_in_the_trail(clerk, session, kit):
    propose(clerk, next_text(), reason="按年校准")
    session.commit()
    work(kit)
    clerk.post(f"{PACKS}/egret/versions/2/publish", json=notice(kit))
    clerk.post(f"{PACKS}/egret/versions/2/withdraw", json={})
    trail = [(row["action"], row.get("target")) for row in clerk.get(f"{OFFICE}/actions").json["data"]]
    assert ("packs.withdraw", "egret 2") in trail
    assert ("approvals.propose", "egret 2") in trail
    assert "packs.propose" in [action for action, _ in trail]


def test_a_new_city_brings_its_first_version(clerk, session, kit):
    assert propose(clerk, tiny_text()).status_code == 201
    session.commit()
    work(kit)
    found = clerk.get(f"{PACKS}/tiny/versions/1").json
    assert (found["status"], "diff" in found, "against" in found["simulation"]) == ("simulated", False, False)


def test_ten_proposals_of_one_version_at_once_are_one(real_app: Flask, real_db) -> None:
    kit = real_app.extensions["xinyi"]
    with Session(real_db, expire_on_commit=False) as session:
        callers = [operator(real_app, session, "office", serial=901 + n) for n in range(5)]

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(lambda caller: propose(caller, next_text()).status_code, callers))
    assert answers == [201, 422, 422, 422, 422]
    work(kit)
    with ThreadPoolExecutor(5) as pool:
        path = f"{PACKS}/egret/versions/2/publish"
        answers = sorted(pool.map(lambda caller: caller.post(path, json=notice(kit)).status_code, callers))
    assert answers == [202, 409, 409, 409, 409], "of two publications of one version, one waits"
