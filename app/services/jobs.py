"""What the worker does with each message of the outbox: one handler a topic, in the transaction of its removal.

A handler may run twice (at least once is the promise) and must not mind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.packs import Packs
from app.domain.payments import PaymentProvider
from app.services import (
    cards,
    correction_answers,
    enrolment,
    kept_promises,
    offer_versions,
    pack_versions,
    pulling,
    remedy_answers,
    review_answers,
    reviews,
)
from app.services.approved_answers import DIGEST
from app.services.correction_approval import CORRECTIONS
from app.services.filing import Desk
from app.services.offer_shelf import Plugins
from app.services.proofs import Sign, no_key
from app.services.pulling import Department
from app.services.remedy_approval import REMEDIES
from app.services.review_approval import REVIEWS
from app.store import events
from app.store.outbox import Message
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class JobContext:
    """What handlers work with; `departments` are those whose pull interface is connected.

    `signing_key_days`: how long a signing key signs; 0: until someone rotates it. `sign`: signs proofs of deletion.
    `var_dir`: where a population run keeps its files. `payments`: the deployment's provider, if any.
    `registry` holds the offers in force, `shipped` those of the installed plug-ins.
    """

    packs: Packs
    pii: PiiBox
    now: datetime
    departments: Sequence[Department] = ()
    signing_key_days: int = 0
    sign: Sign = no_key
    var_dir: str = "var"
    payments: PaymentProvider | None = None
    registry: Plugins = field(kw_only=True)
    shipped: Plugins = field(kw_only=True)


Handler = Callable[[Session, JobContext, Message], None]


def _notify(session: Session, _context: JobContext, message: Message) -> None:
    events.deliver(session, message)


def _pull(session: Session, context: JobContext, message: Message) -> None:
    if message.citizen_id is not None:
        parts = (context.pii, context.packs, context.departments)
        only = message.data.get("department")
        pulling.pull(session, *parts, citizen_id=message.citizen_id, now=context.now, only=only)


def _correct(session: Session, context: JobContext, message: Message) -> None:
    office = Desk(context.packs, context.pii, SYSTEM, context.now)
    correction_answers.apply(session, office, message.data["correction_id"], _approved(message))


def _review(session: Session, context: JobContext, message: Message) -> None:
    office = Desk(context.packs, context.pii, SYSTEM, context.now)
    review_answers.apply(session, office, message.data["review_id"], _approved(message))


def _take_over_review(session: Session, context: JobContext, message: Message) -> None:
    reviews.take_over(session, context.pii, message)


def _simulate(session: Session, context: JobContext, message: Message) -> None:
    pack_versions.run_simulation(session, context.packs, context.pii, message.data["version_id"], context.now)


def _simulate_offer(session: Session, context: JobContext, message: Message) -> None:
    parts = context.registry, context.packs, context.pii
    offer_versions.run_simulation(session, *parts, message.data["version_id"], context.now)


def _settle(session: Session, context: JobContext, message: Message) -> None:
    parts = context.packs, context.pii
    remedy_answers.apply(session, *parts, message.data["asked_id"], _approved(message), context.now)


def _approved(message: Message) -> str:
    """Which answer was approved; a message from before they were named names none, so that it is proposed anew."""
    return str(message.data.get(DIGEST, ""))


def _seal_nickname(session: Session, context: JobContext, message: Message) -> None:
    cards.seal_nickname(session, context.pii, message)


def _take_back_record(session: Session, context: JobContext, message: Message) -> None:
    kept_promises.take_back(session, message, context.now)


HANDLERS: Mapping[str, Handler] = {
    events.TOPIC: _notify,
    enrolment.PULL: _pull,
    CORRECTIONS.topic: _correct,
    REMEDIES.topic: _settle,
    pack_versions.SERIES.topic: _simulate,
    offer_versions.SERIES.topic: _simulate_offer,
    REVIEWS.topic: _review,
    reviews.TAKE_OVER: _take_over_review,
    cards.SEAL_NICKNAME: _seal_nickname,
    kept_promises.TAKE_BACK: _take_back_record,
}
"""Topic → handler; each use case that puts a topic into the outbox adds its line here."""
