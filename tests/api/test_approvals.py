"""Four eyes: no one does a risky thing at the desk alone, and an approval happens once, in time, on what was seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import approvals, factors
from app.store import citizens, operator_actions, partners
from app.store.operators import Operator, put
from tests.support.callers import TestCaller
from tests.support.office import OFFICE, both, operator
from tests.support.people import id_number
from tests.support.shop import BIKE

PARTNER = {"name_zh": "鹭岛单车", "name_en": "Egret Bikes", "scenarios": [BIKE]}
NEWCOMER = {"id_number": id_number(77), "name": "新专员", "roles": ["office"]}


@pytest.fixture
def one(app, session) -> TestCaller:
    return operator(app, session, "admin", "office", serial=901, name="甲")


@pytest.fixture
def other(app, session) -> TestCaller:
    return operator(app, session, "admin", "office", serial=902, name="乙")


@pytest.fixture
def partner_id(session, clock) -> str:
    row = partners.add(session, name_zh="某店", name_en="A shop", scenarios=[BIKE], livemode=False, now=clock())
    session.commit()
    return row.id


def refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    return answer.json


def decide(caller, approval_id, what="approve", **said):
    return caller.post(f"{OFFICE}/approvals/{approval_id}/{what}", json=said)


def suspend(caller, partner_id, **said):
    return caller.post(f"{OFFICE}/partners/{partner_id}/suspend", json=said)


def status_of(caller, partner_id):
    return caller.get(f"{OFFICE}/partners/{partner_id}").json["status"]


def test_a_partner_is_taken_on_suspended_and_resumed_by_two(one, other):
    partner_id = both(one, other, "/partners", PARTNER).json["result"]["partner_id"]
    taken_on = one.get(f"{OFFICE}/partners/{partner_id}").json
    assert (taken_on["status"], taken_on["scenarios"], taken_on["livemode"]) == ("active", [BIKE], False)
    assert both(one, other, f"/partners/{partner_id}/suspend").status_code == 200
    assert status_of(one, partner_id) == "suspended"
    assert both(other, one, f"/partners/{partner_id}/resume").status_code == 200
    assert status_of(one, partner_id) == "active"


def test_nothing_happens_before_a_second_person_agrees(one, other, partner_id):
    asked = suspend(one, partner_id, reason="投诉")
    assert asked.status_code == 202
    assert asked.json["allowed_actions"] == ["reject"]
    assert (asked.json["proposed_by"], asked.json["target_name"], asked.json["reason"]) == ("甲", "某店", "投诉")
    assert status_of(one, partner_id) == "active"
    waiting = other.get(f"{OFFICE}/approvals").json["data"]
    assert [(row["kind"], row["allowed_actions"]) for row in waiting] == [("partners.suspend", ["approve", "reject"])]


def test_the_one_who_proposed_it_can_never_approve_it(one, partner_id):
    asked = suspend(one, partner_id).json["id"]
    refused(decide(one, asked), 403, "approval-own")
    assert status_of(one, partner_id) == "active"
    assert decide(one, asked, "reject", reason="看错了").json["status"] == "rejected"


def test_a_rejected_one_is_closed_with_its_reason(one, other, partner_id):
    asked = suspend(one, partner_id).json["id"]
    over = decide(other, asked, "reject", reason="证据不足").json
    assert (over["status"], over["decided_by"], over["decision_reason"]) == ("rejected", "乙", "证据不足")
    problem = refused(decide(other, asked), 409, "approval-decided")
    assert problem["allowed_actions"] == []
    assert status_of(one, partner_id) == "active"
    assert other.get(f"{OFFICE}/approvals").json["data"] == []
    assert [row["id"] for row in other.get(f"{OFFICE}/approvals?status=over").json["data"]] == [asked]


def test_an_approval_happens_once(one, other, partner_id):
    asked = suspend(one, partner_id).json["id"]
    assert decide(other, asked).status_code == 200
    refused(decide(other, asked), 409, "approval-decided")


def test_the_same_action_waits_once_and_may_be_proposed_again_after(one, other, partner_id, at):
    first = suspend(one, partner_id).json["id"]
    refused(suspend(other, partner_id), 409, "approval-pending")
    decide(one, first, "reject", reason="重来")
    assert suspend(other, partner_id).status_code == 202


def test_a_proposal_is_over_after_a_week(one, other, partner_id, at, app, session):
    asked = suspend(one, partner_id).json["id"]
    at(days=7)
    late = operator(app, session, "admin", serial=903)
    refused(decide(late, asked), 409, "approval-decided")
    assert late.get(f"{OFFICE}/approvals/{asked}").json["status"] == "expired"
    assert late.get(f"{OFFICE}/approvals").json["data"] == []
    assert suspend(late, partner_id).status_code == 202


def test_what_has_changed_since_cannot_be_approved(one, other, partner_id, session):
    asked = suspend(one, partner_id).json["id"]
    row = partners.get(session, partner_id)
    row.status = "suspended"
    session.commit()
    refused(decide(other, asked), 409, "approval-stale")
    assert other.get(f"{OFFICE}/approvals/{asked}").json["status"] == "pending"
    assert decide(other, asked, "reject", reason="情况已变").status_code == 200


def test_approving_needs_a_login_of_five_minutes_at_most(one, other, partner_id, at):
    asked = suspend(one, partner_id).json["id"]
    at(minutes=5, seconds=1)
    answer = decide(other, asked)
    refused(answer, 401, "insufficient-user-authentication")
    assert 'max_age="300"' in answer.headers["WWW-Authenticate"]


def test_an_auditor_reads_and_decides_nothing(one, other, partner_id, app, session):
    auditor = operator(app, session, "auditor", serial=903)
    asked = suspend(one, partner_id).json["id"]
    assert auditor.get(f"{OFFICE}/approvals/{asked}").json["allowed_actions"] == []
    refused(decide(auditor, asked), 403, "role-missing")
    refused(decide(auditor, asked, "reject", reason="x"), 403, "role-missing")
    refused(suspend(auditor, partner_id), 403, "role-missing")


def test_only_admins_decide_about_operators(one, app, session):
    clerk = operator(app, session, "office", serial=903)
    refused(clerk.post(f"{OFFICE}/operators", json=NEWCOMER), 403, "role-missing")
    asked = one.post(f"{OFFICE}/operators", json=NEWCOMER).json["id"]
    refused(decide(clerk, asked), 403, "role-missing")
    assert clerk.get(f"{OFFICE}/approvals/{asked}").json["allowed_actions"] == []


def test_a_new_operator_is_let_in_by_two_with_an_invitation_told_once(one, other):
    answer = both(one, other, "/operators", NEWCOMER)
    result = answer.json["result"]
    assert result["invitation"]
    added = {row["id"]: row for row in one.get(f"{OFFICE}/operators").json["data"]}[result["operator_id"]]
    assert (added["name"], added["roles"], added["second_factor"]) == ("新专员", ["office"], False)
    again = other.get(f"{OFFICE}/approvals/{answer.json['id']}").text
    assert result["invitation"] not in again
    assert result["invitation"] not in one.get(f"{OFFICE}/actions").text


def test_other_roles_leave_the_second_factor_and_are_not_ones_own_to_approve(one, other, session, kit, clock):
    operator_id = both(one, other, "/operators", NEWCOMER).json["result"]["operator_id"]
    factors.enrol(session, kit.pii, operator_id, "XINYITESTXINYITESTXINYITESTXINYI", clock())
    session.commit()
    result = both(one, other, "/operators", NEWCOMER | {"roles": ["admin"]}).json["result"]
    assert result == {"operator_id": operator_id}
    mine = one.get(f"{OFFICE}/me").json["id"]
    me = session.get(Operator, mine)
    me.number_key = citizens.number_key(kit.pii, id_number(78))
    session.commit()
    asked = other.post(f"{OFFICE}/operators", json=NEWCOMER | {"id_number": id_number(78), "roles": ["auditor"]})
    refused(decide(one, asked.json["id"]), 403, "approval-own")


def test_no_identity_number_of_an_operator_is_kept_or_shown(one, other, session):
    both(one, other, "/operators", NEWCOMER)
    for path in ("/approvals?status=over", "/actions", "/operators"):
        text = one.get(OFFICE + path).text
        assert NEWCOMER["id_number"] not in text
        assert "number_key" not in text
    rows = [str(row.data) for row in operator_actions.listed(session, before=None, limit=50)]
    assert not [row for row in rows if NEWCOMER["id_number"] in row]


def test_a_new_factor_needs_two_others_and_ends_the_old_one(one, other, app, session, kit, clock):
    operator_id = put(session, "idn_lost", "丙", ["office"], clock())
    factors.enrol(session, kit.pii, operator_id, "XINYITESTXINYITESTXINYITESTXINYI", clock())
    session.commit()
    result = both(one, other, f"/operators/{operator_id}/invitations", {"reason": "手机丢失"}).json["result"]
    assert (result["operator_id"], bool(result["invitation"])) == (operator_id, True)
    assert not factors.has_factor(session, operator_id)


def test_nobody_approves_their_own_new_factor(one, other):
    mine = one.get(f"{OFFICE}/me").json["id"]
    asked = other.post(f"{OFFICE}/operators/{mine}/invitations").json["id"]
    refused(decide(one, asked), 403, "approval-own")


def test_a_disabled_operator_is_out_at_once(one, other, app, session):
    third = operator(app, session, "office", serial=903)
    operator_id = third.get(f"{OFFICE}/me").json["id"]
    assert both(one, other, f"/operators/{operator_id}/disable").status_code == 200
    assert third.get(f"{OFFICE}/partners").status_code == 401
    refused(one.post(f"{OFFICE}/operators/{operator_id}/invitations"), 404, "not-found")
    assert not session.get(Operator, operator_id).active


def test_every_step_is_in_the_trail(one, other, partner_id):
    both(one, other, f"/partners/{partner_id}/suspend", {"reason": "投诉"})
    trail = one.get(f"{OFFICE}/actions").json["data"][1:4]
    assert [row["action"] for row in trail] == ["partners.suspend", "approvals.approve", "approvals.propose"]
    assert trail[0]["data"]["proposed_by"] == trail[2]["operator_id"] != trail[0]["operator_id"]


def test_what_was_refused_leaves_nothing(one, partner_id, session):
    before = len(operator_actions.listed(session, before=None, limit=100))
    asked = suspend(one, partner_id).json["id"]
    decide(one, asked)
    assert len(operator_actions.listed(session, before=None, limit=100)) == before + 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": "partners.suspend"}, "/target"),
        ({"kind": "partners.create", "target": "x"}, "/kind"),
        ({"kind": "no.such", "target": "x"}, "/kind"),
        ({"kind": ["partners.suspend"], "target": "x"}, "/kind"),
        ({"kind": "partners.suspend", "target": ""}, "/target"),
        ({"kind": "partners.suspend", "target": "x" * 65}, "/target"),
        ({"kind": "partners.suspend", "target": 7}, "/target"),
        ({"kind": "partners.suspend", "target": "x", "reason": "x" * 501}, "/reason"),
        ({"kind": "partners.suspend", "target": "x", "status": "approved"}, "/status"),
    ],
)
def test_a_bad_proposal_is_refused_by_field(one, body, pointer):
    problem = refused(one.post(f"{OFFICE}/approvals", json=body), 422, "validation")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert one.get(f"{OFFICE}/approvals").json["data"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id_number": "110101199003070000"}, "/id_number"),
        ({"id_number": "990000"}, "/id_number"),
        ({"id_number": ["x"]}, "/id_number"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 61}, "/name"),
        ({"roles": []}, "/roles"),
        ({"roles": ["root"]}, "/roles/0"),
        ({"roles": "admin"}, "/roles"),
        ({"active": True}, "/active"),
    ],
)
def test_a_bad_operator_is_refused_by_field(one, changes, pointer):
    problem = refused(one.post(f"{OFFICE}/operators", json=NEWCOMER | changes), 422, "validation")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert one.get(f"{OFFICE}/approvals").json["data"] == []


def test_unknown_targets_and_proposals_are_not_found(one):
    for kind in ("partners.suspend", "partners.resume", "operators.invite", "operators.disable"):
        refused(one.post(f"{OFFICE}/approvals", json={"kind": kind, "target": "nobody"}), 404, "not-found")
    refused(one.get(f"{OFFICE}/approvals/apv_nobody"), 404, "not-found")
    refused(decide(one, "apv_nobody"), 404, "not-found")
    refused(decide(one, "apv_nobody", "reject", reason="x"), 404, "not-found")
    assert refused(decide(one, "apv_nobody", "reject"), 422, "validation")["errors"][0]["pointer"] == "/reason"
    assert one.get(f"{OFFICE}/approvals?status=all").status_code == 422


def test_ten_approvals_at_once_are_one(real_app: Flask, real_db) -> None:
    with Session(real_db, expire_on_commit=False) as session:
        kit = real_app.extensions["xinyi"]
        first, second = (put(session, f"idn_{name}", name, ["office"], kit.clock()) for name in "ab")
        shop = partners.add(session, name_zh="店", name_en="S", scenarios=[], livemode=False, now=kit.clock())
        asked = approvals.propose(
            session, kind="partners.suspend", target=shop.id, data={}, operator_id=first, now=kit.clock()
        )
        session.commit()

    def approve(_: int) -> bool:
        with Session(real_db) as session, suppress(Refusal), session.begin():
            approvals.approve(session, asked["id"], operator_id=second, now=kit.clock())
            return True
        return False

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(approve, range(10))) == [False] * 9 + [True]
    with Session(real_db) as session:
        done = operator_actions.listed(session, before=None, limit=50)
        assert [row.action for row in done] == ["partners.suspend"]
