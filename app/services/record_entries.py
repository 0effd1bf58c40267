"""One record at a time: a department enters, corrects or withdraws a fact under its own number.

The answer is the same whether or not the person has opted in, so that entering a fact tells nothing about that.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.domain.fact import RowFault
from app.domain.intake import Intake, Row
from app.domain.pack import catalogue_of
from app.domain.record import Status
from app.services import report_fall, scoring
from app.services.filing import CLOSED, Desk, Filed, Outcome, file_facts
from app.store import access_log, enrolments, records
from app.store.records import RecordRow

PURPOSE = "records"


def enter(session: Session, desk: Desk, row: Row) -> None:
    """File the fact that `row` says and score its person again.

    Raises Refusal `validation`, whose error names the row's field and the reason, one of `app.domain.fact.CODES`; who
    answers for a member's record (`desk.settles`) hears `UNTOLD` ones too.
    """
    try:
        fact = Intake(catalogue_of(desk.packs), desk.actor.id, day_of(desk.now)).fact(row)
    except RowFault as fault:
        raise _refused(fault.field, fault.code) from None
    filed = file_facts(session, desk, [fact])[0]
    if filed.told or (desk.settles and filed.outcome is Outcome.REFUSED):
        raise _refused(filed.field, filed.code)
    _show_and_score(session, desk, filed)


def withdraw(session: Session, desk: Desk, source_record_id: str, *, reason: str, document: str | None) -> None:
    """Take a fact back: it counts for nothing from now on. An unknown or settled one is left as it is."""
    records.hold_source(session, desk.actor.id)
    record = held(session, desk.actor.id, source_record_id)
    if record is None or record.status in CLOSED:
        return
    records.change_status(
        session,
        record.citizen_id,
        record.id,
        Status.WITHDRAWN,
        kind="withdrawn",
        actor=desk.actor,
        now=desk.now,
        reason=reason,
        document=document,
    )
    # Before the log: whoever checks a report holds it, then its person's log.
    report_fall.records_changed(session, [record.citizen_id], desk.now)
    _show_and_score(session, desk, Filed(Outcome.ACCEPTED, record.citizen_id, record.id))


def held(session: Session, source: str, source_record_id: str) -> RecordRow | None:
    """What a department's number leads to now, its member held until the transaction ends; None where they are gone.

    The caller holds the department's facts. The record is read last: until then it may have been deleted.
    """
    found = records.known(session, source, [source_record_id]).get(source_record_id)
    member = enrolments.lock(session, found.citizen_id) if found else None
    return records.get(session, found.citizen_id, found.record_id) if found and member else None


def _show_and_score(session: Session, desk: Desk, filed: Filed) -> None:
    if filed.citizen_id is None:
        return
    access_log.append(
        session,
        filed.citizen_id,
        now=desk.now,
        actor=desk.actor,
        action="ingested",
        purpose=PURPOSE,
        ref=filed.record_id,
    )
    if filed.outcome is not Outcome.DUPLICATE:
        scoring.refresh(session, desk.packs, filed.citizen_id, now=desk.now, reason=PURPOSE)


def _refused(field: str, code: str) -> Refusal:
    return Refusal("validation", errors=[FieldError(f"/{field}", code, code)])
