"""Opening orders and reading them. Never commits; every partner's look is a row of the citizen's access log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.consent import Caps
from app.domain.errors import Refusal
from app.domain.offer import Offer, PayLater
from app.domain.order import Status, Transition
from app.domain.order import create as create_order
from app.domain.order_terms import DEFAULT_CONFIRM, LEAST_PAY_DAYS, Kind, Terms
from app.domain.pack import Pack
from app.domain.scenario import Path, Registry
from app.domain.standing_order import STARTED, Confirmation
from app.services import consents, eligibility, order_views, partner_caps, quotas, scans, standing_orders
from app.services.order_steps import Side, take, tell
from app.store import access_log, orders, partners, sandbox, sandbox_upkeep
from app.store.base import new_id
from app.store.order_rows import OrderRow

PURPOSE = "order"
FIELDS = ("order",)
SANDBOX_MOST = 1000
"""The most orders that a partner's test citizens have: its clock moves all of them in one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a partner asks for: a scan that answered a check, or a standing consent; amounts in fen.

    `confirmation`: whose word starts it; the citizen's, each time, unless the standing consent shall.
    """

    external_order_no: str
    scenario: str
    title: str
    amount: int
    service_end_by: datetime
    start_at: datetime | None = None
    confirm_by: datetime | None = None
    scan_id: str | None = None
    consent_id: str | None = None
    confirmation: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an order is about, and the pairwise reference by which the partner knows them.

    `caps`, where the partner asks to start it without a confirmation and the citizen agreed to that.
    """

    citizen_id: str
    citizen_ref: str
    caps: Caps | None = None


def create(
    session: Session,
    registry: Registry,
    packs: Mapping[str, Pack],
    side: Side,
    actor: Actor,
    asked: NewOrder,
    now: datetime,
) -> tuple[dict[str, Any], bool]:
    """Open an order that awaits its citizen; the partner's view, and whether it is new.

    Under a standing consent it starts at once where it may (app/services/standing_orders.py). The same
    `external_order_no` with the same fields is the same order. Raises Refusal `external-order-conflict` where
    they differ, `scenario-not-open`, `scenario-without-orders`, what scan, consent, terms or the partner's own caps
    refuse, and `sandbox-orders-full`.
    """
    if row := _already(session, side, asked):
        return _read(session, row, actor, now), False
    offer = _offer(session, registry, side, asked.scenario)
    subject = _subject(session, side, asked, now)
    owner = orders.claim_number(session, subject.citizen_id, side.owner, asked.external_order_no)
    if row := _already(session, side, asked):  # a parallel call was first
        return _read(session, row, actor, now), False
    if owner != subject.citizen_id:  # of an order that was forgotten with its citizen: a number is used once for ever
        raise Refusal("external-order-conflict", field="/external_order_no")
    if asked.scan_id and orders.of_scan(session, subject.citizen_id, asked.scan_id):
        raise Refusal("scan-not-valid", field="/scan_id")
    _check_sandbox(session, side.owner, subject.citizen_id)
    there = now + sandbox.ahead(session, subject.citizen_id)
    partner_caps.take(session, side.owner, asked.amount, there)
    terms = _terms(asked, offer, there)
    row = _row(side, subject, create_order(terms, offer.limits, there).order.terms, asked, there)
    row.clock_ahead = there - now
    standing = subject.caps is not None and _starts(session, registry, packs, row, subject.caps, now)
    _open(session, side, row, create_order(terms, offer.limits, there, standing=standing), now)
    log_look(session, row, actor, "order.create", now)
    return order_views.for_partner(session, [row], now)[0], True


def _already(session: Session, side: Side, asked: NewOrder) -> OrderRow | None:
    row = orders.find_by_number(session, side.owner, asked.external_order_no)
    if row and (row.request_digest != _digest(asked) or row.livemode != side.livemode):
        raise Refusal("external-order-conflict", field="/external_order_no")
    return row


def _offer(session: Session, registry: Registry, side: Side, scenario: str) -> Offer:
    partner = partners.get(session, side.owner)
    if partner is None or not partner.serves(scenario):
        raise Refusal("scenario-not-open", field="/scenario")
    offer = registry.offer(scenario)
    if offer.order_kind is None:
        raise Refusal("scenario-without-orders", field="/scenario")
    return offer


def _check_sandbox(session: Session, partner_id: str, citizen_id: str) -> None:
    if sandbox.is_test(citizen_id) and sandbox_upkeep.count_orders(session, partner_id) >= SANDBOX_MOST:
        raise Refusal("sandbox-orders-full", limit=SANDBOX_MOST)


def _subject(session: Session, side: Side, asked: NewOrder, now: datetime) -> Subject:
    if asked.scan_id:
        scan = scans.for_order(session, side.owner, side.livemode, asked.scan_id, now)
        if scan.scenario != asked.scenario:
            raise Refusal("other-scenario", field="/scan_id")
        return Subject(scan.citizen_id, scan.citizen_ref)
    consent = consents.live(session, side.owner, asked.consent_id or "", now, livemode=side.livemode)
    if consent.service != asked.scenario:
        raise Refusal("other-scenario", field="/consent_id")
    caps = consent.caps if asked.confirmation == Confirmation.STANDING else None
    if asked.confirmation == Confirmation.STANDING and caps is None:
        raise Refusal("other-purpose", field="/confirmation")
    return Subject(consent.citizen_id, consent.citizen_ref, caps)


def _starts(
    session: Session, registry: Registry, packs: Mapping[str, Pack], row: OrderRow, caps: Caps, now: datetime
) -> bool:
    may = standing_orders.may_start(session, registry, packs, row, caps, now)
    return may and has_room(session, registry, row) and quotas.take(session, registry.offer(row.scenario), row, now)


def _row(side: Side, subject: Subject, terms: Terms, asked: NewOrder, now: datetime) -> OrderRow:
    return OrderRow(
        id=new_id("ord"),
        citizen_id=subject.citizen_id,
        partner_id=side.owner,
        citizen_ref=subject.citizen_ref,
        livemode=side.livemode,
        request_digest=_digest(asked),
        scan_id=asked.scan_id,
        consent_id=asked.consent_id,
        forget_at_end=False,
        created_at=now,
        **asdict(terms) | {"kind": terms.kind.value},
    )


def _open(session: Session, side: Side, row: OrderRow, opened: Transition, now: datetime) -> None:
    if opened.order.status is Status.ACTIVE:
        opened, row.standing_on = replace(opened, reason_code=STARTED), day_of(row.moment(now))
    orders.add(session, row, opened, side.request_id)
    tell(session, row, opened, now)


def _terms(asked: NewOrder, offer: Offer, now: datetime) -> Terms:
    days = offer.benefit.days if isinstance(offer.benefit, PayLater) else LEAST_PAY_DAYS
    return Terms(
        external_order_no=asked.external_order_no,
        scenario=offer.code,
        family=offer.family,
        kind=Kind(offer.order_kind or ""),
        title=asked.title,
        amount=asked.amount,
        confirm_by=asked.confirm_by or now + DEFAULT_CONFIRM,
        service_end_by=asked.service_end_by,
        start_at=asked.start_at,
        pay_days=max(days, LEAST_PAY_DAYS),
    )


def _digest(asked: NewOrder) -> str:
    said = {name: value for name, value in asdict(asked).items() if name != "confirmation" or value is not None}
    text = json.dumps(said, sort_keys=True, default=lambda moment: moment.timestamp())
    return hashlib.sha256(text.encode()).hexdigest()


def log_look(session: Session, row: OrderRow, actor: Actor, action: str, now: datetime) -> None:
    """One row in the citizen's access log: this partner saw this order."""
    access_log.append(
        session,
        row.citizen_id,
        now=now,
        actor=actor,
        action=action,
        purpose=PURPOSE,
        fields=FIELDS,
        scenario=row.scenario,
        ref=row.id,
        outcome=row.status,
    )


def for_its_partner(session: Session, side: Side, actor: Actor, order_id: str, now: datetime) -> dict[str, Any]:
    """The order as its partner reads it; a logged look. Raises Refusal `not-found`."""
    return _read(session, take(session, side, order_id, lock=False), actor, now)


def _read(session: Session, row: OrderRow, actor: Actor, now: datetime) -> dict[str, Any]:
    log_look(session, row, actor, "order.read", now)
    return order_views.for_partner(session, [row], now)[0]


def transitions(session: Session, side: Side, actor: Actor, order_id: str, now: datetime) -> list[dict[str, Any]]:
    """The order's history, first to last; a logged look. Raises Refusal `not-found`."""
    row = take(session, side, order_id, lock=False)
    log_look(session, row, actor, "order.read", now)
    return [order_views.of_transition(step) for step in orders.history(session, row)]


def listed_for_partner(
    session: Session, side: Side, actor: Actor, now: datetime, *, before: str | None, limit: int,
    status: str | None = None, external_order_no: str | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The partner's orders, newest first, up to `limit` and one more; one logged look for each of the first `limit`."""
    rows = orders.listed(
        session, before=before, limit=limit + 1, partner_id=side.owner, livemode=side.livemode, status=status,
        external_order_no=external_order_no,
    )  # fmt: skip
    for row in sorted(rows[:limit], key=lambda row: row.citizen_id):  # one order of locking for all: no deadlock
        log_look(session, row, actor, "order.read", now)
    return order_views.for_partner(session, rows, now)


def listed_for_citizen(
    session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int, status: str | None = None
) -> list[dict[str, Any]]:
    """The citizen's own orders, newest first, up to `limit` and one more."""
    rows = orders.listed(session, before=before, limit=limit + 1, citizen_id=citizen_id, status=status)
    return order_views.for_citizen(session, rows, now)


def open_for_citizen(session: Session, citizen_id: str, now: datetime, limit: int = 20) -> list[dict[str, Any]]:
    """The citizen's orders that wait for something, newest first: what the home screen shows."""
    return order_views.for_citizen(session, orders.unfinished(session, citizen_id, limit), now)


def for_its_citizen(
    session: Session, registry: Registry, packs: Mapping[str, Pack], side: Side, order_id: str, now: datetime
) -> dict[str, Any]:
    """The order as its citizen reads it, with the paths open now while it waits. Raises Refusal `not-found`."""
    row = take(session, side, order_id, lock=False)
    view = citizen_view(session, row, now)
    if row.order.status is Status.PENDING_CONFIRMATION:
        paths = eligibility.paths_open(session, registry, packs, row.citizen_id, row.scenario, now)
        left = quotas.left_for(session, registry.offer(row.scenario), row, now)
        view["paths"] = paths if has_room(session, registry, row) and left != 0 else [Path.STANDARD]
        view["left_today"] = left
    return view


def has_room(session: Session, registry: Registry, row: OrderRow) -> bool:
    """Whether the citizen may have one more order of this scenario running on credit."""
    most = registry.offer(row.scenario).limits.open_orders
    return orders.count_open(session, row.citizen_id, row.scenario, Path.CREDIT) < most


def citizen_view(session: Session, row: OrderRow, now: datetime) -> dict[str, Any]:
    """One order as its citizen reads it."""
    return order_views.for_citizen(session, [row], now)[0]


def on_leave(session: Session, citizen_id: str) -> int:
    """Delete a leaver's closed orders, leave the open ones to run to their end; returns how many were deleted."""
    return orders.forget_closed(session, citizen_id)
