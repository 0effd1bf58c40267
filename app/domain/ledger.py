"""What a step of an order moved, as a partner's books name it (对账): each kind once, amounts in fen, never negative.

Over an order's life charge less adjustment is what was due, payment what was collected through us, payment and
payment_elsewhere together what was paid, refund what went back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.calendar import SHANGHAI
from app.domain.order import Order, Status

TYPES = ("charge", "adjustment", "payment", "payment_elsewhere", "refund", "write_off")
COLUMNS = ("at", "type", "order_id", "sequence", "external_order_no", "scenario", "amount", "currency")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement: `sequence` is the step of the order that made it. It names nobody."""

    at: datetime
    type: str
    order_id: str
    sequence: int
    external_order_no: str
    scenario: str
    amount: int


def moved(before: Order, after: Order) -> Mapping[str, int]:
    """What a step moved, by type; empty for a step that moved no money."""
    billed = after.bill.total if after.bill and before.bill is None else 0
    collected = after.amount_collected - before.amount_collected
    given_up = after.status is Status.WRITTEN_OFF and before.status is not Status.WRITTEN_OFF
    amounts = {
        "charge": billed,
        "adjustment": before.amount_due + billed - after.amount_due,
        "payment": collected,
        "payment_elsewhere": after.amount_paid - before.amount_paid - collected,
        "refund": after.amount_refunded - before.amount_refunded,
        "write_off": after.amount_due - after.amount_paid if given_up else 0,
    }
    return {kind: amount for kind, amount in amounts.items() if amount}


def totals(lines: Iterable[Line]) -> dict[str, int]:
    """The sum of each type in fen, and `net`: what went through us to the partner, less what went back."""
    sums = dict.fromkeys(TYPES, 0)
    for line in lines:
        sums[line.type] += line.amount
    return {**sums, "net": sums["payment"] - sums["refund"]}


def as_csv(lines: Iterable[Line]) -> str:
    """The lines as CSV (RFC 4180), times of Asia/Shanghai; no cell is a formula to a spreadsheet (OWASP)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        at = line.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        named = (line.order_id, line.sequence, _harmless(line.external_order_no), line.scenario)
        writer.writerow((at, line.type, *named, line.amount, "CNY"))
    return text.getvalue()


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
