"""A partner's books add up to its orders, whatever happens to these; a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.ledger import COLUMNS, Line, as_csv, moved, totals
from app.domain.order import Order, Outcome, Status
from app.domain.order_terms import Bill
from tests.support.order_makers import new

AT = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)


def line(**said: object) -> Line:
    usual = Line(AT, "payment", "ord_1", 3, "R-1", "xm-bike-rental", 300)
    return replace(usual, **said)


def due() -> Order:
    return replace(new(), status=Status.PAYMENT_DUE, bill=Bill(500), amount_due=500)


@pytest.mark.parametrize(
    ("before", "changes", "told"),
    [
        (new(), {"bill": Bill(500), "amount_due": 500, "status": Status.PAYMENT_DUE}, {"charge": 500}),
        (new(), {"bill": Bill(0), "status": Status.COMPLETED}, {}),
        (due(), {"amount_due": 200}, {"adjustment": 300}),
        (due(), {"amount_due": 0, "outcome": Outcome.WAIVED, "status": Status.COMPLETED}, {"adjustment": 500}),
        (due(), {"amount_paid": 500, "amount_collected": 500}, {"payment": 500}),
        (due(), {"amount_paid": 500}, {"payment_elsewhere": 500}),
        (due(), {"status": Status.WRITTEN_OFF}, {"write_off": 500}),
        (replace(due(), amount_collected=500), {"amount_refunded": 20}, {"refund": 20}),
        (due(), {"status": Status.OVERDUE}, {}),
    ],
)
def test_what_a_step_moved(before: Order, changes: dict, told: dict) -> None:
    assert moved(before, replace(before, **changes)) == told


@pytest.mark.parametrize("number", ["-2|calc", "=1", "+1", "@x", "\t1", "\r1"])
def test_no_cell_is_a_formula(number: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv([line(external_order_no=number)]), newline="")))
    assert rows[1][COLUMNS.index("external_order_no")] == f"'{number}"


def test_a_plain_number_stays_as_it_is_and_times_are_shanghais() -> None:
    header, row = csv.reader(io.StringIO(as_csv([line()])))
    assert dict(zip(header, row, strict=True)) == {
        "at": "2026-06-02T00:30:00+08:00", "type": "payment", "order_id": "ord_1", "sequence": "3",
        "external_order_no": "R-1", "scenario": "xm-bike-rental", "amount": "300", "currency": "CNY",
    }  # fmt: skip


def test_net_is_what_went_through_us_less_what_went_back() -> None:
    sums = totals([line(), line(type="refund", amount=100), line(type="payment_elsewhere", amount=7)])
    assert (sums["net"], sums["payment_elsewhere"], sums["charge"]) == (200, 7, 0)
