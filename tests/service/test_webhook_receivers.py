"""Receivers as the world has them: one that hangs, drips, floods or speaks nonsense is in nobody else's way."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import courier
from app.services.webhook_post import ANSWER_MOST, Postman
from tests.support.hooks import Hooks
from tests.support.receivers import Handler, Request, hanging, receiver


@pytest.fixture
def hooks(app: Flask, session: Session) -> Hooks:
    return Hooks(app, session)


def test_a_hanging_endpoint_delays_no_other(hooks: Hooks) -> None:
    """It holds one seat; a hundred events reach the good receiver while it hangs."""
    with hanging() as (stuck, let_go), receiver() as good:
        hooks.endpoint(stuck.url)
        hooks.endpoint(good.url)
        events = [hooks.tell(date=f"2026-01-{day % 28 + 1:02}") for day in range(100)]
        made = hooks.courier()
        while len(good.received) < 100:
            made.round()
            time.sleep(0.001)
        assert sorted(set(good.ids)) == sorted(events)
        assert len(good.received) == 100
        assert len(stuck.received) == 1, "one post is under way until the first went well"
        let_go.set()
        made.deliver()
        assert sorted(stuck.ids) == sorted(events)


def test_one_partners_slow_receivers_leave_seats_to_the_others(
    app: Flask, session: Session, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They answer well, only late: they fail nothing, and would hold every seat."""
    monkeypatch.setattr(courier, "SEATS", 8)
    monkeypatch.setattr(courier, "SEATS_OF_ONE", 4)
    with hanging() as (stuck, let_go), receiver() as good:
        for _ in range(9):
            hooks.endpoint(stuck.url)
        hooks.tell()
        other = Hooks(app, session)
        other.endpoint(good.url)
        event, made = other.tell(), other.courier()
        while not good.received:
            made.round()
            time.sleep(0.001)
        assert good.ids == [event]
        assert len(made.under_way) <= 5
        let_go.set()
        made.deliver()
        assert len(stuck.received) == 9


def drip(request: Request) -> None:
    """An answer whose body comes byte by byte, for ever."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b"x")
        time.sleep(0.01)


def drip_headers(request: Request) -> None:
    """An answer that never gets to its body."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        request.wfile.write(f"x-{number}: y\r\n".encode())
        time.sleep(0.01)


@pytest.mark.parametrize("handler", [drip, drip_headers])
def test_a_receiver_that_drips_is_cut_off_as_a_whole(hooks: Hooks, handler: Handler) -> None:
    with receiver(handler) as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver(Postman(seconds=0.2))
    (delivery,) = hooks.deliveries(event)
    assert [attempt["error"] for attempt in delivery["attempts"]] == ["timeout"]
    assert delivery["attempts"][0]["ms"] < 2000


def test_of_an_endless_answer_a_little_is_read(hooks: Hooks) -> None:
    wrote: list[int] = []

    def flood(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while len(wrote) < 10_000:
                request.wfile.write(b"x" * 65_536)
                wrote.append(1)
        except OSError:
            pass

    with receiver(flood) as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
    assert [delivery["status"] for delivery in hooks.deliveries(event)] == ["delivered"]
    assert len(wrote) < 10_000
    assert ANSWER_MOST < 65_536


def endless_beginnings(request: Request) -> None:
    """For ever about to answer: each line would be read and thrown away, at the full speed of the network."""
    _without_end(request, b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


def endless_head(request: Request) -> None:
    """A head of some megabytes, of which each line is as long as it may be."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _without_end(request, b"x: " + b"y" * 60_000 + b"\r\n")


def _without_end(request: Request, part: bytes) -> None:
    with suppress(OSError):
        while True:
            request.wfile.write(part)


@pytest.mark.parametrize("handler", [endless_beginnings, endless_head])
def test_an_answer_that_never_begins_costs_little(hooks: Hooks, handler: Handler) -> None:
    """No memory, and no processor for the fifteen seconds that an attempt has."""
    with receiver(handler) as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
    (attempt,) = hooks.deliveries(event)[0]["attempts"]
    assert attempt["error"] == "answer"


def nonsense(request: Request) -> None:
    request.wfile.write(b"220 smtp.example.com ESMTP\r\n")
    request.close_connection = True


def test_a_server_that_speaks_no_http_is_an_attempt_that_failed(hooks: Hooks) -> None:
    with receiver(nonsense) as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
    assert hooks.deliveries(event)[0]["attempts"][0]["error"] == "answer"


def test_nobody_there_is_an_attempt_that_failed(hooks: Hooks) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
    event = hooks.tell()
    hooks.deliver()
    assert hooks.deliveries(event)[0]["attempts"][0]["error"] == "connection"
