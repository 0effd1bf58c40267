"""Credit reports that others may check: each sealed document and paper with its code, and the records that it shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    and_,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outer_ids
from app.store.arrays import among
from app.store.base import Base, Id, Moment, sealed
from app.store.outer_ids import OuterId
from app.store.records import RecordRow
from app.store.statements import StatementRow

CODE = "report_code"
"""The kind of outer id that leads from a code's keyed hash to its citizen."""
_PLAIN = {"synchronize_session": False}
_HAS_TEXT = text("sealed_document is not null")


class ReportRow(Base):
    """One report and its link. `over_at`: when the link is over, at `expires_at` or earlier, by what `ended_because`
    says: `citizen` or `superseded`. What is superseded keeps neither document nor paper, the PDF in base64 whose
    `sha256` was told. `records`: how many of a person's it shows; `falls_on`: the day on which the first thing that it
    shows is over. Of an entity, `entity_state` is a digest of what it shows.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_over_at", "over_at"),
        Index("ix_reports_entity_id", "entity_id"),
        Index("ix_reports_documents", "citizen_id", "id", postgresql_where=_HAS_TEXT),
        Index("ix_reports_falls_on", "falls_on", postgresql_where=_HAS_TEXT),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    entity_id: Mapped[str | None] = mapped_column(String(64))
    entity_state: Mapped[str | None] = mapped_column(String(64))
    falls_on: Mapped[date | None]
    language: Mapped[Id]
    shows: Mapped[Id]
    code_hash: Mapped[Id]
    sealed_code: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("reports.code:{id}"))
    sealed_document: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reports:{id}"))
    # Large, and read only where the file itself is asked for.
    sealed_paper: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, info=sealed("reports.paper:{id}"))
    sha256: Mapped[Id]
    records: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    over_at: Mapped[Moment]
    ended_because: Mapped[str | None] = mapped_column(String(64))
    checks: Mapped[int] = mapped_column(Integer, default=0)
    checked_at: Mapped[Moment | None]


class ReportRecord(Base):
    """A record that a report shows, in the version that it shows, with or without its person's statement."""

    __tablename__ = "report_records"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    report_id: Mapped[Id] = mapped_column(primary_key=True)
    record_id: Mapped[Id] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    stated: Mapped[bool]


def context(report_id: str) -> str:
    """What the ciphertext of a document is bound to."""
    return f"reports:{report_id}"


def code_context(report_id: str) -> str:
    """What the ciphertext of a code is bound to."""
    return f"reports.code:{report_id}"


def paper_context(report_id: str) -> str:
    """What the ciphertext of a paper is bound to."""
    return f"reports.paper:{report_id}"


def add(session: Session, row: ReportRow, shown: Sequence[ReportRecord]) -> None:
    """Keep a report; its code leads to its citizen."""
    outer_ids.register(session, row.code_hash, CODE, row.citizen_id)
    session.add_all([row, *shown])
    session.flush()


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[ReportRow]:
    """A person's reports, newest first, older than the id `before`."""
    query = select(ReportRow).where(ReportRow.citizen_id == citizen_id)
    query = query.where(ReportRow.id < before) if before else query
    return session.scalars(query.order_by(ReportRow.id.desc()).limit(limit).execution_options(**_FRESH)).all()


def get(session: Session, citizen_id: str, report_id: str) -> ReportRow | None:
    """One report of this person, held, or None."""
    query = select(ReportRow).where(ReportRow.citizen_id == citizen_id, ReportRow.id == report_id)
    return session.scalar(query.with_for_update().execution_options(**_FRESH))


def live(session: Session, code_hash: str, now: datetime) -> ReportRow | None:
    """The report whose code this is and may be checked at `now`, held; None for all else."""
    citizen_id = outer_ids.citizen_of(session, code_hash, CODE)
    mine = ReportRow.citizen_id == citizen_id, ReportRow.code_hash == code_hash, ReportRow.over_at > now
    return session.scalar(select(ReportRow).where(*mine).with_for_update().execution_options(**_FRESH))


def count_live(session: Session, citizen_id: str, now: datetime) -> int:
    """How many links of this person are live."""
    query = select(func.count()).select_from(ReportRow)
    return session.scalar(query.where(ReportRow.citizen_id == citizen_id, ReportRow.over_at > now)) or 0


def newest_live(session: Session, citizen_id: str, shows: str, now: datetime, day: date) -> ReportRow | None:
    """The person's newest own report whose link is live, shows so, and shows nothing that changed since."""
    mine = ReportRow.citizen_id == citizen_id, ReportRow.entity_id.is_(None), ReportRow.shows == shows
    query = select(ReportRow).where(*mine, ReportRow.over_at > now, ReportRow.records == _standing(day))
    return session.scalar(query.order_by(ReportRow.id.desc()).limit(1).execution_options(**_FRESH))


def stands(session: Session, row: ReportRow, day: date) -> bool:
    """Whether every record stands on `day` as the report shows it."""
    mine = ReportRow.citizen_id == row.citizen_id, ReportRow.id == row.id
    return bool(session.scalar(select(ReportRow.records == _standing(day)).where(*mine)))


def fallen(session: Session, citizen_ids: Collection[str], day: date) -> Sequence[ReportRow]:
    """These people's own reports with a document that shows what stands no more, held in one order for everyone."""
    theirs = among(ReportRow.citizen_id, citizen_ids), ReportRow.sealed_document.is_not(None)
    query = select(ReportRow).where(*theirs, ReportRow.records != _standing(day))
    held = query.order_by(ReportRow.citizen_id, ReportRow.id).with_for_update()
    return session.scalars(held.execution_options(**_FRESH)).all()


def over(session: Session, day: date, limit: int) -> Sequence[ReportRow]:
    """Up to `limit` reports of which something is over on `day`, held; those that others hold are passed over."""
    query = select(ReportRow).where(ReportRow.sealed_document.is_not(None), ReportRow.falls_on <= day)
    query = query.order_by(ReportRow.falls_on).limit(limit).with_for_update(skip_locked=True)
    return session.scalars(query.execution_options(**_FRESH)).all()


def of_entity(session: Session, entity_id: str) -> Sequence[ReportRow]:
    """The reports of an entity that still have a document, held."""
    mine = ReportRow.sealed_document.is_not(None), ReportRow.entity_id == entity_id
    query = select(ReportRow).where(*mine).order_by(ReportRow.id).with_for_update()
    return session.scalars(query.execution_options(**_FRESH)).all()


def forget(session: Session, over_before: datetime, limit: int) -> int:
    """Delete up to `limit` reports whose link was over by then, with all that leads to them; how many."""
    due = select(ReportRow.citizen_id, ReportRow.id, ReportRow.code_hash).where(ReportRow.over_at <= over_before)
    rows = session.execute(due.limit(limit).with_for_update(skip_locked=True)).all()
    keys = [(row.citizen_id, row.id) for row in rows]
    if keys:
        shown = tuple_(ReportRecord.citizen_id, ReportRecord.report_id).in_(keys)
        session.execute(delete(ReportRecord).where(shown), execution_options=_PLAIN)
        mine = tuple_(ReportRow.citizen_id, ReportRow.id).in_(keys)
        session.execute(delete(ReportRow).where(mine), execution_options=_PLAIN)
        codes = OuterId.outer_id.in_([row.code_hash for row in rows]), OuterId.kind == CODE
        session.execute(delete(OuterId).where(*codes), execution_options=_PLAIN)
    return len(keys)


def end(session: Session, row: ReportRow, because: str, now: datetime) -> None:
    """End a report's link, if it is not over yet; one that is superseded loses its document and its paper."""
    if row.over_at > now:
        row.over_at, row.ended_because = now, because
    if because == "superseded":
        row.sealed_document, row.sealed_paper, row.ended_because = None, None, because
    session.flush()


def checked(session: Session, row: ReportRow, now: datetime) -> None:
    """Count one check."""
    mine = ReportRow.citizen_id == row.citizen_id, ReportRow.id == row.id
    session.execute(update(ReportRow).where(*mine).values(checks=ReportRow.checks + 1, checked_at=now), None, **_WRITE)


_FRESH = {"populate_existing": True}
_WRITE = {"execution_options": _PLAIN}


def _standing(day: date) -> ColumnElement[int]:
    """How many of a report's records stand on `day` in the version, and with the statement, that it shows."""
    record = and_(RecordRow.citizen_id == ReportRecord.citizen_id, RecordRow.id == ReportRecord.record_id)
    said = and_(StatementRow.citizen_id == RecordRow.citizen_id, StatementRow.record_id == RecordRow.id)
    same = (
        ReportRecord.citizen_id == ReportRow.citizen_id,
        ReportRecord.report_id == ReportRow.id,
        ReportRecord.version == RecordRow.version,
        RecordRow.expires_on > day,
        StatementRow.record_id.is_not(None) == ReportRecord.stated,
        func.coalesce(StatementRow.changed_at <= ReportRow.made_at, True),
    )
    query = select(func.count()).select_from(ReportRecord).join(RecordRow, record).outerjoin(StatementRow, said)
    return query.where(*same).correlate(ReportRow).scalar_subquery()
