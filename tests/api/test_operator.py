"""The credit office's desk: partners, counters, what is in force, and an audit trail of all of it."""

from __future__ import annotations

import pytest

from app.store import partners
from tests.support.callers import TestCaller, as_operator
from tests.support.office import operator
from tests.support.people import make_citizen
from tests.support.shop import BIKE

PARTNER = {"name_zh": "鹭岛单车", "name_en": "Egret Bikes", "scenarios": [BIKE]}


@pytest.fixture
def desk(app, session) -> TestCaller:
    return operator(app, session, "office")


def take_on(session, clock, livemode=False) -> str:
    row = partners.add(session, **PARTNER, livemode=livemode, now=clock())
    session.commit()
    return row.id


def refused(answer, status):
    assert answer.status_code == status, answer.json
    assert answer.mimetype == "application/problem+json"
    return answer.json


def test_partners_page_newest_first(desk, session, clock):
    ids = [take_on(session, clock) for _ in range(3)]
    first = desk.get("/operator/v1/partners?limit=2").json
    rest = desk.get(f"/operator/v1/partners?cursor={first['next_cursor']}").json
    assert [row["id"] for row in first["data"] + rest["data"]] == ids[::-1]
    assert desk.get(f"/operator/v1/partners/{ids[0]}").json == rest["data"][0] | {"contacts": []}


def test_what_is_in_force_is_shown_with_its_version(desk, kit):
    scenarios = {row["code"]: row for row in desk.get("/operator/v1/scenarios").json["data"]}
    assert set(scenarios) == {offer.code for offer in kit.registry.offers()}
    assert scenarios[BIKE]["rule"].startswith("bikes")
    packs = desk.get("/operator/v1/packs").json["data"]
    assert {pack["code"] for pack in packs} == set(kit.packs)


def test_everything_done_and_read_is_in_the_trail(desk, session, clock):
    partner_id = take_on(session, clock)
    desk.post("/operator/v1/partners", json=PARTNER)
    desk.post(f"/operator/v1/partners/{partner_id}/pairing-links")
    desk.get("/operator/v1/statistics")
    trail = desk.get("/operator/v1/actions").json["data"]
    assert [row["action"] for row in trail] == [
        "actions.list", "statistics.read", "partners.pairing-link", "approvals.propose",
    ]  # fmt: skip
    assert trail[2]["target"] == partner_id
    assert trail[3]["data"] == {"kind": "partners.create", **PARTNER}
    assert len({row["operator_id"] for row in trail}) == 1


def test_who_is_no_operator_has_no_desk(app, session, kit, clock):
    person = make_citizen(session, kit.pii, clock(), serial=902)
    stranger = as_operator(app, session, person, "opr_nobody")
    for path in (
        "partners",
        "partners/x",
        "scenarios",
        "packs",
        "actions",
        "statistics",
        "batches",
        "batches/x",
        "partners/x/counters",
    ):
        assert refused(stranger.get(f"/operator/v1/{path}"), 403)["code"] == "role-missing"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name_zh": ""}, "/name_zh"),
        ({"name_en": "x" * 81}, "/name_en"),
        ({"name_zh": None}, "/name_zh"),
        ({"scenarios": []}, "/scenarios"),
        ({"scenarios": BIKE}, "/scenarios"),
        ({"scenarios": [BIKE, "no-such"]}, "/scenarios/1"),
        ({"livemode": True}, "/livemode"),
    ],
)
def test_a_bad_partner_is_refused_by_field(desk, changes, pointer):
    problem = refused(desk.post("/operator/v1/partners", json=PARTNER | changes), 422)
    assert problem["errors"][0]["pointer"] == pointer
    assert desk.get("/operator/v1/approvals").json["data"] == []


@pytest.mark.parametrize("action", ["suspend", "resume", "pairing-links"])
def test_an_unknown_partner_is_not_found(desk, action):
    refused(desk.post(f"/operator/v1/partners/ptn_nobody/{action}"), 404)
    refused(desk.post(f"/operator/v1/partners/ptn_nobody/{action}", json={"x": 1}), 422)
    refused(desk.get("/operator/v1/partners/ptn_nobody"), 404)
    refused(desk.get("/operator/v1/partners/ptn_nobody/counters"), 404)
    refused(desk.delete("/operator/v1/partners/ptn_nobody/counters/ctr_nobody"), 404)
