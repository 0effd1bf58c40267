"""Object level, over the whole document (quality.md, line 19): what is one person's or partner's is nobody else's.

Each object is made for real. Its owner finds it; another citizen, another partner, another department with the same
rights gets the 404 of an id that nothing has, word for word, and nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.store.events import CitizenEvent
from tests.support import ledger
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.cards import CITY, swap
from tests.support.checks import World
from tests.support.members import a_row, days_ago, file_rows, make_member
from tests.support.operations import OPERATIONS, Operation

BIKE = "xm-bike-rental"
NOT_OWNED = {
    "code": "scenarios are public",
    "source_record_id": "a department's own ids; tests/api/test_department_records.py keeps departments apart",
    "partner_id": "every operator sees every partner",
    "client_id": "every operator sees every partner's counters",
}
OBJECTS = [
    operation
    for operation in OPERATIONS
    if operation.ids and operation.audience != "anyone" and not set(operation.ids) <= set(NOT_OWNED)
]


@dataclass
class Everything:
    """One object of each kind, its owners, and a stranger for each."""

    ids: dict[str, str]
    owners: dict[str, TestCaller]
    strangers: dict[str, TestCaller]


@pytest.fixture
def everything(app: Flask, session: Session) -> Everything:
    world = World(app, session)
    me, other = make_member(session, world.kit, serial=501), make_member(session, world.kit, serial=502)
    file_rows(session, world.kit, "blood_center", a_row("B-1", "blood_donation", days_ago(world.kit), serial=501))
    mine, theirs = as_citizen(app, session, me), as_citizen(app, session, other)
    partner, rival = world.partner(BIKE), world.partner(BIKE)
    department, elsewhere = as_department(app, session, "library"), as_department(app, session, "civil_affairs")
    ids = {
        **_checked(world, partner, me),
        "card_id": swap(theirs, mine, CITY, CITY).json["received"]["id"],
        "event_id": _event(session, world, me),
        "device_id": mine.grant_id,
        "snapshot_id": mine.get("/citizen/v1/score/history").json["data"][0]["id"],
        "record_id": mine.get("/citizen/v1/records").json["data"][0]["id"],
        "batch_id": _batch(department),
    }
    owners = {"citizen": mine, "partner": partner, "department": department}
    return Everything(ids, owners, {"citizen": theirs, "partner": rival, "department": elsewhere})


def _checked(world: World, partner: TestCaller, citizen_id: str) -> dict[str, str]:
    scan = world.scan(partner, citizen_id)
    check = partner.post("/partner/v1/eligibility-checks", json={"scenario": BIKE, "scan_id": scan["id"]}).json
    end = (world.kit.clock() + timedelta(days=1)).isoformat()
    wish = {"external_order_no": "R-1", "scenario": BIKE, "title": "单车", "amount": 100, "service_end_by": end}
    order = partner.post("/partner/v1/orders", json=wish | {"scan_id": scan["id"]}).json
    consent = world.consent(citizen_id, partner, "score:read")
    return {
        "check_id": check["id"],
        "decision_id": check["id"],
        "order_id": order["id"],
        "consent_id": consent.consent_id,
        "citizen_ref": consent.citizen_ref,
    }


def _event(session: Session, world: World, citizen_id: str) -> str:
    row = CitizenEvent(citizen_id=citizen_id, id="evt_1", kind="order.paid", data={"title": "x"}, at=world.kit.clock())
    session.add(row)
    session.commit()
    return row.id


def _batch(department: TestCaller) -> str:
    answer = department.post("/department/v1/batches", data=b"{}\n", content_type="application/x-ndjson")
    assert answer.status_code in (200, 201, 202), answer.text
    return str(answer.json["id"])


def url(operation: Operation, ids: dict[str, str]) -> str:
    """The path with the ids of objects that are there."""
    return operation.path.format(**ids)


def asked(caller: TestCaller, operation: Operation, path: str) -> Any:
    return caller.request(operation.method, path, data=operation.example(), content_type="application/json")


def test_every_kind_of_object_is_made_here_or_owned_by_nobody(everything: Everything) -> None:
    """A new route with an id fails here until its object joins this test."""
    assert {name for operation in OBJECTS for name in operation.ids} <= set(everything.ids)


def test_a_stranger_gets_the_404_of_an_id_that_nothing_has(everything: Everything, session: Session) -> None:
    before = ledger.rows(session)
    for operation in OBJECTS:
        stranger = everything.strangers[operation.audience]
        there, nothing = (
            asked(stranger, operation, url(operation, everything.ids)),
            asked(stranger, operation, operation.url),
        )
        assert (there.status_code, there.mimetype) == (404, "application/problem+json"), (operation.id, there.text)
        assert _same(there) == _same(nothing), operation.id
    assert ledger.rows(session) == before


def _same(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_its_owner_finds_each_of_them(everything: Everything) -> None:
    """Else the 404s above would say nothing."""
    for operation in sorted(OBJECTS, key=_late):
        answer = asked(everything.owners[operation.audience], operation, url(operation, everything.ids))
        assert answer.status_code not in (401, 403, 404), (operation.id, answer.text)


def _late(operation: Operation) -> tuple[bool, ...]:
    """What ends something comes last, and the end of one's own session last of all."""
    return operation.id == "citizen_end_device", operation.audience == "citizen", operation.method == "DELETE"
