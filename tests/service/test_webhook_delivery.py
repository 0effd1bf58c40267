"""Delivery of webhooks: tried by the schedule, never twice by us without need, never in another's way."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook

from app.domain.webhook import SCHEDULE, signed_text
from app.services.cleaning import clean
from app.store import partners
from app.store.partner_events import PartnerEvent
from app.store.webhook_deliveries import WebhookDelivery
from app.store.webhooks import WebhookEndpoint
from tests.conftest import Clock
from tests.support.hooks import ENDPOINTS, Hooks
from tests.support.receivers import answering, receiver, well


@pytest.fixture
def hooks(app: Flask, session: Session) -> Hooks:
    return Hooks(app, session)


def statuses(hooks: Hooks, event: str) -> list[str]:
    return [delivery["status"] for delivery in hooks.deliveries(event)]


def test_an_event_comes_signed_by_both_keys(hooks: Hooks, clock: Clock) -> None:
    clock.moment = datetime.now(UTC)  # the library compares with the clock of this machine
    with receiver() as made:
        endpoint = hooks.endpoint(made.url)
        event = hooks.tell(date="2026-11-20")
        assert hooks.deliver() == 1
        (came,) = made.received
    said = Webhook(endpoint["secret"]).verify(came.body, came.headers)
    assert said["type"] == "statement.ready"
    assert said["data"] == {"date": "2026-11-20"}
    assert came.headers["webhook-id"] == event
    assert came.headers["content-type"] == "application/json"
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(endpoint["public_key"].removeprefix("whpk_")))
    v1a = next(part for part in came.headers["webhook-signature"].split(" ") if part.startswith("v1a,"))
    text = signed_text(event, int(came.headers["webhook-timestamp"]), came.body)
    public.verify(base64.b64decode(v1a.removeprefix("v1a,")), text)
    (delivery,) = hooks.deliveries(event)
    assert delivery["status"] == "delivered"
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [204]
    assert hooks.deliver() == 0, "and once"


def test_each_endpoint_gets_the_types_that_it_chose(hooks: Hooks) -> None:
    with receiver() as all_of_them, receiver() as some:
        hooks.endpoint(all_of_them.url)
        hooks.endpoint(some.url, event_types=["order.paid"])
        paid, ready = hooks.tell("order.paid", status="completed"), hooks.tell()
        hooks.deliver()
        assert sorted(all_of_them.ids) == sorted([paid, ready])
        assert some.ids == [paid]


def test_ten_attempts_by_the_schedule_then_it_is_the_partners_to_ask(hooks: Hooks, clock: Clock) -> None:
    with receiver(answering(500)) as made:
        hooks.endpoint(made.url, event_types=["statement.ready"])
        event = hooks.tell()
        for attempt, wait in enumerate(SCHEDULE):
            if wait:
                clock.advance(seconds=wait.total_seconds() - 1)
                assert hooks.deliver() == 0, f"attempt {attempt} came early"
                clock.advance(seconds=1)
            assert hooks.deliver() == 1
        clock.advance(days=3)
        assert hooks.deliver() == 0
        assert len(set(made.ids)) == 1, "the same webhook-id each time"
        times = {one.headers["webhook-timestamp"] for one in made.received}
        assert len(times) == len({one.headers["webhook-signature"] for one in made.received}) == 10
        (delivery,) = hooks.deliveries(event)
        assert delivery["status"] == "failed"
        assert [attempt["error"] for attempt in delivery["attempts"]] == ["status"] * 10
        made.handler = well
        answer = hooks.me.post(f"/partner/v1/events/{event}/redeliver", json={})
        assert answer.status_code == 202
        assert hooks.deliver() == 1
        assert statuses(hooks, event) == ["failed", "delivered"]
        assert hooks.deliveries(event)[1]["manual"] is True


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(hooks: Hooks, status: int) -> None:
    with receiver(answering(status)) as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
    assert statuses(hooks, event) == ["delivered"]


def test_410_disables_the_endpoint_and_the_others_hear_of_it(hooks: Hooks) -> None:
    with receiver(answering(410)) as gone, receiver() as other:
        endpoint = hooks.endpoint(gone.url, event_types=["statement.ready", "endpoint.disabled"])
        hooks.endpoint(other.url)
        first, second = hooks.tell(), hooks.tell(date="2026-11-19")
        hooks.deliver()
        seen = hooks.seen(endpoint)
        assert (seen["status"], seen["disabled_because"]) == ("disabled", "gone")
        assert len(gone.received) == 1
        told = [one.json for one in other.received if one.json["type"] == "endpoint.disabled"]
        assert [one["data"] for one in told] == [{"endpoint_id": endpoint["id"], "status": "disabled"}]
        ended = {one["status"] for event in (first, second) for one in hooks.deliveries(event)}
        assert ended == {"failed", "canceled", "delivered"}
        gone.handler = well
        hooks.me.request("PATCH", f"{ENDPOINTS}/{endpoint['id']}", json={"status": "enabled"})
        hooks.me.post(f"/partner/v1/events/{first}/redeliver", json={"endpoint_id": endpoint["id"]})
        hooks.deliver()
        assert gone.ids[1:] == [first], "what it missed it asks for"


@pytest.mark.parametrize("status", [429, 502, 504])
def test_an_endpoint_that_is_overloaded_is_left_alone_for_longer_each_time(
    hooks: Hooks, clock: Clock, status: int
) -> None:
    with receiver(answering(status)) as made:
        hooks.endpoint(made.url)
        hooks.tell()
        hooks.deliver()
        hooks.tell(date="2026-11-19")
        clock.advance(seconds=59)
        assert hooks.deliver() == 0, "nor is the next event put upon it"
        clock.advance(seconds=1)
        assert hooks.deliver() == 1
        clock.advance(seconds=119)
        assert hooks.deliver() == 0
        clock.advance(seconds=1)
        made.handler = well
        assert hooks.deliver() == 2
        assert hooks.deliver() == 0


def test_retry_after_is_obeyed_and_bounded(hooks: Hooks, clock: Clock) -> None:
    with receiver(answering(503, Retry_After="7200")) as made:
        endpoint = hooks.endpoint(made.url)
        hooks.tell()
        hooks.deliver()
        assert hooks.seen(endpoint)["paused_until"] == (clock() + timedelta(hours=2)).isoformat()
        clock.advance(seconds=7199)
        assert hooks.deliver() == 0
        clock.advance(seconds=1)
        made.handler = answering(503, Retry_After="9" * 30)
        hooks.deliver()
        assert hooks.seen(endpoint)["paused_until"] == (clock() + timedelta(days=1)).isoformat()


def test_after_a_day_of_failure_it_is_told_and_after_five_the_endpoint_is_disabled(hooks: Hooks, clock: Clock) -> None:
    with receiver(answering(500)) as dead, receiver() as other:
        endpoint = hooks.endpoint(dead.url, event_types=["statement.ready"])
        hooks.endpoint(other.url, event_types=["endpoint.failing", "endpoint.disabled"])
        started = clock()
        hooks.tell()
        while hooks.seen(endpoint)["status"] == "enabled":
            hooks.deliver()
            clock.advance(hours=4)
            if clock().hour == 0:
                hooks.tell(date=clock().date().isoformat())
            assert clock() - started < timedelta(days=6)
        assert clock() - started > timedelta(days=5)
        hooks.deliver()
        assert [one.json["type"] for one in other.received] == ["endpoint.failing", "endpoint.disabled"]
        assert hooks.seen(endpoint)["failing_since"] == started.isoformat()
        came = len(dead.received)
        hooks.tell()
        clock.advance(days=1)
        hooks.deliver()
        assert len(dead.received) == came


def test_one_success_forgives_all(hooks: Hooks, clock: Clock) -> None:
    with receiver(answering(500)) as made:
        endpoint = hooks.endpoint(made.url)
        hooks.tell()
        hooks.deliver()
        assert "failing_since" in hooks.seen(endpoint)
        made.handler = well
        clock.advance(seconds=5)
        hooks.deliver()
        assert "failing_since" not in hooks.seen(endpoint)


def test_a_suspended_partner_is_told_nothing_until_it_serves_again(hooks: Hooks, session: Session) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        partner = partners.get(session, hooks.partner_id)
        assert partner is not None
        partner.status = "suspended"
        session.commit()
        assert hooks.deliver() == 0
        partner.status = "active"
        session.commit()
        assert hooks.deliver() == 1
        assert made.ids == [event]


def test_a_deleted_endpoint_is_tried_no_more(hooks: Hooks, clock: Clock) -> None:
    with receiver(answering(500)) as made:
        endpoint = hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
        hooks.me.delete(f"{ENDPOINTS}/{endpoint['id']}")
        clock.advance(hours=1)
        assert hooks.deliver() == 0
        assert hooks.deliveries(event) == []


def test_an_endpoint_that_is_deleted_in_mid_attempt_leaves_nothing(hooks: Hooks) -> None:
    for handler in (well, answering(500)):
        with receiver(handler) as made:
            endpoint = hooks.endpoint(made.url)
            hooks.tell()
            courier = hooks.courier()
            assert courier._start() == 1
            hooks.me.delete(f"{ENDPOINTS}/{endpoint['id']}")
            assert courier._settle(waiting=True) == 1
            assert hooks.session.scalars(select(WebhookDelivery)).all() == []


def test_a_retry_after_new_keys_is_signed_by_both_and_after_the_overlap_by_the_new(hooks: Hooks, clock: Clock) -> None:
    clock.moment = datetime.now(UTC)
    with receiver(answering(500)) as made:
        old = hooks.endpoint(made.url)
        hooks.tell()
        hooks.deliver()
        new = hooks.me.post(f"{ENDPOINTS}/{old['id']}/rotate-secret", json={"overlap_seconds": 60}).json
        clock.advance(seconds=5)
        hooks.deliver()
        for keys in (old, new):
            Webhook(keys["secret"]).verify(made.received[1].body, made.received[1].headers)
        clock.advance(seconds=300)
        hooks.deliver()
        assert len(made.received[2].headers["webhook-signature"].split(" ")) == 2
        clean(hooks.session, clock())
        row = hooks.session.scalars(select(WebhookEndpoint)).one()
        assert (row.sealed_old_keys, row.old_public_key) == (None, None), "what signs no more is not kept"


def test_asked_for_again_and_again_it_goes_once_more(hooks: Hooks) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
        for _ in range(5):
            assert hooks.me.post(f"/partner/v1/events/{event}/redeliver", json={}).status_code == 202
        hooks.deliver()
        assert made.ids == [event, event]


def test_a_clock_that_jumps_back_stops_nothing(hooks: Hooks, clock: Clock) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        clock.advance(days=-2)
        hooks.tell()
        clock.advance(days=-1)
        assert hooks.deliver() == 1
        assert len(made.received) == 1


def test_what_is_nobodys_to_hear_any_more_is_forgotten(hooks: Hooks, session: Session, clock: Clock) -> None:
    hooks.endpoint("https://hooks.example.com/")
    hooks.tell()
    clock.advance(days=30)
    clean(session, clock())
    assert session.scalars(select(PartnerEvent)).all() == []
    assert session.scalars(select(WebhookDelivery)).all() == []


def test_a_trial_goes_to_its_endpoint_alone(hooks: Hooks) -> None:
    with receiver() as made, receiver() as other:
        endpoint = hooks.endpoint(made.url, event_types=["order.paid"])
        hooks.endpoint(other.url)
        event = hooks.me.post(f"{ENDPOINTS}/{endpoint['id']}/test", json={}).json
        hooks.deliver()
        assert made.ids == [event["id"]]
        assert other.ids == []
        assert made.received[0].json["type"] == "endpoint.test"


def test_the_courier_runs_beside_the_worker_and_stops_when_asked(hooks: Hooks) -> None:
    stop = Event()
    courier = hooks.courier()
    thread = Thread(target=courier.run, args=(stop,))
    stop.set()
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
