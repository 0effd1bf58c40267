"""Opting in (guardrail 4): an adult with a real name agrees to the notice in force; then the departments are asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.id_number import adult_on, birth_date
from app.domain.notice import NOTICE
from app.domain.pack import Pack, pack_of_city
from app.store import citizens, enrolments, outbox, scores
from app.store.citizens import Vouched
from app.store.pii import PiiBox

PULL = "enrolment.pull"


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether someone has opted in: `status` is none, pending (the departments are asked) or active."""

    status: str
    enrolled_at: datetime | None = None
    notice_version: str | None = None


def membership(session: Session, citizen_id: str) -> Membership:
    """The membership of this citizen."""
    row = enrolments.get(session, citizen_id)
    if row is None:
        return Membership("none")
    status = "pending" if scores.current(session, citizen_id) is None else "active"
    return Membership(status, row.enrolled_at, row.notice_version)


def enrol(
    session: Session, pii: PiiBox, packs: Mapping[str, Pack], *, citizen_id: str, notice_version: str, now: datetime
) -> Membership:
    """Opt in; doing so again changes nothing.

    Raises Refusal `notice-outdated` for any version but that in force, `login-needed` without a real name,
    `not-an-adult` before the 18th birthday, `city-without-score` where the home city has no pack.
    """
    if notice_version != NOTICE.version:
        raise Refusal("notice-outdated", field="/notice_version", version=NOTICE.version)
    _check_person(citizens.vouched(session, pii, citizen_id), packs, now)
    if enrolments.add(session, [citizen_id], notice_version=notice_version, now=now):
        outbox.put(session, PULL, {}, now=now, citizen_id=citizen_id)
    return membership(session, citizen_id)


def _check_person(person: Vouched | None, packs: Mapping[str, Pack], now: datetime) -> None:
    if person is None:
        raise Refusal("login-needed")
    if not _adult(person, now):
        raise Refusal("not-an-adult")
    if pack_of_city(packs, person.city) is None:
        raise Refusal("city-without-score")


def _adult(person: Vouched, now: datetime) -> bool:
    """By the number, or by the platform's word where the login tells us no number."""
    born = birth_date(person.id_number) if person.id_number else None
    return adult_on(born, day_of(now)) if born else person.adult is True


def enrol_many(session: Session, citizen_ids: Collection[str], *, notice_version: str, now: datetime) -> Sequence[str]:
    """Take over people who opted in elsewhere, such as a city's first members; returns the new ones.

    The departments are not asked one by one: they hand in whole files afterwards; `scoring.refresh_due` does the rest.
    """
    new = enrolments.add(session, citizen_ids, notice_version=notice_version, now=now)
    enrolments.mark_pulled(session, new, now)
    enrolments.mark_due(session, new, day_of(now))
    return new
