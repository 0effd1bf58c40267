"""One object of each kind that has an id in a path, made for real, with its owners and a stranger for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services.operators import ROLES, add_operator
from app.store.events import CitizenEvent
from tests.support.callers import TestCaller, as_citizen, as_counter, as_department, as_operator
from tests.support.cards import CITY, swap
from tests.support.checks import World
from tests.support.entities import Register
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member
from tests.support.office import operator
from tests.support.onboarding import public
from tests.support.people import id_number, make_citizen
from tests.support.reporting import kept_report
from tests.support.shaking import begin
from tests.support.wallet import Wallet

BIKE = "xm-bike-rental"


@dataclass
class Everything:
    """One object of each kind, its owners, and a stranger for each."""

    ids: dict[str, str]
    owners: dict[str, TestCaller]
    strangers: dict[str, TestCaller]
    others: dict[str, Any]

    @property
    def callers(self) -> dict[str, Any]:
        """A caller of each role: the owners, an operator, a counter and someone without a token."""
        return self.owners | self.others


class Anyone:
    """A caller without a token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.client.open(path, method=method, **options)


def make_everything(app: Flask, session: Session) -> Everything:
    """Objects of one citizen, one partner, one department; the strangers have the same rights and none of them."""
    world = World(app, session)
    me, other = make_member(session, world.kit, serial=501), make_member(session, world.kit, serial=502)
    penalties = [a_penalty(f"P-{n}", days_ago(world.kit, 150), serial=501) for n in (1, 2)]
    file_rows(session, world.kit, "transport", *penalties)
    file_rows(session, world.kit, "blood_center", a_row("B-1", "blood_donation", days_ago(world.kit), serial=501))
    mine, theirs = as_citizen(app, session, me), as_citizen(app, session, other)
    partner, rival = world.partner(BIKE), world.partner(BIKE)
    department, elsewhere = as_department(app, session, "transport"), as_department(app, session, "civil_affairs")
    clerk = make_citizen(session, world.kit.pii, world.kit.clock(), serial=503)
    operator_id = add_operator(
        session, world.kit.pii, id_number=id_number(503), name="赵经办", roles=ROLES, now=world.kit.clock()
    )
    others = {
        "operator": as_operator(app, session, clerk, operator_id),
        "counter": as_counter(app, session, world.partner_id(partner)),
        "anyone": Anyone(app.test_client()),
    }
    second = operator(app, session, *ROLES, serial=504, name="钱经办")
    proposal = second.post(f"/operator/v1/partners/{world.partner_id(rival)}/suspend", json={}).json
    ids = {
        "approval_id": proposal["id"],
        "operator_id": operator_id,
        "partner_id": world.partner_id(partner),
        "client_id": others["counter"].client_id,
        "code": BIKE,
        "scenario": BIKE,
        **_checked(world, partner, me),
        **_disputed(world, partner, mine, me),
        **_hooked(partner),
        "key_id": _key(partner),
        "card_id": swap(theirs, mine, CITY, CITY).json["received"]["id"],
        "given_id": swap(mine, as_citizen(app, session, clerk), CITY, CITY).json["received"]["id"],
        "event_id": _event(session, world, me),
        "shake_id": begin(mine, "give")["id"],
        "device_id": mine.grant_id,
        "snapshot_id": mine.get("/citizen/v1/score/history").json["data"][0]["id"],
        "record_id": mine.get("/citizen/v1/records").json["data"][0]["id"],
        "batch_id": _batch(department),
        "correction_id": _correction(mine),
        **_remedies(mine),
        "report_id": kept_report(session, world.kit, me),
        "review_id": _review(mine),
        "credential_id": Wallet(world.kit.settings.base_url, world.kit.clock).take(mine)["id"],
        "entity_id": _entity(app, session, mine),
        "preset_id": mine.post("/citizen/v1/name-card/presets", json={"name": "茶会", "show": CITY}).json["id"],
    }
    owners = {"citizen": mine, "partner": partner, "department": department}
    return Everything(ids, owners, {"citizen": theirs, "partner": rival, "department": elsewhere}, others)


def _entity(app: Flask, session: Session, citizen: TestCaller) -> str:
    register = Register(app, session)
    register.put(id_number(501))
    return register.mine(citizen)


def _key(partner: TestCaller) -> str:
    """One of the partner's two keys."""
    asked = ({"jwk": public(ECKey.generate_key("P-256"))} for _ in range(2))
    first, _ = [str(partner.post("/partner/v1/keys", json=jwk).json["id"]) for jwk in asked]
    return first


def _checked(world: World, partner: TestCaller, citizen_id: str) -> dict[str, str]:
    scan = world.scan(partner, citizen_id)
    check = partner.post("/partner/v1/eligibility-checks", json={"scenario": BIKE, "scan_id": scan["id"]}).json
    consent = world.consent(citizen_id, partner, "score:read")
    return {
        "scan_id": world.scan(partner, citizen_id)["id"],
        "check_id": check["id"],
        "decision_id": check["id"],
        "test_citizen_id": _test_citizen(partner),
        "consent_id": consent.consent_id,
        "citizen_ref": consent.citizen_ref,
    }


def _hooked(partner: TestCaller) -> dict[str, str]:
    endpoint = partner.post("/partner/v1/webhook-endpoints", json={"url": "https://hooks.example.com/"}).json
    event = partner.post(f"/partner/v1/webhook-endpoints/{endpoint['id']}/test", json={}).json
    return {"endpoint_id": endpoint["id"], "partner_event_id": event["id"]}


def _test_citizen(partner: TestCaller) -> str:
    return str(partner.post("/partner/v1/sandbox/citizens", json={"scenario": BIKE}).json["id"])


def _disputed(world: World, partner: TestCaller, citizen: TestCaller, citizen_id: str) -> dict[str, str]:
    """An order and its dispute."""
    asked = {"scenario": BIKE, "scan_id": world.scan(partner, citizen_id)["id"]}
    partner.post("/partner/v1/eligibility-checks", json=asked)
    end = (world.kit.clock() + timedelta(days=1)).isoformat()
    wish = {"external_order_no": "R-1", "title": "单车", "amount": 100, "service_end_by": end, **asked}
    order_id = str(partner.post("/partner/v1/orders", json=wish).json["id"])
    path = f"/citizen/v1/orders/{order_id}"
    citizen.post(f"{path}/confirm", json={"path": "standard"})
    asked = {"kind": "service", "statement": "车打不开"}
    return {"order_id": order_id, "order_dispute_id": str(citizen.post(f"{path}/disputes", json=asked).json["id"])}


def _event(session: Session, world: World, citizen_id: str) -> str:
    row = CitizenEvent(citizen_id=citizen_id, id="evt_1", kind="order.paid", data={"title": "x"}, at=world.kit.clock())
    session.add(row)
    session.commit()
    return row.id


def _batch(department: TestCaller) -> str:
    answer = department.post("/department/v1/batches", data=b"{}\n", content_type="application/x-ndjson")
    assert answer.status_code in (200, 201, 202), answer.text
    return str(answer.json["id"])


def _review(citizen: TestCaller) -> str:
    record = citizen.get("/citizen/v1/records").json["data"][0]["id"]
    return str(citizen.post(f"/citizen/v1/records/{record}/reviews", json={"text": "请看"}).json["id"])


def _remedies(citizen: TestCaller) -> dict[str, str]:
    one, other = [row["id"] for row in citizen.get("/citizen/v1/records").json["data"] if row["kind"] == "adverse"]
    asked = {
        "dispute_id": (f"records/{one}/disputes", {"ground": "untrue", "statement": "没有发生"}),
        "repair_id": (f"records/{other}/repairs", {"statement": "已缴清"}),
        "pledge_id": ("pledges", {"scenario": BIKE, "text": "按时还车"}),
    }
    return {name: citizen.post(f"/citizen/v1/{path}", json=body).json["id"] for name, (path, body) in asked.items()}


def _correction(citizen: TestCaller) -> str:
    rows = citizen.get("/citizen/v1/records").json["data"]
    record = next(row["id"] for row in rows if row["kind"] == "adverse")
    wrong = {"about": "record", "record_id": record, "field": "whole", "statement": "写错了"}
    return str(citizen.post("/citizen/v1/corrections", json=wrong).json["id"])
