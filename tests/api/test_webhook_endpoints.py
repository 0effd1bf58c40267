"""Webhook endpoints: a partner's own, their secret shown once and kept sealed, their limits, their bad inputs."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.webhook_endpoints import MOST
from app.store import idempotency, partners
from app.store.idempotency import IdempotencyKey
from app.store.oauth import OAuthClient
from app.store.webhooks import WebhookEndpoint
from tests.support.callers import TestCaller, as_counter, as_partner
from tests.support.hooks import ENDPOINTS, Hooks

URL = "https://hooks.example.com/xinyi"


@pytest.fixture
def hooks(app: Flask, session: Session) -> Hooks:
    return Hooks(app, session)


@pytest.fixture
def me(hooks: Hooks) -> TestCaller:
    return hooks.me


def test_an_endpoint_is_made_with_a_secret_that_no_other_answer_shows(hooks: Hooks, me: TestCaller) -> None:
    made = hooks.endpoint(URL, description="订单", event_types=["order.paid", "order.created", "order.paid"])
    assert made["secret"].startswith("whsec_")
    assert made["public_key"].startswith("whpk_")
    assert made["status"] == "enabled"
    assert made["event_types"] == ["order.created", "order.paid"]
    assert made["livemode"] is False
    (listed,) = me.get(ENDPOINTS).json["data"]
    assert hooks.seen(made) == listed == {name: made[name] for name in made if name != "secret"}


def test_keys_that_came_to_nothing_are_shown_to_nobody(
    hooks: Hooks, me: TestCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parallel repeat was first: who kept this secret would refuse every webhook that is signed by the other."""
    path = f"{ENDPOINTS}/{hooks.endpoint(URL)['id']}/rotate-secret"
    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "keep", lambda *_: False)
        answer = me.post(path, json={})
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency-key-in-use")
    assert "secret" not in answer.json
    assert me.post(path, json={}).json["secret"].startswith("whsec_")


def test_all_types_unless_some_are_chosen(hooks: Hooks) -> None:
    assert hooks.endpoint(URL)["event_types"] == ["*"]


def test_the_secret_is_nowhere_in_clear(hooks: Hooks, me: TestCaller, session: Session) -> None:
    """Not in the endpoint's row, and not in the answer that is kept for a repeat."""
    headers = {"Idempotency-Key": "once"}
    first = me.post(ENDPOINTS, json={"url": URL}, headers=headers)
    secret = first.json["secret"].removeprefix("whsec_")
    row = session.scalars(select(WebhookEndpoint)).one()
    assert secret.encode() not in row.sealed_keys
    kept = session.scalars(select(IdempotencyKey.body)).all()
    assert kept
    assert not any(secret.encode() in body for body in kept)
    again = me.post(ENDPOINTS, json={"url": URL}, headers=headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == {name: said for name, said in first.json.items() if name != "secret"}


def test_new_keys_stand_beside_the_old_for_a_published_time(hooks: Hooks, me: TestCaller, at: Any) -> None:
    made = hooks.endpoint(URL)
    turned = me.post(f"{ENDPOINTS}/{made['id']}/rotate-secret", json={}).json
    assert turned["secret"] != made["secret"]
    assert turned["public_key"] != made["public_key"] == turned["old_public_key"]
    assert turned["old_keys_until"] == at(hours=24).isoformat()
    assert "old_keys_until" not in hooks.seen(made)


def test_a_leaked_secret_ends_at_once(hooks: Hooks, me: TestCaller) -> None:
    made = hooks.endpoint(URL)
    turned = me.post(f"{ENDPOINTS}/{made['id']}/rotate-secret", json={"overlap_seconds": 0}).json
    assert "old_public_key" not in turned


def test_it_is_changed_stopped_and_taken_away(hooks: Hooks, me: TestCaller) -> None:
    made = hooks.endpoint(URL)
    path = f"{ENDPOINTS}/{made['id']}"
    asked = {"url": URL + "/2", "description": "新", "event_types": ["order.paid"], "status": "disabled"}
    changed = me.request("PATCH", path, json=asked).json
    assert {name: changed[name] for name in asked} == asked
    assert changed["disabled_because"] == "partner"
    assert "disabled_at" in changed
    assert me.request("PATCH", path, json={"status": "enabled"}).json["status"] == "enabled"
    assert me.request("PATCH", path, json={}).json["url"] == URL + "/2"
    assert me.delete(path).status_code == 204
    assert me.get(path).status_code == 404
    assert me.delete(path).status_code == 404


def test_no_more_than_ten(hooks: Hooks, me: TestCaller) -> None:
    for number in range(MOST):
        hooks.endpoint(f"{URL}/{number}")
    refused = me.post(ENDPOINTS, json={"url": URL})
    assert (refused.status_code, refused.json["code"]) == (409, "webhook-endpoints-full")
    first, second = me.get(f"{ENDPOINTS}?limit=6").json, None
    second = me.get(f"{ENDPOINTS}?limit=6&cursor={first['next_cursor']}").json
    assert len(first["data"]) == 6
    assert len(second["data"]) == 4
    assert second["has_more"] is False


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"url": "http://10.0.0.1/x"}, "/url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": "https://user:pw@hooks.example.com/"}, "/url"),
        ({"url": "https://hooks.example.com:22/"}, "/url"),
        ({"url": "x" * 501}, "/url"),
        ({"url": URL, "event_types": []}, "/event_types"),
        ({"url": URL, "event_types": ["record.written"]}, "/event_types/0"),
        ({"url": URL, "event_types": ["score.*"]}, "/event_types/0"),
        ({"url": URL, "status": "enabled"}, "/status"),
        ({"url": URL, "secret": "whsec_mine"}, "/secret"),
        ({"url": URL, "description": "\u202e"}, "/description"),
    ],
)
def test_bad_input_is_named(me: TestCaller, asked: dict[str, Any], pointer: str) -> None:
    refused = me.post(ENDPOINTS, json=asked)
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert me.get(ENDPOINTS).json["data"] == []


@pytest.mark.parametrize("seconds", [-1, 604_801, "x", 1.5, True])
def test_a_bad_overlap_is_named(hooks: Hooks, me: TestCaller, seconds: object) -> None:
    made = hooks.endpoint(URL)
    refused = me.post(f"{ENDPOINTS}/{made['id']}/rotate-secret", json={"overlap_seconds": seconds})
    assert [error["pointer"] for error in refused.json["errors"]] == ["/overlap_seconds"]


def test_a_changed_url_is_looked_at_again(hooks: Hooks, me: TestCaller) -> None:
    made = hooks.endpoint(URL)
    refused = me.request("PATCH", f"{ENDPOINTS}/{made['id']}", json={"url": "https://[::1]/"})
    assert refused.json["errors"][0]["code"] == "webhook-url-refused"
    assert hooks.seen(made)["url"] == URL


def everything(caller: TestCaller, endpoint: str, event: str) -> list[int]:
    """The status of each thing that a caller may try with an endpoint and an event."""
    path, body = f"{ENDPOINTS}/{endpoint}", {"json": {}}
    return [
        caller.get(path).status_code,
        caller.request("PATCH", path, **body).status_code,
        caller.post(f"{path}/rotate-secret", **body).status_code,
        caller.post(f"{path}/test", **body).status_code,
        caller.get(f"/partner/v1/events/{event}").status_code,
        caller.get(f"/partner/v1/events/{event}/deliveries").status_code,
        caller.post(f"/partner/v1/events/{event}/redeliver", **body).status_code,
        caller.post(f"/partner/v1/events/{event}/redeliver", json={"endpoint_id": endpoint}).status_code,
        caller.delete(path).status_code,
    ]


def test_another_partners_endpoints_and_events_are_not_there(hooks: Hooks, app: Flask, session: Session) -> None:
    made, event = hooks.endpoint(URL), hooks.tell()
    stranger = Hooks(app, session)
    theirs = stranger.endpoint(URL)
    assert set(everything(stranger.me, made["id"], event)) == {404}
    own = stranger.tell()
    assert stranger.me.post(f"/partner/v1/events/{own}/redeliver", json={"endpoint_id": made["id"]}).status_code == 404
    assert [row["id"] for row in stranger.me.get(ENDPOINTS).json["data"]] == [theirs["id"]]
    assert hooks.seen(made)["status"] == "enabled"


def test_the_other_modes_are_not_there_either(hooks: Hooks, app: Flask, session: Session) -> None:
    made, event = hooks.endpoint(URL), hooks.tell()
    hooks.me.get(ENDPOINTS)
    client = session.get(OAuthClient, f"client-{hooks.partner_id}")
    assert client is not None
    caller = hooks.me
    client.livemode = True
    session.commit()
    assert set(everything(caller, made["id"], event)) == {404}
    assert caller.get(ENDPOINTS).json["data"] == caller.get("/partner/v1/events").json["data"] == []
    refused = caller.post(ENDPOINTS, json={"url": "http://hooks.example.com/"})
    assert refused.json["errors"][0]["detail"] == "Use https."


def test_a_counter_manages_no_webhooks(hooks: Hooks, app: Flask, session: Session) -> None:
    """A browser at a till holds no secret of its partner's server."""
    made, event = hooks.endpoint(URL), hooks.tell()
    counter = as_counter(app, session, hooks.partner_id)
    assert counter.post(ENDPOINTS, json={"url": URL}).status_code == 403
    statuses = everything(counter, made["id"], event)
    assert statuses == [403, 403, 403, 403, 200, 403, 403, 403, 403]
    narrow = as_partner(app, session, hooks.partner_id, ["partner"])
    assert narrow.get(ENDPOINTS).status_code == 403


def test_a_disabled_endpoint_is_not_tried(hooks: Hooks, me: TestCaller) -> None:
    made, event = hooks.endpoint(URL), hooks.tell()
    me.request("PATCH", f"{ENDPOINTS}/{made['id']}", json={"status": "disabled"})
    for path in (f"{ENDPOINTS}/{made['id']}/test", f"/partner/v1/events/{event}/redeliver"):
        refused = me.post(path, json={})
        assert (refused.status_code, refused.json["code"]) == (409, "webhook-endpoint-disabled")


def test_an_event_without_endpoints_is_in_the_list_all_the_same(hooks: Hooks, me: TestCaller, session: Session) -> None:
    assert partners.get(session, hooks.partner_id)
    event = hooks.tell(date="2026-11-19")
    (told,) = me.get("/partner/v1/events?type=statement.ready").json["data"]
    assert told == me.get(f"/partner/v1/events/{event}").json
    assert told["data"] == {"date": "2026-11-19"}
    assert me.get("/partner/v1/events?type=order.paid").json["data"] == []
    assert hooks.deliveries(event) == []
