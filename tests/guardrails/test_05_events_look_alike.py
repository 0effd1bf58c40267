"""Guardrail 5: no event tells "not eligible" from "not opted in" from "chose the ordinary way"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.hooks import Hooks
from tests.support.receivers import Received, receiver
from tests.support.shop import BIKE, Shop, bill


def choosing_the_ordinary_way(app: Flask, session: Session) -> Shop:
    """Someone whose score would do, and who says that they want none of it."""
    shop = Shop(app, session)
    answer = shop.me.put(f"/citizen/v1/scenarios/{BIKE}/preference", json={"path": "standard"})
    assert answer.status_code == 200, answer.text
    return shop


PEOPLE = {
    "not eligible": lambda app, session: Shop(app, session, score=1),
    "not opted in": lambda app, session: Shop(app, session, score=None),
    "chose the ordinary way": choosing_the_ordinary_way,
}


def walked(shop: Shop) -> None:
    """A whole order, on the ordinary way: opened, confirmed, completed, paid."""
    order = shop.running("standard")
    assert shop.theirs(order, "complete", **bill(300)).status_code == 200
    assert shop.mine(order, "pay").status_code == 200


def blotted(text: bytes) -> bytes:
    """Without what differs between any two orders: ids, times and signatures."""
    for pattern in (rb"(pev|ord|whe)_[0-9a-f]{32}", rb"\d{4}-\d\d-\d\dT[0-9:.+]+"):
        text = re.sub(pattern, b"#", text)
    return text


def said(came: list[Received]) -> Iterator[tuple[list[str], bytes]]:
    for one in sorted(came, key=lambda one: str(one.json["id"])):
        yield sorted(one.headers), blotted(one.body)


@pytest.fixture
def heard(app: Flask, session: Session) -> dict[str, Any]:
    """Who it was → the list of events and the webhooks, blotted."""
    found: dict[str, Any] = {}
    for who, make in PEOPLE.items():
        with receiver() as made:
            shop = make(app, session)
            hooks = Hooks(app, session, partner_id=shop.partner_id)
            hooks.endpoint(made.url)
            walked(shop)
            hooks.deliver()
            found[who] = blotted(shop.partner.get("/partner/v1/events").data), list(said(made.received))
    return found


def test_the_events_of_every_kind_of_standard_are_the_same_bytes(heard: dict[str, Any]) -> None:
    listed, came = heard["not eligible"]
    assert len(came) == 4
    assert heard["not opted in"] == heard["chose the ordinary way"] == (listed, came)


def test_no_event_names_the_way_that_was_chosen(heard: dict[str, Any]) -> None:
    text = repr(heard)
    for word in ("credit", "standard", "score", "grade", "reason_code"):
        assert word not in text, word
