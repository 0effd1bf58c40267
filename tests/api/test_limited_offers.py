"""Limited offers: a day's quota, first come, first served; who finds none has the ordinary way, as ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.web.kit import EXTENSION
from tests.support.checks import World, same_but_ids
from tests.support.limited import FERRY, Tight, TightShelf
from tests.support.sandbox import Sandbox
from tests.support.shop import Shop


@pytest.fixture
def daily(app: Flask) -> Callable[[int], None]:
    """Let the ferry have so many seats a day."""

    def set_to(places: int) -> None:
        kit = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(kit, offers=TightShelf(Tight(kit.registry, places)))

    return set_to


def seat(shop: Shop, **changes: Any) -> str:
    """An order for a seat, which awaits its citizen."""
    now = shop.kit.clock()
    usual = {
        "scenario": FERRY,
        "amount": 0,
        "start_at": (now + timedelta(hours=20)).isoformat(),
        "service_end_by": (now + timedelta(days=1)).isoformat(),
    }
    return str(shop.opened(**usual | changes)["id"])


def shops(app: Flask, session: Session, many: int) -> list[Shop]:
    """One ferry line, and so many citizens at its counter."""
    first = Shop(app, session, scenarios=(FERRY,))
    return [first, *(Shop(app, session, partner_id=first.partner_id) for _ in range(many - 1))]


def left(shop: Shop) -> int:
    return int(shop.me.get(f"/citizen/v1/scenarios/{FERRY}").json["left_today"])


def test_the_citizen_sees_how_many_are_left_and_the_last_one_goes(
    app: Flask, session: Session, daily: Callable[[int], None]
) -> None:
    daily(1)
    one, other = shops(app, session, 2)
    mine, theirs = seat(one), seat(other)
    assert one.me.get(f"/citizen/v1/orders/{mine}").json["left_today"] == left(one) == 1
    assert one.mine(mine, "confirm", path="credit").status_code == 200
    waiting = other.me.get(f"/citizen/v1/orders/{theirs}").json
    assert (waiting["left_today"], waiting["paths"]) == (0, ["standard"])
    full = other.mine(theirs, "confirm", path="credit")
    assert (full.status_code, full.json["code"]) == (409, "offer-full-today")
    assert full.json["allowed_actions"] == ["confirm", "decline", "cancel"]
    assert other.mine(theirs, "confirm", path="standard").json["path"] == "standard"


def test_the_list_of_scenarios_tells_it_too_and_nothing_of_offers_without_limit(
    app: Flask, session: Session, daily: Callable[[int], None]
) -> None:
    daily(7)
    shop = Shop(app, session)
    told = {row["code"]: row.get("left_today") for row in shop.me.get("/citizen/v1/scenarios?limit=100").json["data"]}
    assert told[FERRY] == 7
    assert {number for code, number in told.items() if code != FERRY} == {None}


def test_the_partner_learns_nothing_of_it(app: Flask, session: Session, daily: Callable[[int], None]) -> None:
    """Its answer to a check, and an order on the ordinary way, read the same on a full day as on any."""
    daily(1)
    world = World(app, session)
    one, other, third = shops(app, session, 3)
    before = same_but_ids(world.check(one.partner, other.citizen_id, FERRY))
    taken = seat(one)
    one.mine(taken, "confirm", path="credit")
    assert same_but_ids(world.check(one.partner, other.citizen_id, FERRY)) == before
    orders = []
    for shop in (other, third):
        order_id = seat(shop, external_order_no=f"F-{shop.citizen_id[-8:]}")
        shop.mine(order_id, "confirm", path="credit") if shop is other else None
        shop.mine(order_id, "confirm", path="standard")
        orders.append(shop.seen(order_id))
    own = dict.fromkeys(("id", "external_order_no", "citizen_ref", "scan_id"))
    assert orders[0] | own == orders[1] | own
    assert not [name for name in orders[0] if "left" in name or "quota" in name]


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_a_place_is_given_back_before_the_start(
    app: Flask, session: Session, daily: Callable[[int], None], who: str
) -> None:
    daily(1)
    one, other = shops(app, session, 2)
    order_id = seat(one)
    one.mine(order_id, "confirm", path="credit")
    assert left(one) == 0
    cancel = one.mine(order_id, "cancel") if who == "mine" else one.theirs(order_id, "cancel", reason_code="mistake")
    assert (cancel.status_code, left(one)) == (200, 1)
    assert other.mine(seat(other), "confirm", path="credit").status_code == 200


def test_and_not_after_it(
    app: Flask, session: Session, daily: Callable[[int], None], at: Callable[..., object]
) -> None:
    daily(1)
    shop = shops(app, session, 1)[0]
    order_id = seat(shop, start_at=(shop.kit.clock() + timedelta(hours=1)).isoformat())
    shop.mine(order_id, "confirm", path="credit")
    at(hours=2)
    assert shop.theirs(order_id, "cancel", reason_code="not_available").status_code == 200
    assert left(shop) == 0


def test_the_ordinary_way_takes_no_place(app: Flask, session: Session, daily: Callable[[int], None]) -> None:
    daily(1)
    shop = shops(app, session, 1)[0]
    shop.mine(seat(shop), "confirm", path="standard")
    assert left(shop) == 1


def test_midnight_in_shanghai_begins_anew(
    app: Flask, session: Session, daily: Callable[[int], None], at: Callable[..., object]
) -> None:
    """The tests' clock stands at noon in Shanghai."""
    daily(1)
    one, other = shops(app, session, 2)
    one.mine(seat(one), "confirm", path="credit")
    order_id = seat(other, confirm_by=(other.kit.clock() + timedelta(hours=13)).isoformat())
    at(hours=11, minutes=59)
    assert other.mine(order_id, "confirm", path="credit").json["code"] == "offer-full-today"
    at(minutes=1)
    assert other.mine(order_id, "confirm", path="credit").status_code == 200


def test_a_sandbox_never_takes_a_persons_place(app: Flask, session: Session, daily: Callable[[int], None]) -> None:
    """A test citizen has a room of its own, where the sandbox's partner can see a full day too."""
    daily(1)
    shop = shops(app, session, 1)[0]
    box = Sandbox(app, session, scenarios=(FERRY,))
    start, end = ((box.now() + timedelta(hours=hours)).isoformat() for hours in (20, 24))
    wish = {"scenario": FERRY, "amount": 0, "start_at": start, "service_end_by": end}
    made = [box.order(**wish)["id"] for _ in range(2)]
    assert box.simulate(made[0], "confirm").json["status"] == "active"
    assert box.simulate(made[1], "confirm").json["code"] == "offer-full-today"
    assert left(shop) == 1
    assert shop.mine(seat(shop), "confirm", path="credit").status_code == 200
