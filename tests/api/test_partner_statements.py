"""Statements: each day once, whole, to the fen what the orders say, and nobody else's business."""

from __future__ import annotations

import csv
import hashlib
import io
from base64 import b64encode
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from app.services import leaving, order_payments, partner_statements
from app.store.order_rows import OrderRow
from app.store.partner_events import PartnerEvent
from app.store.partner_statements import StatementLine
from tests.support.callers import as_partner
from tests.support.shop import Shop, bill

PATH = "/partner/v1/statements"


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def close(shop: Shop, at) -> date:
    """Let the day end and the worker make what is due; the day that ended."""
    ended = shop.kit.clock() + timedelta(hours=8)
    at(days=1)
    while partner_statements.step(shop.session, shop.kit.clock()):
        pass
    shop.session.commit()
    return ended.date()


def lines(shop: Shop, day: date) -> list[dict[str, str]]:
    answer = shop.partner.get(f"{PATH}/{day}/file")
    assert answer.status_code == 200, answer.json
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_day_is_stated_once_with_its_hash(shop, at) -> None:
    order_id = shop.due(700)
    assert shop.mine(order_id, "pay").status_code == 200
    day = close(shop, at)
    told = shop.partner.get(f"{PATH}/{day}").json
    assert told["lines"] == 2
    assert [told["totals"][name] for name in ("charge", "payment", "net", "refund")] == [700, 700, 700, 0]
    file = shop.partner.get(f"{PATH}/{day}/file", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in file.headers, "the digest is of these very bytes"
    digest = hashlib.sha256(file.data)
    assert digest.hexdigest() == told["sha256"]
    assert file.headers["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    assert len(file.data) == told["bytes"]
    assert {line["order_id"] for line in csv.DictReader(io.StringIO(file.text))} == {order_id}
    again = shop.partner.get(f"{PATH}/{day}/file", headers={"If-None-Match": file.headers["ETag"]})
    assert again.status_code == 304


def test_no_line_names_anyone(shop, session, at) -> None:
    shop.mine(shop.due(), "pay")
    day = close(shop, at)
    text = shop.partner.get(f"{PATH}/{day}/file").text
    refs = session.scalars(select(OrderRow.citizen_ref)).all()
    assert refs
    assert not [ref for ref in [*refs, shop.citizen_id] if ref in text]


@pytest.mark.parametrize("seed", range(2))
def test_the_statements_add_up_to_the_orders(shop, session, at, seed) -> None:
    chance, days = Random(seed), set()
    orders: list[str] = []
    for _ in range(4):
        for _ in range(3):
            orders.append(shop.running(path="standard"))
            shop.theirs(orders[-1], "complete", **bill(chance.choice([0, 1, 299, 9_999])))
        for order_id in chance.sample(orders, k=min(len(orders), 5)):
            _something(shop, chance, order_id)
        days.add(close(shop, at))
    days |= {close(shop, at), close(shop, at)}
    sums: Counter[tuple[str, str]] = Counter()
    for day in days:
        for line in lines(shop, day):
            sums[line["order_id"], line["type"]] += int(line["amount"])
    for row in session.scalars(select(OrderRow).where(OrderRow.partner_id == shop.partner_id)):
        of = {kind: sums[row.id, kind] for kind in ("charge", "adjustment", "payment", "payment_elsewhere", "refund")}
        assert of["charge"] - of["adjustment"] == row.amount_due
        assert of["payment"] == row.amount_collected
        assert of["payment"] + of["payment_elsewhere"] == row.amount_paid
        assert of["refund"] == row.amount_refunded
        assert sums[row.id, "write_off"] == (row.amount_due if row.status == "written_off" else 0)
    assert any(sums.values())


def _something(shop: Shop, chance: Random, order_id: str) -> None:
    now = shop.kit.clock().isoformat()
    for action, body in chance.sample(
        [
            ("pay", None),
            ("mark-paid", {"paid_at": now, "reference": "cash"}),
            ("adjust", {"amount": chance.choice([0, 1, 100]), "reason_code": "goodwill"}),
            ("write-off", {"reason_code": "small_amount"}),
            ("refunds", {"amount": chance.choice([1, 50]), "reason_code": "goodwill"}),
        ],
        k=3,
    ):
        answer = shop.mine(order_id, action) if body is None else shop.theirs(order_id, action, **body)
        assert answer.status_code < 500, answer.json
    while order_payments.move_next(shop.kit.sessions, shop.kit.payments, shop.kit.clock()):
        pass


def test_what_happens_later_stands_in_its_own_day(shop, at) -> None:
    order_id = shop.due(500)
    first = close(shop, at)
    before = shop.partner.get(f"{PATH}/{first}").json
    shop.theirs(order_id, "adjust", amount=100, reason_code="goodwill")
    second = close(shop, at)
    assert shop.partner.get(f"{PATH}/{first}").json == before
    assert [line["type"] for line in lines(shop, second)] == ["adjustment"]


def late(shop: Shop, day: date) -> None:
    """A line that was committed after the statement of its day was made."""
    shop.session.add(
        StatementLine(partner_id=shop.partner_id, order_id="ord_late", sequence=2, type="charge", livemode=False,
                      day=day, at=shop.kit.clock(), external_order_no="L", scenario="xm-bike-rental", amount=5)
    )  # fmt: skip
    shop.session.commit()


def test_what_was_committed_late_goes_into_the_next_day_and_rewrites_nothing(shop, session, at) -> None:
    shop.due(500)
    first = close(shop, at)
    before = shop.partner.get(f"{PATH}/{first}").json
    late(shop, first)
    assert partner_statements.step(session, shop.kit.clock()) == 0
    second = close(shop, at)
    assert shop.partner.get(f"{PATH}/{first}").json == before
    assert [line["order_id"] for line in lines(shop, second)] == ["ord_late"]


def test_a_day_that_a_late_line_will_go_into_is_not_shown_as_empty(shop, at) -> None:
    shop.due(500)
    first = close(shop, at)
    late(shop, first)
    at(days=1)
    second = first + timedelta(days=1)
    assert shop.partner.get(f"{PATH}/{second}").json["code"] == "statement-not-ready"
    assert [one["date"] for one in shop.partner.get(f"{PATH}?limit=1").json["data"]] == [first.isoformat()]
    assert partner_statements.step(shop.session, shop.kit.clock()) == 1
    assert [line["order_id"] for line in lines(shop, second)] == ["ord_late"]


def test_after_days_without_a_worker_each_day_has_its_own_lines(shop, at) -> None:
    order_id = shop.due(500)
    first = close(shop, at)
    late(shop, first)
    for amount in (400, 300, 200):
        shop.theirs(order_id, "adjust", amount=amount, reason_code="goodwill")
        at(days=1)
    while partner_statements.step(shop.session, shop.kit.clock()):
        pass
    made = [[line["type"] for line in lines(shop, first + timedelta(days=days))] for days in (1, 2, 3)]
    assert [sorted(day) for day in made] == [["adjustment", "charge"], ["adjustment"], ["adjustment"]]


def test_an_empty_day_answers_and_the_list_has_every_day(shop, at) -> None:
    days = [close(shop, at) for _ in range(3)]
    told = shop.partner.get(PATH).json["data"]
    assert [one["date"] for one in told] == [day.isoformat() for day in reversed(days)]
    assert {one["lines"] for one in told} == {0}
    assert lines(shop, days[0]) == []
    assert hashlib.sha256(shop.partner.get(f"{PATH}/{days[0]}/file").data).hexdigest() == told[0]["sha256"]


def test_the_list_goes_on_by_its_cursor(shop, at) -> None:
    days = [close(shop, at) for _ in range(3)]
    first = shop.partner.get(f"{PATH}?limit=2").json
    rest = shop.partner.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [one["date"] for one in first["data"] + rest["data"]] == [day.isoformat() for day in reversed(days)]
    assert not rest["has_more"]


def test_a_day_that_waits_for_the_worker_is_not_shown_as_empty(shop, at) -> None:
    shop.due(500)
    day = (shop.kit.clock() + timedelta(hours=8)).date()
    at(days=1)
    answer = shop.partner.get(f"{PATH}/{day}")
    assert (answer.status_code, answer.json["code"], answer.json["retryable"]) == (409, "statement-not-ready", True)
    assert shop.partner.get(PATH).json["data"] == []


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [
        ("2026-11-20", 409, "statement-not-ready"),
        ("2999-01-01", 409, "statement-not-ready"),
        ("2001-01-01", 404, "not-found"),
        ("yesterday", 422, "validation"),
        ("2026-02-30", 422, "validation"),
    ],
)
def test_bad_days(shop, day, status, code) -> None:
    for path in (f"{PATH}/{day}", f"{PATH}/{day}/file"):
        answer = shop.partner.get(path)
        assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_partner_sees_its_own_mode_and_nobody_elses(app, shop, session, at) -> None:
    shop.mine(shop.due(), "pay")
    other = Shop(app, session)
    day = close(shop, at)
    assert other.partner.get(f"{PATH}/{day}").json["lines"] == 0
    live = as_partner(app, session, shop.partner_id, livemode=True)
    assert live.get(f"{PATH}/{day}").json["lines"] == 0
    assert shop.partner.get(f"{PATH}/{day}").json["lines"] == 2


def test_the_partner_is_told_once(shop, session, at) -> None:
    shop.due()
    day = close(shop, at)
    close(shop, at)
    told = session.scalars(select(PartnerEvent).where(PartnerEvent.type == "statement.ready")).all()
    assert [(one.partner_id, one.data, one.citizen_id) for one in told] == [
        (shop.partner_id, {"date": day.isoformat()}, None)
    ]


def test_leaving_changes_nothing_in_the_books(shop, session, at) -> None:
    paid = shop.due(400)
    shop.mine(paid, "pay")
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    session.commit()
    assert session.scalar(select(func.count()).select_from(OrderRow).where(OrderRow.id == paid)) in (0, 1)
    day = close(shop, at)
    assert [(line["type"], line["amount"]) for line in lines(shop, day)] == [("charge", "400"), ("payment", "400")]


def test_a_worker_that_dies_leaves_nothing_half(shop, session, at, monkeypatch) -> None:
    shop.due(500)
    at(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(partner_statements.partner_events, "tell", _killed)
        with pytest.raises(KeyboardInterrupt), session.begin_nested():
            partner_statements.step(session, shop.kit.clock())
    assert session.scalar(select(func.count()).select_from(StatementLine)) == 1
    assert partner_statements.step(session, shop.kit.clock()) == 1
    assert partner_statements.step(session, shop.kit.clock()) == 0


def _killed(*_args: object, **_said: object) -> None:
    raise KeyboardInterrupt
