"""What needs a second person at the desk, and what is done once they agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import factors, offer_publishing, operators, order_dispute_approval, pack_publishing
from app.services import partner_approval as merchants
from app.services.approved_answers import AnswerApproval
from app.services.correction_approval import CORRECTIONS
from app.services.factors import Invitation
from app.services.remedy_approval import REMEDIES
from app.services.review_approval import REVIEWS
from app.services.version_publishing import Publishing
from app.store import factors as factor_rows
from app.store import operators as operator_rows

ADMINS = ("admin",)
OFFICE = ("admin", "office")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action: `outcome` is kept, `told` (an invitation) is shown once to the one who approved."""

    outcome: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of risky action.

    `roles`: who may propose and who may decide. `seen`: how the target stands now, as JSON, its row held; raises
    Refusal `not-found`. `execute`: does it. `name`: what people call the target.
    """

    roles: tuple[str, ...]
    seen: Callable[[Session, str, Mapping[str, Any]], dict[str, Any]]
    execute: Callable[[Session, str, Mapping[str, Any], datetime], Done]
    name: Callable[[Session, str, Mapping[str, Any]], str]


def _partner(act: Callable[..., dict[str, str]], **how: bool) -> Callable[..., Done]:
    """An action on a partner, whose ids are what came of it."""
    return lambda session, target, data, now: Done(act(session, target, data, now, **how))


def _operator(session: Session, operator_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    operator = operator_rows.held(session, operator_id)
    if operator is None or not operator.active:
        raise Refusal("not-found")
    factor = factor_rows.factor(session, operator_id)
    return {"roles": list(operator.roles), "factor_since": factor.created_at.isoformat() if factor else ""}


def _newcomer(session: Session, _: str, data: Mapping[str, Any]) -> dict[str, Any]:
    known = operator_rows.by_number(session, str(data["number_key"]))
    return {"operator_id": known.id, "roles": list(known.roles)} if known else {"operator_id": "", "roles": []}


def _operator_name(session: Session, operator_id: str, data: Mapping[str, Any]) -> str:
    operator = operator_rows.get(session, operator_id)
    return operator.name if operator else str(data["name"])


def _add_operator(session: Session, _: str, data: Mapping[str, Any], now: datetime) -> Done:
    added = operator_rows.put(session, data["number_key"], data["name"], list(data["roles"]), now)
    if factors.has_factor(session, added):
        return Done({"operator_id": added})
    return _invited(factors.invite(session, added, now))


def _invite(session: Session, operator_id: str, _: Mapping[str, Any], now: datetime) -> Done:
    return _invited(factors.invite(session, operator_id, now))


def _invited(invitation: Invitation) -> Done:
    told = {"invitation": invitation.code, "invitation_expires_at": invitation.expires_at}
    return Done({"operator_id": invitation.operator_id}, told)


def _nothing_new(act: Callable[[Session, str, Mapping[str, Any], datetime], object]) -> Callable[..., Done]:
    """An action of which nothing comes but what it did to its target."""

    def execute(session: Session, target: str, data: Mapping[str, Any], now: datetime) -> Done:
        act(session, target, data, now)
        return Done()

    return execute


def _answers(how: AnswerApproval) -> Kind:
    return Kind(OFFICE, how.seen, _nothing_new(how.execute), lambda _, target, __: target)


def _publishes(how: Publishing[Any]) -> Kind:
    return Kind(OFFICE, how.seen, _nothing_new(how.execute), _version_name)


def _version_name(_: Session, __: str, data: Mapping[str, Any]) -> str:
    return f"{data['code']} {data['version']}"


def _disable(session: Session, operator_id: str, _: Mapping[str, Any], now: datetime) -> Done:
    operators.disable(session, operator_id, now)
    return Done({"operator_id": operator_id})


KINDS: Mapping[str, Kind] = {
    "partners.create": Kind(OFFICE, lambda *_: {}, _partner(merchants.take_on), merchants.name),
    "partners.change": Kind(OFFICE, merchants.terms_seen, _partner(merchants.change), merchants.name),
    "partners.key": Kind(OFFICE, merchants.keys_seen, _partner(merchants.add_key), merchants.name),
    "partners.live": Kind(OFFICE, merchants.live_seen, _partner(merchants.go_live), merchants.name),
    "partners.suspend": Kind(OFFICE, merchants.status_seen, _partner(merchants.switch, active=False), merchants.name),
    "partners.resume": Kind(OFFICE, merchants.status_seen, _partner(merchants.switch, active=True), merchants.name),
    "operators.add": Kind(ADMINS, _newcomer, _add_operator, _operator_name),
    "operators.invite": Kind(ADMINS, _operator, _invite, _operator_name),
    "operators.disable": Kind(ADMINS, _operator, _disable, _operator_name),
    REMEDIES.kind: _answers(REMEDIES),
    CORRECTIONS.kind: _answers(CORRECTIONS),
    REVIEWS.kind: _answers(REVIEWS),
    order_dispute_approval.KIND: Kind(
        OFFICE, order_dispute_approval.seen, _nothing_new(order_dispute_approval.execute), order_dispute_approval.name
    ),
    pack_publishing.KIND: _publishes(pack_publishing.PUBLISHING),
    offer_publishing.PUBLISHING.series.kind: _publishes(offer_publishing.PUBLISHING),
}
"""Kind → what it needs and does. Each subject adds its own."""
