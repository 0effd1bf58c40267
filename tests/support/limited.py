"""Limited offers in tests: a registry in which one offer has a small quota, and many citizens with an order each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.offer import Offer
from app.store.base import new_id
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment
from app.store.order_rows import OrderRow
from app.store.outer_ids import OuterId
from app.store.partners import add as add_partner
from app.store.scores import Score

FERRY = "xm-ferry-seat"


class Tight:
    """The scenarios as they are, but for one offer's quota of a day."""

    def __init__(self, registry: Any, daily: int | None, code: str = FERRY) -> None:
        self.registry, self.daily, self.code = registry, daily, code

    def __getattr__(self, name: str) -> Any:
        return getattr(self.registry, name)

    def __contains__(self, code: object) -> bool:
        return code in self.registry

    def offer(self, code: str) -> Offer:
        offer: Offer = self.registry.offer(code)
        return self._tight(offer)

    def offers(self, **only: Any) -> tuple[Offer, ...]:
        return tuple(self._tight(offer) for offer in self.registry.offers(**only))

    def _tight(self, offer: Offer) -> Offer:
        return replace(offer, limits=replace(offer.limits, daily=self.daily)) if offer.code == self.code else offer


class TightShelf:
    """A shelf (app/services/offer_shelf.py) that holds such scenarios."""

    def __init__(self, scenarios: Tight) -> None:
        self.shipped = scenarios

    def __call__(self, statements: Any, now: datetime) -> Tight:
        return self.shipped


def crowd(session: Session, many: int, now: datetime, family: str = "ferry") -> list[OrderRow]:
    """So many members of Xiamen with the best score, each with an order for a seat on tomorrow's ferry to confirm."""
    partner = add_partner(session, name_zh="轮渡", name_en="Ferry", scenarios=[FERRY], livemode=False, now=now)
    people = [new_id("cit") for _ in range(many)]
    member = {"notice_version": "1", "enrolled_at": now}
    score = {"pack": "egret", "pack_version": 1, "score": 1000, "grade": "a", "as_of": day_of(now), "digest": "0" * 64}
    named = {"city": "xiamen", "assurance_level": "al2", "created_at": now, "livemode": False}
    session.execute(insert(Citizen), [{"citizen_id": one, **named} for one in people])
    session.execute(insert(Enrolment), [{"citizen_id": one, **member} for one in people])
    session.execute(insert(Score), [{"citizen_id": one, "computed_at": now, **score} for one in people])
    rows = [_order(one, partner.id, serial, family, now) for serial, one in enumerate(people)]
    session.add_all(rows)
    session.execute(
        insert(OuterId), [{"outer_id": row.id, "kind": "order", "citizen_id": row.citizen_id} for row in rows]
    )
    session.commit()
    return rows


def _order(citizen_id: str, partner_id: str, serial: int, family: str, now: datetime) -> OrderRow:
    return OrderRow(
        citizen_id=citizen_id, id=new_id("ord"), partner_id=partner_id, citizen_ref=f"ctz_{serial}", livemode=False,
        external_order_no=f"F-{serial}", request_digest="0" * 64, scenario=FERRY, family=family, kind="reservation",
        title="轮渡", amount=0, confirm_by=now + timedelta(hours=1), start_at=now + timedelta(hours=20),
        service_end_by=now + timedelta(days=1), pay_days=3, status="pending_confirmation", amount_due=0, amount_paid=0,
        return_overdue=False, version=1, forget_at_end=False, created_at=now, updated_at=now,
    )  # fmt: skip
