"""Bad input to every order route: a problem document that names the field, nothing changed, never a 5xx."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.store.order_rows import OrderTransition
from tests.support.shop import Shop, bill

ODD = [None, True, 1.5, "1", [], {}, -1, 10**19, "x" * 5000, "a\u0000b", "\ud800"]


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def refused(answer, *statuses):
    assert answer.status_code in (statuses or (422,)), (answer.status_code, answer.json)
    assert answer.mimetype == "application/problem+json"
    return answer.json


def steps(shop):
    return shop.session.scalar(select(func.count()).select_from(OrderTransition))


@pytest.mark.parametrize(
    "field", ["external_order_no", "scenario", "title", "amount", "service_end_by", "start_at", "confirm_by", "scan_id"]
)
def test_every_field_of_a_new_order_refuses_what_it_is_not(shop, field):
    body, before = shop.wish(), steps(shop)
    for odd in [
        value for value in ODD if not (field in ("title", "scenario", "scan_id", "external_order_no") and value == "1")
    ]:
        problem = refused(shop.partner.post("/partner/v1/orders", json=body | {field: odd}))
        assert any(error["pointer"].startswith(f"/{field}") for error in problem["errors"]), (odd, problem)
    assert steps(shop) == before


@pytest.mark.parametrize("field", ["external_order_no", "scenario", "title", "amount", "service_end_by", "scan_id"])
def test_every_required_field_is_missed_by_name(shop, field):
    body = {name: value for name, value in shop.wish().items() if name != field}
    problem = refused(shop.partner.post("/partner/v1/orders", json=body))
    assert [error["pointer"] for error in problem["errors"]] == [f"/{field}"]


def test_unknown_fields_and_both_grounds_at_once_are_refused(shop):
    body = shop.wish()
    assert (
        refused(shop.partner.post("/partner/v1/orders", json=body | {"score": 1}))["errors"][0]["pointer"] == "/score"
    )
    refused(shop.partner.post("/partner/v1/orders", json=body | {"consent_id": "cns_1"}))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": 10_001}, "amount-over-limit", "/amount"),
        ({"service_end_by": timedelta(days=31)}, "time-range-invalid", "/service_end_by"),
        ({"service_end_by": timedelta(0)}, "time-range-invalid", "/service_end_by"),
        ({"start_at": timedelta(days=-1)}, "time-range-invalid", "/start_at"),
        ({"confirm_by": timedelta(hours=25)}, "time-range-invalid", "/confirm_by"),
        ({"confirm_by": timedelta(minutes=-1)}, "time-range-invalid", "/confirm_by"),
    ],
)
def test_terms_beyond_the_offer_are_refused_by_field(shop, changes, code, field):
    for name, value in changes.items():
        if isinstance(value, timedelta):
            changes = changes | {name: (shop.kit.clock() + value).isoformat()}
    problem = refused(shop.partner.post("/partner/v1/orders", json=shop.wish(**changes)))
    assert (problem["code"], problem["errors"][0]["pointer"]) == (code, field)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("field", ["service_end_by", "start_at", "confirm_by"])
def test_the_ends_of_time_are_refused(shop, field, moment):
    refused(shop.partner.post("/partner/v1/orders", json=shop.wish(**{field: moment})))


@pytest.mark.parametrize("ground", [{"scan_id": "scn_unknown"}, {"consent_id": "cns_unknown"}])
def test_an_unknown_ground_is_not_found(shop, ground):
    refused(shop.partner.post("/partner/v1/orders", json=shop.wish(**ground)), 404)


TWICE = [{"name": "a", "amount": 1}] * 2
MANY = [{"name": str(number), "amount": 0} for number in range(101)]
ACTIONS = {
    "complete": [
        *({}, {"total": "1"}, {"total": 1}, {"total": -1}, bill(10_001), {"total": 2, "items": TWICE}),
        *({"total": 1, "items": [{"name": "a"}]}, {"total": 0, "items": "x"}, {"total": 0, "items": [None]}),
        *({"total": 0, "items": MANY}, {"total": 0, "path": "credit"}, bill(300) | {"due_at": "soon"}),
        *(bill(300) | {"due_at": "9999-12-31T23:59:59Z"}, bill(300) | {"due_at": "2026-11-20T05:00:00Z"}),
    ],
    "adjust": [{}, {"amount": 1}, {"amount": -1, "reason_code": "mistake"}, {"amount": 1, "reason_code": "because"}],
    "cancel": [{}, {"reason_code": ""}, {"reason_code": None}, {"reason_code": 7}],
    "mark-paid": [
        *({}, {"paid_at": "2026-11-20T04:00:00Z"}, {"paid_at": "2026-11-20T04:00:00", "reference": "r"}),
        *({"paid_at": "now", "reference": "r"}, {"paid_at": "2026-11-20T04:00:00Z", "reference": "r" * 65}),
    ],
}


@pytest.mark.parametrize(("action", "body"), [(action, body) for action, bodies in ACTIONS.items() for body in bodies])
def test_bad_bodies_of_partner_actions_change_nothing(shop, action, body):
    order_id, before = shop.running(), 2
    refused(shop.partner.post(f"/partner/v1/orders/{order_id}/{action}", json=body))
    assert steps(shop) == before


def test_a_raised_amount_and_a_payment_of_tomorrow_are_refused(shop):
    order_id = shop.due(300)
    assert refused(shop.theirs(order_id, "adjust", amount=300, reason_code="mistake"))["code"] == "amount-increase"
    tomorrow = (shop.kit.clock() + timedelta(days=1)).isoformat()
    assert refused(shop.theirs(order_id, "mark-paid", paid_at=tomorrow, reference="r"))["code"] == "time-range-invalid"


@pytest.mark.parametrize(
    "body", [{}, {"path": "free"}, {"path": None}, {"path": "credit", "x": 1}, {"path": ["credit"]}, []]
)
def test_a_confirmation_names_one_of_the_two_paths(shop, body):
    order_id = shop.opened()["id"]
    refused(shop.me.post(f"/citizen/v1/orders/{order_id}/confirm", json=body))
    assert shop.seen(order_id)["status"] == "pending_confirmation"


@pytest.mark.parametrize("action", ["decline", "cancel", "pay"])
def test_an_action_without_fields_takes_none(shop, action):
    order_id = shop.opened()["id"]
    refused(shop.me.post(f"/citizen/v1/orders/{order_id}/{action}", json={"amount": 1}))
    assert shop.seen(order_id)["status"] == "pending_confirmation"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=!!", "status=open", "nobody=1", "external_order_no="]
)
def test_bad_queries_are_refused(shop, query):
    refused(shop.partner.get(f"/partner/v1/orders?{query}"))
    if "external" not in query:
        refused(shop.me.get(f"/citizen/v1/orders?{query}"))


@pytest.mark.parametrize(("data", "kind", "status"), [
    (b"{", "application/json", 400), (b"[" * 90, "application/json", 400), (b"\xff\xfe", "application/json", 400),
    (b"{}", "text/plain", 415), (b"a=1", "application/x-www-form-urlencoded", 415),
])  # fmt: skip
def test_what_is_not_json_is_refused(shop, data, kind, status):
    order_id = shop.opened()["id"]
    for caller, path in (
        (shop.partner, "/partner/v1/orders"),
        (shop.partner, f"/partner/v1/orders/{order_id}/complete"),
        (shop.me, f"/citizen/v1/orders/{order_id}/confirm"),
        (shop.me, f"/citizen/v1/orders/{order_id}/pay"),
    ):
        refused(caller.post(path, data=data, content_type=kind), status)


@pytest.mark.parametrize("order_id", ["nobody", "ord_" + "0" * 32, "\0", "x" * 300, "é"])
def test_orders_that_are_not_there_are_not_found(shop, order_id):
    refused(shop.partner.get(f"/partner/v1/orders/{order_id}"), 404)
    refused(shop.me.post(f"/citizen/v1/orders/{order_id}/confirm", json={"path": "credit"}), 404)


def test_a_write_without_idempotency_key_is_refused(shop):
    for key in ("", '""', "x" * 256, "é"):
        problem = refused(
            shop.partner.post("/partner/v1/orders", json=shop.wish(), headers={"Idempotency-Key": key}), 400
        )
        assert problem["code"] == "idempotency-key-missing"
