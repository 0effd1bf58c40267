"""What a credit report is made of: a person's score, explained, and the records that stand, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Disclosure, Item, Pack, catalogue_of, pack_of_city
from app.domain.record import Status
from app.domain.remedy import OPEN
from app.services import statements, white_box
from app.services.white_box import WITHOUT_NUMBER, Explained, Today
from app.store import access_log, citizens, consents, enrolments, records, remedies
from app.store.citizens import Vouched
from app.store.pii import PiiBox
from app.store.records import RecordRow
from app.store.remedies import DisputeRow

LOOKS_OF = timedelta(days=365)
"""How far back a report counts who looked."""
SHOWN = (None, "not-yet-effective", str(Status.DISPUTED))
"""Why a record that is shown may count for nothing: what ended in any way is shown no more (guardrail 12)."""
NO_SCORE = ("not-enrolled", "city-without-score", "score-pending")


@dataclass(frozen=True, slots=True)
class Standing:
    """One record that stands: its item in the catalogue, why it does not count, its statement and its open dispute."""

    row: RecordRow
    item: Item | None
    because: str | None
    statement: str | None
    dispute: DisputeRow | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A person at `now`; `home` is the pack of their city. Records are newest first; `looks`: by kind, within LOOKS_OF.

    `explained` is None where there is no score, and `note` says why, one of NO_SCORE; else it may be `without-number`.
    """

    person: Vouched
    home: Pack | None
    pack: Pack | None
    member_since: datetime | None
    today: Today | None
    explained: Explained | None
    note: str | None
    records: tuple[Standing, ...]
    consents: int
    looks: Mapping[str, int]


def gather(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, now: datetime, *, for_paper: bool
) -> Facts:
    """The person's facts; `for_paper` without those that departments alone may share (政府共享).

    Raises Refusal `login-needed` for one who left and has not logged in since.
    """
    person = citizens.vouched(session, pii, citizen_id)
    if person is None:
        raise Refusal("login-needed")
    today, explained, note = _score(session, packs, citizen_id, now)
    member = enrolments.get(session, citizen_id)
    return Facts(
        person=person,
        home=pack_of_city(packs, person.city),
        pack=today.pack if today else None,
        member_since=member.enrolled_at if member else None,
        today=today,
        explained=explained,
        note=note,
        records=tuple(_standing(session, packs, pii, citizen_id, now, for_paper=for_paper)),
        consents=consents.count_in_force(session, citizen_id, now),
        looks=access_log.count_by_kind(session, citizen_id, now - LOOKS_OF),
    )


def _score(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime
) -> tuple[Today | None, Explained | None, str | None]:
    try:
        today = white_box.today(session, packs, citizen_id, now)
        explained = white_box.explanation(session, packs, citizen_id, now)
    except Refusal as refused:
        if refused.code not in NO_SCORE:
            raise
        return None, None, refused.code
    return today, explained, WITHOUT_NUMBER if explained.note else None


def _standing(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, now: datetime, *, for_paper: bool
) -> list[Standing]:
    catalogue, day = catalogue_of(packs), day_of(now)
    rows = [row for row in records.of_citizen(session, citizen_id) if row.expires_on > day]
    shown = [row for row in rows if row.domain().silent_because(day) in SHOWN]
    said = statements.on(session, pii, citizen_id, [row.id for row in shown])
    found = []
    for row in sorted(shown, key=lambda row: (row.event_on, row.id), reverse=True):
        item = catalogue.get(row.item)
        if for_paper and item and item.disclosure is Disclosure.GOVERNMENT:
            continue
        statement = said[row.id].text if row.id in said else None
        because = row.domain().silent_because(day)
        found.append(Standing(row, item, because, statement, _dispute(session, row)))
    return found


def _dispute(session: Session, row: RecordRow) -> DisputeRow | None:
    if row.status != Status.DISPUTED:
        return None
    asked = remedies.about(session, DisputeRow, row.citizen_id, row.id)
    return next((one for one in asked if one.status in OPEN), None)
