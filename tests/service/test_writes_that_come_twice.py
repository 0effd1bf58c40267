"""A write that comes twice happens once: side by side, later, after a restart, in another process, for 72 hours."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import Settings
from app.store import idempotency
from app.web.kit import EXTENSION
from tests.conftest import Clock
from tests.support.onboarding import Merchant, merchant
from tests.support.processes import started
from tests.support.shop import Shop

ORDERS, CONTACTS = "/partner/v1/orders", "/partner/v1/contacts"
SAID = {"contacts": [{"role": "technical", "name": "接口值班", "email": "api@egret.example"}]}
PARALLEL = 8


@pytest.fixture
def process(real_db: Engine, settings: Settings, clock: Clock) -> Iterator[Callable[[], Any]]:
    """Starts one more process of the city."""
    running: list[Any] = []

    def start() -> Any:
        running.append(started(settings, real_db, clock))
        return running[-1]

    yield start
    for app in running:
        app.extensions[EXTENSION].engine.dispose()


def key(value: str = "") -> dict[str, str]:
    return {"Idempotency-Key": value or uuid.uuid4().hex}


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_one_order_comes_of_many_calls_in_two_processes_and_of_one_after_a_restart(
    process: Any, real_db: Engine, clock: Clock
) -> None:
    here, there = process(), process()
    with Session(real_db, expire_on_commit=False) as session:
        shop = merchant(here, session)
        wish = Shop(here, session, partner_id=shop.partner_id).wish()
    headers, body = key(), wish
    callers = [replace(shop, app=app).caller() for app in (here, there) * (PARALLEL // 2)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(lambda caller: caller.post(ORDERS, json=body, headers=headers), callers))
    assert {answer.status_code for answer in answers} <= {201, 409}
    told = {answer.json["id"] for answer in answers if answer.status_code == 201}
    assert len(told) == 1
    assert {refused(answer) for answer in answers if answer.status_code == 409} <= {(409, "idempotency-key-in-use")}
    restarted = replace(shop, app=process()).caller()
    again = restarted.post(ORDERS, json=body, headers=headers)
    assert (again.status_code, again.json["id"], again.headers["Idempotent-Replayed"]) == (201, *told, "true")
    assert refused(restarted.post(ORDERS, json=body | {"title": "另一单"}, headers=headers)) == (
        422, "idempotency-key-reused",
    )  # fmt: skip
    assert [row["id"] for row in restarted.get(ORDERS).json["data"]] == list(told)
    same_number = restarted.post(ORDERS, json=body, headers=key())
    assert (same_number.status_code, same_number.json["id"]) == (200, *told), "its own number names it for ever"


def test_a_refusal_is_kept_over_a_restart_too(process: Any, real_db: Engine) -> None:
    with Session(real_db) as session:
        shop = merchant(process(), session)
    headers, nobodys = key(), f"{ORDERS}/ord_nobody/complete"
    first = shop.caller().post(nobodys, json={"total": 0}, headers=headers)
    again = replace(shop, app=process()).caller().post(nobodys, json={"total": 0}, headers=headers)
    assert [refused(answer) for answer in (first, again)] == [(404, "not-found")] * 2
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json, "its first request id too"


@pytest.fixture
def shop(app: Any, session: Session) -> Merchant:
    return merchant(app, session)


def test_a_key_is_kept_for_72_hours(shop: Merchant, at: Any) -> None:
    headers = key()
    shop.caller().put(CONTACTS, json=SAID, headers=headers)
    at(hours=71, minutes=59)
    assert shop.caller().put(CONTACTS, json=SAID, headers=headers).headers.get("Idempotent-Replayed") == "true"
    at(hours=72, minutes=1)
    after = shop.caller().put(CONTACTS, json=SAID, headers=headers)
    assert (after.status_code, "Idempotent-Replayed" in after.headers) == (200, False)
    assert idempotency.KEPT.total_seconds() == 72 * 3600


def test_a_key_is_the_same_quoted_or_bare_and_each_partners_own(app: Any, session: Session, shop: Merchant) -> None:
    for value in ("abc", '"abc"'):
        answer = shop.caller().put(CONTACTS, json=SAID, headers=key(value))
    assert answer.headers["Idempotent-Replayed"] == "true"
    other = merchant(app, session).caller().put(CONTACTS, json=SAID, headers=key("abc"))
    assert "Idempotent-Replayed" not in other.headers
    elsewhere = shop.caller().put("/partner/v1/version", json={"version": "2026-11-21"}, headers=key("abc"))
    assert (elsewhere.status_code, "Idempotent-Replayed" in elsewhere.headers) == (200, False), "of this path alone"


@pytest.mark.parametrize("value", ["", '""', "x" * 256, "käse", "tab\there"])
def test_no_key_that_we_could_not_keep_is_taken(shop: Merchant, value: str) -> None:
    headers = {"Idempotency-Key": value.encode().decode("latin-1")}
    assert refused(shop.caller().put(CONTACTS, json=SAID, headers=headers)) == (400, "idempotency-key-missing")
    assert shop.caller().get(CONTACTS).json["contacts"] == []


def test_a_list_shows_each_order_once_whatever_is_opened_meanwhile(app: Any, session: Session) -> None:
    shop = Shop(app, session)
    ids = [shop.opened()["id"] for _ in range(5)]
    first = shop.partner.get(f"{ORDERS}?limit=2").json
    new = shop.opened()["id"]
    seen, page = [row["id"] for row in first["data"]], first
    while page["has_more"]:
        page = shop.partner.get(f"{ORDERS}?limit=2&cursor={page['next_cursor']}").json
        seen += [row["id"] for row in page["data"]]
    assert seen == ids[::-1]
    assert shop.partner.get(f"{ORDERS}?limit=1").json["data"][0]["id"] == new


def test_a_request_id_goes_out_as_it_came_in_and_else_is_made(shop: Merchant) -> None:
    said = shop.caller().get("/partner/v1/me", headers={"X-Request-Id": "till-7.0042_x"})
    assert said.headers["X-Request-Id"] == "till-7.0042_x"
    wrong = shop.caller().get("/partner/v1/orders/ord_none", headers={"X-Request-Id": "till-7.0043"})
    assert (wrong.json["request_id"], wrong.headers["X-Request-Id"]) == ("till-7.0043",) * 2
    for odd in ("short", "x" * 65, "a b c d e f", '"><script>'):
        made = shop.caller().get("/partner/v1/me", headers={"X-Request-Id": odd}).headers["X-Request-Id"]
        assert re.fullmatch(r"req_[0-9a-f]{32}", made)


def test_limits_are_counted_for_all_processes_and_over_a_restart(
    real_db: Engine, settings: Settings, clock: Clock
) -> None:
    narrow = replace(settings, limits="order-list-client=3/minute", limit_scale=1)
    apps = [started(narrow, real_db, clock) for _ in range(2)]
    with Session(real_db) as session:
        shop = merchant(apps[0], session)
    codes = [replace(shop, app=app).caller().get(ORDERS).status_code for app in apps * 3]
    restarted = started(narrow, real_db, clock)
    late = replace(shop, app=restarted).caller().get(ORDERS)
    assert (codes.count(200), late.status_code, late.json["violated_policies"]) == (3, 429, ["order-list-client"])
    assert int(late.headers["Retry-After"]) <= 60
    for app in (*apps, restarted):
        app.extensions[EXTENSION].engine.dispose()
