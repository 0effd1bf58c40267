"""Filing departments' facts into members' records: the one way in, for a file's rows, a single record and a pull.

Facts about anyone else are not stored. The same fact again changes nothing; a different one under the same number of
the department is a correction, a record of its own that supersedes the earlier one. Of a record in dispute only an
answer to the dispute is (guardrail 12), and a decision already told does not come in again under another number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.fact import UNTOLD, Fact
from app.domain.pack import Pack, pack_of_city
from app.domain.record import Status
from app.services import report_fall, statements
from app.store import citizens, documents, enrolments, records, superseding
from app.store.base import new_id
from app.store.copying import as_json
from app.store.documents import DOCUMENT, Documents
from app.store.enrolments import Member
from app.store.pii import PiiBox
from app.store.records import Known

CLOSED = (Status.REPAIRED, Status.WITHDRAWN)
"""A record in one of these is settled: its department's number takes no correction any more."""


class Outcome(StrEnum):
    """What became of a fact."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one fact; `field` and `code` of a refused one, `record_id` of a stored or known one.

    Most refusals here are of members' facts only, so who files hears of one only where it is `told`.
    """

    outcome: Outcome
    citizen_id: str | None = None
    record_id: str | None = None
    field: str = ""
    code: str = ""

    @property
    def told(self) -> bool:
        """Whether it is refused for a reason that does not tell who has opted in."""
        return self.outcome is Outcome.REFUSED and self.code not in UNTOLD


NOT_STORED = Filed(Outcome.NOT_STORED)


@dataclass(frozen=True, slots=True)
class Desk:
    """What filing works with: who files (the department), when, and from which batch.

    `settles`: somebody answers for it that a fact in dispute is another, which a file or an entry never does.
    """

    packs: Mapping[str, Pack]
    pii: PiiBox
    actor: Actor
    now: datetime
    batch_id: str | None = None
    settles: bool = False


def file_facts(session: Session, desk: Desk, facts: Sequence[Fact]) -> list[Filed]:
    """File `facts`, whose numbers differ from each other, in order; what became of each.

    Holds the department and the members until the transaction ends, and lets changed members be scored again.
    """
    source = desk.actor.id
    records.hold_source(session, source)
    keys = [citizens.number_key(desk.pii, fact.id_number) for fact in facts]
    members = enrolments.lock_members(session, set(keys))
    ours = [(fact, members[key]) for fact, key in zip(facts, keys, strict=True) if key in members]
    known = records.known(session, source, [fact.source_record_id for fact, _ in ours])
    adverse = {member.citizen_id for fact, member in ours if DOCUMENT in fact.details}
    told = documents.of(session, source, adverse)
    names: dict[str, str] = {}
    filed = [
        _judged(desk, fact, members.get(key), known.get(fact.source_record_id), names, told)
        for fact, key in zip(facts, keys, strict=True)
    ]
    _store(session, desk, facts, filed, known)
    return filed


def hold_people(session: Session, desk: Desk, facts: Sequence[Fact]) -> None:
    """Hold the department and all members of `facts` at once, whose parts are then filed one after the other.

    Held part by part, two departments could wait for each other.
    """
    records.hold_source(session, desk.actor.id)
    enrolments.lock_members(session, {citizens.number_key(desk.pii, fact.id_number) for fact in facts})


def _judged(
    desk: Desk, fact: Fact, member: Member | None, known: Known | None, names: dict[str, str], told: Documents
) -> Filed:
    pack = pack_of_city(desk.packs, member.city) if member else None
    if member is None or pack is None or pack.item(fact.item) is None:
        return NOT_STORED
    if known and known.citizen_id != member.citizen_id:
        return _refused("record-of-another")
    if _plain(fact.name) != _plain(_name(desk.pii, member, names)):
        return Filed(Outcome.REFUSED, field="name", code="name-mismatch")
    if known and known.fingerprint == fact.fingerprint:
        return Filed(Outcome.DUPLICATE, member.citizen_id, known.record_id)
    others = told.others(member.citizen_id, fact)
    if any(one.status in CLOSED for one in (known, *others) if one):
        return _refused("record-closed")
    if known and known.status == Status.DISPUTED and not desk.settles:
        return _refused("record-disputed")
    if others and not known:
        return Filed(Outcome.DUPLICATE, member.citizen_id, others[0].record_id)
    new = Filed(Outcome.CORRECTED if known else Outcome.ACCEPTED, member.citizen_id, new_id("rec"))
    told.add(member.citizen_id, fact, new.record_id or "")
    return new


def _refused(code: str) -> Filed:
    return Filed(Outcome.REFUSED, field="source_record_id", code=code)


def _name(pii: PiiBox, member: Member, names: dict[str, str]) -> str:
    if member.citizen_id not in names and member.sealed_name is not None:
        names[member.citizen_id] = pii.decrypt(member.sealed_name, context=f"name:{member.citizen_id}")
    return names.get(member.citizen_id, "")


def _plain(name: str) -> str:
    """A name without spaces, separators and width: departments write 阿不力克木·吐尔逊 in several ways."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).upper() if char.isalnum())


def _store(
    session: Session, desk: Desk, facts: Sequence[Fact], filed: Sequence[Filed], known: Mapping[str, Known]
) -> None:
    told = list(zip(facts, filed, strict=True))
    old = [known[fact.source_record_id] for fact, result in told if result.outcome is Outcome.CORRECTED]
    rows = [
        _row(desk, fact, result, known.get(fact.source_record_id))
        for fact, result in told
        if result.outcome in (Outcome.ACCEPTED, Outcome.CORRECTED)
    ]
    superseding.supersede(session, old, actor=desk.actor, now=desk.now)
    records.add(session, rows, desk.actor)
    followed = {(row["citizen_id"], row["supersedes"]): row["id"] for row in rows if row["supersedes"]}
    statements.follow(session, desk.pii, followed)
    report_fall.records_changed(session, {citizen_id for citizen_id, _ in followed}, desk.now)
    enrolments.mark_due(session, {row["citizen_id"] for row in rows}, day_of(desk.now))


def _row(desk: Desk, fact: Fact, result: Filed, known: Known | None) -> dict[str, Any]:
    return {
        "citizen_id": result.citizen_id,
        "id": result.record_id,
        "item": fact.item,
        "source": desk.actor.id,
        "source_name": desk.actor.name,
        "source_record_id": fact.source_record_id,
        "batch_id": desk.batch_id,
        "supersedes": known.record_id if known else None,
        "event_on": fact.event_on,
        "effective_on": fact.event_on,
        "expires_on": fact.expires_on,
        "ended_on": fact.ended_on,
        "quantity": fact.quantity,
        "details": as_json(fact.details),
        "fingerprint": fact.fingerprint,
        "status": str(Status.ACTIVE),
        "version": 1,
        "received_at": desk.now,
    }
