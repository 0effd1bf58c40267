"""Orders that are owed: past their due date, a provider that can be watched, and the worker's part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from app.domain.errors import Refusal
from app.domain.order_terms import Payment
from app.services.order_payments import move_next
from app.services.order_timers import run_timers
from tests.support.shop import Shop


@dataclass
class Ledger:
    """A live provider: what it moved, by key; `trouble` is raised before or after it moves, as the test says."""

    moved: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    lock: Lock = field(default_factory=Lock)

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        return self._move(key, amount, now)

    def refund(self, *, key: str, order_id: str, reference: str, amount: int, now: datetime) -> Payment:
        return self._move(key, -amount, now)

    def _move(self, key: str, amount: int, now: datetime) -> Payment:
        with self.lock:
            self.asked.append(key)
        if key not in self.moved:
            self.before()
        with self.lock:
            self.moved.setdefault(key, amount)
        self.after()
        return Payment(now, f"receipt-{key[-12:]}")


def once(trouble: BaseException) -> Callable[[], None]:
    """Raise it the first time, and never again."""
    left = [trouble]

    def raise_it() -> None:
        if left:
            raise left.pop()

    return raise_it


def declined() -> Refusal:
    """What a provider says where no money moves."""
    return Refusal("payment-failed")


def wind(shop: Shop, live: Ledger | None = None) -> None:
    """What the worker does at this moment: the orders' clocks, then the money."""
    now = shop.kit.clock()
    while run_timers(shop.session, now, live=live):
        shop.session.commit()
    while move_next(shop.kit.sessions, live, now):
        pass
    shop.session.expire_all()


def overdue(shop: Shop, at: Callable[..., object], total: int = 300) -> str:
    """The id of an order whose due date has just passed."""
    order_id = shop.due(total)
    at(hours=72)
    wind(shop)
    return order_id
