"""Daily statements for partners (对账单): made once after the day is over, never changed, to the fen what orders say.

A day is Shanghai's, by our clock, also for a sandbox whose own clock is ahead. What happens later to an order stands in
the statement of the day on which it happens. A day on which nothing moved has an empty statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain import ledger
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.services import partner_events, partners
from app.store import partner_statements as store
from app.store.partner_statements import Books

__all__ = ["Books", "Statement"]

GRACE = timedelta(minutes=10)
"""After midnight: what began before it has been committed by then (a request ends within 30 seconds)."""
KEPT = timedelta(days=3 * 366)
"""E-commerce law (电子商务法) article 31: transactions are kept for three years at least."""
PORTION = 20
EMPTY = ledger.as_csv(())


@dataclass(frozen=True, slots=True)
class Statement:
    """One day of a partner's books; `totals` in fen by type (app/domain/ledger.py); `made_at` None where empty."""

    date: date
    livemode: bool
    lines: int = 0
    totals: Mapping[str, int] = field(default_factory=lambda: ledger.totals(()))
    csv: str = EMPTY
    made_at: datetime | None = None

    @property
    def content(self) -> bytes:
        """The file."""
        return self.csv.encode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def step(session: Session, now: datetime) -> int:
    """Make a portion of the statements that are due, each whole or not at all; how many. Repeat it until 0."""
    made = sum(_make(session, books, day, now) for books, day in store.due(session, last_closed(now), PORTION))
    return made + store.delete_before(session, day_of(now) - KEPT, PORTION)


def last_closed(now: datetime) -> date:
    """The last day whose statement is due."""
    return day_of(now - GRACE) - timedelta(days=1)


def _make(session: Session, books: Books, day: date, now: datetime) -> int:
    lines = store.take(session, books, day)
    if not lines:
        return 0
    text = ledger.as_csv(lines)
    kept = {"csv": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "made_at": now}
    store.add(session, books, day, {**kept, "lines": len(lines), "totals": ledger.totals(lines)})
    partner_events.tell(
        session, partner_id=books.partner_id, livemode=books.livemode, type="statement.ready",
        data={"date": day.isoformat()}, citizen_id=None, now=now,
    )  # fmt: skip
    return 1


def get(session: Session, books: Books, day: date, now: datetime) -> Statement:
    """The statement of a day.

    Raises Refusal `statement-not-ready` for a day that is not over or whose statement is being made, `not-found` for
    one before the partner was taken on or longer ago than statements are kept.
    """
    if day < _first(session, books, now):
        raise Refusal("not-found")
    if row := store.get(session, books, day):
        return _kept(row)
    if day > last_closed(now) or _may_change(day, store.waiting(session, books)):
        raise Refusal("statement-not-ready")
    return Statement(day, books.livemode)


def listed(session: Session, books: Books, *, before: date | None, limit: int, now: datetime) -> Sequence[Statement]:
    """Statements by day, the latest first, of days before `before`, up to `limit` and one more."""
    first, last = _first(session, books, now), last_closed(now)
    if before is not None:
        last = min(last, before - timedelta(days=1))
    waiting = store.waiting(session, books)
    hidden = max((last - min(waiting)).days + 1, 0) if waiting else 0
    days = [last - timedelta(days=back) for back in range(min((last - first).days, limit + hidden) + 1)]
    made = store.between(session, books, days[-1], last) if days else {}
    ready = [_kept(made[day]) if day in made else Statement(day, books.livemode) for day in days
             if day in made or not _may_change(day, waiting)]  # fmt: skip
    return ready[: limit + 1]


def _may_change(day: date, waiting: Collection[date]) -> bool:
    """Whether a day without a statement may get one yet: late lines go into a later day's."""
    return any(line <= day for line in waiting)


def _first(session: Session, books: Books, now: datetime) -> date:
    since = day_of(partners.get(session, books.partner_id)["created_at"])
    return max(since, day_of(now) - KEPT)


def _kept(row: store.PartnerStatement) -> Statement:
    return Statement(row.day, row.livemode, row.lines, row.totals, row.csv, row.made_at)
