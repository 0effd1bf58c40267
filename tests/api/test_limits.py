"""Limits per client, subject and address (quality.md, line 22): told in headers, named in the refusal, over in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import SettingsError
from app.factory import create_app
from app.store import partners
from app.web.kit import EXTENSION
from app.web.limit_policies import QUOTAS, SUBJECT, policies
from tests.architecture.source import ROOT
from tests.support.callers import TestCaller, as_citizen, as_partner
from tests.support.limits import ELSEWHERE, HERE, limit, placed
from tests.support.people import make_citizen

SCAN = "/partner/v1/card-scans"
SCORE = "/citizen/v1/score"
EXCHANGE = "/citizen/v1/name-card/exchanges"
PAIR = "/partner/v1/counter-devices"
CODE = {"code": "A" * 22}


def person(app: Flask, session: Session, serial: int) -> TestCaller:
    kit = app.extensions[EXTENSION]
    return as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=serial))


def shop(app: Flask, session: Session, scopes: list[str] | None = None) -> TestCaller:
    now = app.extensions[EXTENSION].clock()
    row = partners.add(session, name_zh="店", name_en="Shop", scenarios=["xm-bike-rental"], livemode=False, now=now)
    return as_partner(app, session, row.id, scopes)


def pair(client: FlaskClient, **options: object) -> int:
    """Try a pairing link that does not exist; the status."""
    jwk = dict.fromkeys(("kty", "crv", "x", "y"), "x")
    return client.post(PAIR, json={"token": "none", "jwk": jwk}, **options).status_code


def test_22_a_client_is_told_where_it_stands_and_stopped_where_it_ends(app: Flask, session: Session) -> None:
    limit(app, card_scan_client="2/minute", card_scan_address="9/minute")
    partner = shop(app, session)
    first, second, third = (partner.post(SCAN, json=CODE) for _ in range(3))
    assert (first.status_code, second.status_code, third.status_code) == (409, 409, 429)
    assert first.headers["RateLimit-Policy"] == '"card-scan-client";q=2;w=60, "card-scan-address";q=9;w=60'
    assert first.headers["RateLimit"] == '"card-scan-client";r=1;t=60, "card-scan-address";r=8;t=60'
    assert '"card-scan-client";r=0;t=60' in third.headers["RateLimit"]
    assert third.headers["Retry-After"] == "60"
    assert "Retry-After" not in second.headers


def test_22_the_refusal_names_its_policy(app: Flask, session: Session) -> None:
    limit(app, card_scan_client="1/minute")
    partner = shop(app, session)
    partner.post(SCAN, json=CODE)
    answer = partner.post(SCAN, json=CODE, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.json is not None
    assert (answer.json["code"], answer.json["retryable"]) == ("too-many-requests", True)
    assert answer.json["violated_policies"] == ["card-scan-client"]
    assert answer.json["detail"] == "The limit card-scan-client is reached; try again in 60 seconds."


def test_22_one_client_uses_up_nothing_of_another(app: Flask, session: Session) -> None:
    limit(app, card_scan_client="1/minute")
    greedy, other = shop(app, session), shop(app, session)
    assert [greedy.post(SCAN, json=CODE).status_code for _ in range(3)] == [409, 429, 429]
    assert other.post(SCAN, json=CODE).status_code == 409


def test_22_a_person_is_counted_by_themselves_wherever_they_are(app: Flask, session: Session) -> None:
    limit(app, score_read_subject="2/minute")
    lin, wang = person(app, session, 811), person(app, session, 812)
    assert [lin.get(SCORE, **placed(where)).status_code for where in (HERE, ELSEWHERE, HERE)] == [404, 404, 429]
    assert lin.get("/citizen/v1/home", **placed(HERE)).status_code == 429
    assert wang.get(SCORE, **placed(HERE)).status_code == 404


def test_22_a_partner_is_counted_for_each_citizen_it_asks_about(app: Flask, session: Session) -> None:
    limit(app, shared_score_subject="1/hour")
    partner, other = shop(app, session), shop(app, session)
    one, two = (f"/partner/v1/citizens/ctz_{ref}/score" for ref in ("one", "two"))
    assert [partner.get(path).status_code for path in (one, one, two)] == [404, 429, 404]
    assert other.get(one).status_code == 404


@pytest.mark.parametrize(
    ("room", "method", "path", "body"),
    [
        ("data-export", "POST", "/citizen/v1/data-exports", {}),
        ("correction", "POST", "/citizen/v1/corrections", {}),
        ("remedy", "POST", "/citizen/v1/records/rec_none/disputes", {}),
        ("leaving", "GET", "/citizen/v1/leaving", None),
        ("enrolment", "POST", "/citizen/v1/enrolment", {}),
        ("card-code", "POST", "/citizen/v1/name-card/codes.png", {"purpose": "check"}),
        ("held-cards", "GET", "/citizen/v1/name-cards", None),
        ("held-cards", "GET", "/citizen/v1/name-cards/hcd_none", None),
    ],
)
def test_22_what_costs_much_or_tells_another_is_counted_by_who_asks(
    app: Flask, session: Session, room: str, method: str, path: str, body: object
) -> None:
    limit(app, **{f"{room}-subject": "1/hour"})
    lin, wang = person(app, session, 811), person(app, session, 812)
    sent = {"json": body} if body is not None else {}
    first, second = (lin.request(method, path, **sent) for _ in range(2))
    assert (first.status_code == 429, second.status_code) == (False, 429)
    assert second.json is not None
    assert second.json["violated_policies"] == [f"{room}-subject"]
    assert wang.request(method, path, **sent).status_code == first.status_code


def test_22_no_partner_fills_a_citizens_log_by_looking_again_and_again(app: Flask, session: Session) -> None:
    limit(app, look_subject="1/hour", order_list_client="1/minute")
    partner, other = shop(app, session), shop(app, session)
    order, check, orders = "/partner/v1/orders/ord_1", "/partner/v1/eligibility-checks/dec_1", "/partner/v1/orders"
    assert [partner.get(path).status_code for path in (order, f"{order}/transitions", f"{order}2")] == [404, 429, 404]
    assert [partner.get(path).status_code for path in (check, check, orders, orders)] == [404, 429, 200, 429]
    assert partner.post(f"{order}/cancel", json={"reason": "x"}).status_code != 429, "what must be done is done"
    assert other.get(order).status_code == 404


def test_22_no_partner_hammers_one_order(app: Flask, session: Session) -> None:
    limit(app, order_subject="1/minute")
    partner = shop(app, session)
    tries = [f"/partner/v1/orders/{order}/cancel" for order in ("ord_1", "ord_1", "ord_2")]
    first, second, third = (partner.post(path, json={}).status_code for path in tries)
    assert (second, first, third) == (429, third, third)


def test_22_an_address_is_counted_and_other_addresses_go_on(app: Flask, session: Session) -> None:
    limit(app, card_exchange_address="2/minute")
    lin, wang = person(app, session, 811), person(app, session, 812)
    tries = [caller.post(EXCHANGE, json=CODE, **placed(HERE)).status_code for caller in (lin, wang, lin, wang)]
    assert tries == [409, 409, 429, 429]
    assert lin.post(EXCHANGE, json=CODE, **placed(ELSEWHERE)).status_code == 409


def test_22_a_lock_ends_when_it_said_and_asking_does_not_prolong_it(
    app: Flask, session: Session, at: Callable[..., object]
) -> None:
    limit(app, score_read_subject="2/minute")
    lin = person(app, session, 811)
    lin.get(SCORE)
    at(seconds=20)
    lin.get(SCORE)
    said = [(lin.get(SCORE).headers["Retry-After"], at(seconds=13)) for _ in range(4)]
    assert [wait for wait, _ in said] == ["40", "27", "14", "1"]
    assert [lin.get(SCORE).status_code for _ in range(3)] == [404, 404, 429]


def test_22_a_repeat_of_a_refused_write_is_done_when_the_limit_is_over(
    app: Flask, session: Session, at: Callable[..., object]
) -> None:
    limit(app, card_scan_client="1/minute")
    partner = shop(app, session)
    partner.post(SCAN, json=CODE)
    key = {"Idempotency-Key": "k-1"}
    assert partner.post(SCAN, json=CODE, headers=key).status_code == 429
    at(seconds=60)
    answer = partner.post(SCAN, json=CODE, headers=key)
    assert (answer.status_code, "Idempotent-Replayed" in answer.headers) == (409, False)


def test_22_who_lacks_the_right_uses_up_nothing(app: Flask, session: Session) -> None:
    limit(app, card_scan_client="1/minute")
    narrow = shop(app, session, ["partner"])
    answers = [narrow.post(SCAN, json=CODE) for _ in range(3)]
    assert [(answer.status_code, "RateLimit" in answer.headers) for answer in answers] == [(403, False)] * 3


def test_22_a_household_of_ipv6_is_one_address(app: Flask, client: FlaskClient) -> None:
    limit(app, pairing_address="2/minute")
    house, neighbour = "2001:db8:0:1::", "2001:db8:0:2::"
    tries = [pair(client, **placed(house + str(host))) for host in (1, 2, 3)]
    assert tries[2] == 429 != tries[0] == tries[1]
    assert pair(client, **placed(neighbour + "1")) == tries[0]
    assert pair(client, **placed("::ffff:" + HERE)) == pair(client, **placed(HERE)) == tries[0]
    assert pair(client, **placed(HERE)) == 429


def test_22_without_a_known_address_no_city_is_locked_out(app: Flask, client: FlaskClient) -> None:
    """Behind a socket file everyone would be one address."""
    limit(app, pairing_address="1/minute")
    assert 429 not in [pair(client, **placed(unknown)) for unknown in ("", "", "unix:", "unix:")]


def test_22_a_forwarded_address_is_believed_of_a_trusted_proxy_only(app: Flask, client: FlaskClient) -> None:
    limit(app, pairing_address="1/minute")
    spoofed = [pair(client, headers={"X-Forwarded-For": f"192.0.2.{host}"}, **placed(HERE)) for host in range(3)]
    assert spoofed[1:] == [429, 429]


def test_22_behind_a_proxy_only_what_it_wrote_itself_counts(app: Flask) -> None:
    kit = limit(app, pairing_address="1/minute")
    settings = replace(kit.settings, trusted_proxies=1, limits="pairing-address=1/minute", limit_scale=1)
    behind = create_app(kit=replace(kit, settings=settings)).test_client()
    tries = [
        pair(behind, headers={"X-Forwarded-For": f"192.0.2.{host}, {real}"}, **placed("127.0.0.1"))
        for host, real in enumerate((HERE, HERE, ELSEWHERE, HERE))
    ]
    assert (tries[0] != 429, tries[1], tries[2] != 429, tries[3]) == (True, 429, True, 429)


def test_22_the_counters_name_nobody(app: Flask, session: Session) -> None:
    limit(app, score_read_subject="5/minute")
    lin = person(app, session, 811)
    before = set(session.execute(text("select * from limit_counters")))
    lin.get(SCORE, **placed(HERE))
    kept = set(session.execute(text("select * from limit_counters"))) - before
    assert len(kept) == 2
    assert all(len(row.key) == 64 and int(row.key, 16) for row in kept)
    assert session.scalar(text("select relpersistence from pg_class where relname = 'limit_counters'")) in ("u", b"u")


@pytest.mark.parametrize(
    "broken", ["token-nobody=1/minute", "token-client=lots", "token-client=1/month", "token-client"]
)
def test_22_a_limit_that_is_not_one_stops_the_start(app: Flask, broken: str) -> None:
    kit = app.extensions[EXTENSION]
    with pytest.raises(SettingsError, match=r"XINYI_LIMITS"):
        create_app(kit=replace(kit, settings=replace(kit.settings, limits=broken)))


@pytest.mark.parametrize("room", ["look", "shared-score", "held-cards", "report-look"])
def test_22_what_writes_into_anothers_log_is_counted_by_the_hour(room: str) -> None:
    """By the minute, whoever may look at all would bury the looks that mean something."""
    (policy,) = [policy for policy in policies("", 1)[room] if policy.per == SUBJECT]
    assert (policy.item.get_expiry(), policy.item.amount <= 240) == (3600, True)


def test_22_operations_names_each_room_and_every_quota_of_it() -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = [line for line in told.splitlines() if line.startswith("| `")]
    rows = {room: line for line in table for room in QUOTAS if f"`{room}`" in line}
    assert set(rows) == set(QUOTAS)
    for room, quotas in QUOTAS.items():
        for quota in quotas.values():
            said = rf"\b{quota.split('/')[0]} (a minute|in ten minutes|an hour|a day)"
            assert re.search(said, rows[room]), (room, quota)
