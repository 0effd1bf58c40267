"""Object level, over the whole document (quality.md, line 19): what is one person's or partner's is nobody else's.

Each object is made for real. Its owner finds it; another citizen, another partner, another department with the same
rights gets the 404 of an id that nothing has, word for word, and nothing changes.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support import ledger
from tests.support.callers import TestCaller
from tests.support.everything import Everything, make_everything
from tests.support.operations import OPERATIONS, Operation

NOT_OWNED = {
    "code": "scenarios are public",
    "item": "the catalogue is the same for every department that may send the item",
    "source_record_id": "a department's own ids; tests/api/test_department_records.py keeps departments apart",
    "partner_id": "every operator sees every partner",
    "day": "a day is everybody's, its statement one's own; tests/api/test_partner_statements.py keeps partners apart",
    "uscc": "a public number; tests/api/test_entity_facts.py keeps registers apart",
    "client_id": "every operator sees every partner's counters",
}
OF_ITS_OWN = {"X-Request-Id", "Date", "RateLimit"}
"""A count goes down with each request, whatever is asked for."""
LATER = ("citizen_withdraw_order_record",)
"""An order has a record of a kept promise only once it ended well: tests/api/test_kept_promises.py finds it."""
OWNERS = ("citizen", "partner", "department")
"""Operators share one desk: what one may open, all of the same role may (tests/api/test_corrections.py)."""
OBJECTS = [
    operation
    for operation in OPERATIONS
    if operation.ids and operation.audience in OWNERS and not set(operation.ids) <= set(NOT_OWNED)
]


@pytest.fixture
def everything(app: Flask, session: Session) -> Everything:
    return make_everything(app, session)


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
    """The whole answer but for what each request has of its own."""
    headers = {name: value for name, value in answer.headers if name not in OF_ITS_OWN}
    return {name: value for name, value in answer.json.items() if name != "request_id"} | headers


def test_its_owner_finds_each_of_them(everything: Everything) -> None:
    """Else the 404s above would say nothing."""
    for operation in sorted(OBJECTS, key=_late):
        if operation.id in LATER:
            continue
        answer = asked(everything.owners[operation.audience], operation, url(operation, everything.ids))
        assert answer.status_code not in (401, 403, 404), (operation.id, answer.text)


def _late(operation: Operation) -> tuple[bool, ...]:
    """Reading comes first; what ends something comes last, and the end of one's own session last of all."""
    writes, ends = operation.method != "GET", operation.method == "DELETE"
    return operation.id == "citizen_end_device", writes, operation.audience == "citizen", ends
