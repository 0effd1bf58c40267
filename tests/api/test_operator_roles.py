"""Roles at the desk: what each may read and change, route by route, as a table that every route stands in."""

from __future__ import annotations

import pytest

from tests.support.office import operator
from tests.support.operations import OPERATIONS, Operation

EVERYONE = {"admin", "office", "auditor"}
OFFICE = {"admin", "office"}
ADMIN = {"admin"}
DESK = "/operator/v1"
MAY = {
    "GET /me": EVERYONE,
    "GET /partners": EVERYONE,
    "POST /partners": OFFICE,
    "GET /partners/{partner_id}": EVERYONE,
    "PUT /partners/{partner_id}/contacts": OFFICE,
    "POST /partners/{partner_id}/change": OFFICE,
    "GET /partners/{partner_id}/keys": EVERYONE,
    "POST /partners/{partner_id}/keys": OFFICE,
    "POST /partners/{partner_id}/keys/{key_id}/revoke": OFFICE,
    "GET /partners/{partner_id}/checklist": EVERYONE,
    "POST /partners/{partner_id}/go-live": OFFICE,
    "POST /partners/{partner_id}/suspend": OFFICE,
    "POST /partners/{partner_id}/resume": OFFICE,
    "POST /partners/{partner_id}/pairing-links": OFFICE,
    "GET /partners/{partner_id}/counters": EVERYONE,
    "DELETE /partners/{partner_id}/counters/{client_id}": OFFICE,
    "GET /partners/{partner_id}/webhook-endpoints": EVERYONE,
    "GET /partners/{partner_id}/places": EVERYONE,
    "POST /partners/{partner_id}/places": OFFICE,
    "PUT /partners/{partner_id}/places/{place_id}": OFFICE,
    "DELETE /partners/{partner_id}/places/{place_id}": OFFICE,
    "GET /scenarios": EVERYONE,
    "GET /packs": EVERYONE,
    "POST /packs": OFFICE,
    "GET /packs/{code}/versions": EVERYONE,
    "GET /packs/{code}/versions/{version}": EVERYONE,
    "POST /packs/{code}/versions/{version}/simulate": OFFICE,
    "POST /packs/{code}/versions/{version}/publish": OFFICE,
    "POST /packs/{code}/versions/{version}/withdraw": OFFICE,
    "GET /offers": EVERYONE,
    "POST /offers": OFFICE,
    "GET /offers/{code}/versions": EVERYONE,
    "GET /offers/{code}/versions/{version}": EVERYONE,
    "POST /offers/{code}/versions/{version}/simulate": OFFICE,
    "POST /offers/{code}/versions/{version}/publish": OFFICE,
    "POST /offers/{code}/versions/{version}/withdraw": OFFICE,
    "GET /actions": EVERYONE,
    "GET /statistics": EVERYONE,
    "GET /batches": EVERYONE,
    "GET /batches/{batch_id}": EVERYONE,
    "GET /approvals": EVERYONE,
    "POST /approvals": OFFICE,
    "GET /approvals/{approval_id}": EVERYONE,
    "POST /approvals/{approval_id}/approve": OFFICE,
    "POST /approvals/{approval_id}/reject": OFFICE,
    "GET /operators": EVERYONE,
    "POST /operators": ADMIN,
    "POST /operators/{operator_id}/invitations": ADMIN,
    "POST /operators/{operator_id}/disable": ADMIN,
    "GET /disputes": EVERYONE,
    "GET /disputes/{dispute_id}": OFFICE,
    "POST /disputes/{dispute_id}/answer": OFFICE,
    "GET /order-disputes": EVERYONE,
    "GET /order-disputes/{order_dispute_id}": OFFICE,
    "POST /order-disputes/{order_dispute_id}/resolve": OFFICE,
    "GET /repairs": EVERYONE,
    "GET /repairs/{repair_id}": OFFICE,
    "POST /repairs/{repair_id}/answer": OFFICE,
    "GET /corrections": EVERYONE,
    "GET /corrections/{correction_id}": OFFICE,
    "POST /corrections/{correction_id}/answer": OFFICE,
    "GET /reviews": EVERYONE,
    "GET /reviews/{review_id}": OFFICE,
    "POST /reviews/{review_id}/answer": OFFICE,
}
"""Route → the roles that it lets through; which kind of action a role may decide stands in test_approvals.py."""
ROUTES = [operation for operation in OPERATIONS if operation.path.startswith(DESK + "/")]


def route(operation: Operation) -> str:
    return f"{operation.method} {operation.path.removeprefix(DESK)}"


def test_every_route_of_the_desk_is_in_the_table() -> None:
    assert {route(operation) for operation in ROUTES} == set(MAY)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_may_do_what_the_table_says_and_no_more(app, session, role):
    caller = operator(app, session, role)
    for operation in ROUTES:
        answer = caller.request(
            operation.method, operation.url, data=operation.example(), content_type="application/json"
        )
        kept_out = answer.status_code == 403 and answer.json["code"] == "role-missing"
        assert kept_out == (role not in MAY[route(operation)]), (role, operation.id, answer.text)


def test_one_without_any_role_or_no_longer_active_may_do_nothing(app, session):
    nobody = operator(app, session, "visitor")
    for operation in ROUTES:
        answer = nobody.request(
            operation.method, operation.url, data=operation.example(), content_type="application/json"
        )
        assert (answer.status_code, answer.json["code"]) == (403, "role-missing"), operation.id
