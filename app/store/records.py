"""Records (信用记录), the append-only events of their lives, and the map from a department's number to its record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer, String, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.access import Actor
from app.domain.day_score import Facts
from app.domain.record import Record, Status
from app.store import remedies
from app.store.arrays import among
from app.store.base import Base, Id, Json, Moment
from app.store.copying import copy_rows


class RecordRow(Base):
    """One fact as its department said it. What it says never changes; `status` and `version` do, with an event each.

    A correction is a row of its own whose `supersedes` names the row that it replaces.
    """

    __tablename__ = "records"
    __table_args__ = (
        Index("ix_records_term", "expires_on", postgresql_where=text("ended_on is null")),
        Index("ix_records_expiring", "expires_on", postgresql_where=text("ended_on is not null and status = 'active'")),
        Index("ix_records_ended", "ended_on", postgresql_where=text("ended_on is not null")),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    item: Mapped[Id]
    source: Mapped[Id]
    source_name: Mapped[str] = mapped_column(String(120))
    source_record_id: Mapped[Id]
    batch_id: Mapped[str | None] = mapped_column(String(64))
    supersedes: Mapped[str | None] = mapped_column(String(64))
    event_on: Mapped[date]
    effective_on: Mapped[date]
    expires_on: Mapped[date]
    ended_on: Mapped[date | None]
    quantity: Mapped[int | None] = mapped_column(Integer)
    details: Mapped[Json]
    fingerprint: Mapped[Id]
    status: Mapped[Id]
    version: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[Moment]

    def domain(self) -> Record:
        """What the calculation reads of it."""
        return Record(
            id=self.id,
            item=self.item,
            event_on=self.event_on,
            effective_on=self.effective_on,
            expires_on=self.expires_on,
            ended_on=self.ended_on,
            status=Status(self.status),
            version=self.version,
        )


_FACTS = select(
    RecordRow.citizen_id, RecordRow.id, RecordRow.item, RecordRow.event_on, RecordRow.effective_on,
    RecordRow.expires_on, RecordRow.ended_on, RecordRow.status, RecordRow.version,
)  # fmt: skip


class RecordEvent(Base):
    """One thing that happened to a record: it took `status` as `version`, by whom, when, why, by which document.

    `number` rises with every event of a member, whose lock is held when it is drawn.
    """

    __tablename__ = "record_events"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    record_id: Mapped[Id] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, Identity())
    kind: Mapped[Id]
    status: Mapped[Id]
    actor_kind: Mapped[Id]
    actor_id: Mapped[Id]
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[Moment]
    reason: Mapped[str | None] = mapped_column(String(200))
    document: Mapped[str | None] = mapped_column(String(120))


class RecordSource(Base):
    """The map from a department's own number of a fact to the record that says it now."""

    __tablename__ = "record_sources"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    source: Mapped[Id] = mapped_column(primary_key=True)
    source_record_id: Mapped[Id] = mapped_column(primary_key=True)
    citizen_id: Mapped[Id] = mapped_column(index=True)
    record_id: Mapped[Id]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known under a department's own number of a fact."""

    citizen_id: str
    record_id: str
    fingerprint: str
    status: str
    version: int


def hold_source(session: Session, source: str) -> None:
    """Let one transaction at a time write the facts of this department."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"records:{source}", 0))))


def known(session: Session, source: str, numbers: Collection[str]) -> Mapping[str, Known]:
    """Which of a department's own numbers are known, and as what."""
    query = (
        select(
            RecordSource.source_record_id,
            RecordRow.citizen_id,
            RecordRow.id,
            RecordRow.fingerprint,
            RecordRow.status,
            RecordRow.version,
        )
        .join(RecordRow, (RecordRow.citizen_id == RecordSource.citizen_id) & (RecordRow.id == RecordSource.record_id))
        .where(RecordSource.source == source, among(RecordSource.source_record_id, numbers))
    )
    return {row[0]: Known(*row[1:]) for row in session.execute(query).all()}


def add(session: Session, rows: Sequence[dict[str, Any]], actor: Actor) -> None:
    """Store new records, by the columns of `records`, each with its event `received` and its place in the map."""
    copy_rows(session, RecordRow, rows)
    copy_rows(session, RecordEvent, (_event(row, actor, kind="received") for row in rows))
    copy_rows(session, RecordSource, (_place(row) for row in rows if row["supersedes"] is None))
    corrections = [_place(row) for row in rows if row["supersedes"] is not None]
    if corrections:
        statement = insert(RecordSource)
        key = [RecordSource.source, RecordSource.source_record_id]
        moved = {"citizen_id": statement.excluded.citizen_id, "record_id": statement.excluded.record_id}
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=moved), corrections)


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": row["source"],
        "source_record_id": row["source_record_id"],
        "citizen_id": row["citizen_id"],
        "record_id": row["id"],
    }


def _event(row: Mapping[str, Any], actor: Actor, kind: str) -> dict[str, Any]:
    return {
        "citizen_id": row["citizen_id"],
        "record_id": row["id"],
        "version": row["version"],
        "kind": kind,
        "status": row["status"],
        "actor_kind": str(actor.kind),
        "actor_id": actor.id,
        "actor_name": actor.name,
        "at": row["received_at"],
    }


def change_status(
    session: Session,
    citizen_id: str,
    record_id: str,
    status: Status,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    document: str | None = None,
) -> int:
    """Give a record another status and say so in an event; returns its new version.

    One in which it ends settles the dispute and the repair that are open about it.
    """
    change = (
        update(RecordRow)
        .where(RecordRow.citizen_id == citizen_id, RecordRow.id == record_id)
        .values(status=status, version=RecordRow.version + 1)
        .returning(RecordRow.version, RecordRow.received_at)
    )
    version, received_at = session.execute(change.execution_options(synchronize_session=False)).one()
    event = RecordEvent(
        citizen_id=citizen_id,
        record_id=record_id,
        version=version,
        kind=kind,
        status=status,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        at=now,
        reason=reason,
        document=document,
    )
    session.add(event)
    session.flush()
    if status not in (Status.ACTIVE, Status.DISPUTED):
        remedies.record_ended(
            session, citizen_id, record_id, status, now, since=received_at, reason=reason, document=document
        )
    return version


def of_citizen(session: Session, citizen_id: str) -> Sequence[RecordRow]:
    """Every record of a member, whatever its status, oldest first."""
    query = select(RecordRow).where(RecordRow.citizen_id == citizen_id).order_by(RecordRow.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def of_citizens(session: Session, citizen_ids: Collection[str]) -> Mapping[str, list[Record]]:
    """What the calculation reads of several members' records."""
    read = facts_of_citizens(session, citizen_ids)
    return {one: [Record(*facts[:6], Status(facts[6]), facts[7]) for facts in read.get(one, ())] for one in citizen_ids}


def numbers(session: Session, citizen_id: str) -> list[tuple[str, str]]:
    """The departments of a member's records, each with its own number of one."""
    query = select(RecordRow.source, RecordRow.source_record_id).where(RecordRow.citizen_id == citizen_id)
    return [(row[0], row[1]) for row in session.execute(query)]


def facts_of_citizens(session: Session, citizen_ids: Collection[str]) -> Mapping[str, list[Facts]]:
    """The same as tuples, for many members; those without records are absent."""
    found: dict[str, list[Facts]] = {}
    for row in session.execute(_FACTS.where(among(RecordRow.citizen_id, citizen_ids))):
        found.setdefault(row[0], []).append(row[1:])
    return found


def get(session: Session, citizen_id: str, record_id: str) -> RecordRow | None:
    """One record of this member, or None."""
    query = select(RecordRow).where(RecordRow.citizen_id == citizen_id, RecordRow.id == record_id)
    return session.scalar(query.execution_options(populate_existing=True))


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[RecordRow]:
    """A member's records, newest received first, older than the id `before`; repaired ones are no longer shown."""
    query = select(RecordRow).where(RecordRow.citizen_id == citizen_id, RecordRow.status != Status.REPAIRED)
    if before is not None:
        query = query.where(RecordRow.id < before)
    return session.scalars(query.order_by(RecordRow.id.desc()).limit(limit)).all()


def events(session: Session, citizen_id: str, record_id: str) -> Sequence[RecordEvent]:
    """A record's life, oldest first."""
    query = select(RecordEvent).where(RecordEvent.citizen_id == citizen_id, RecordEvent.record_id == record_id)
    return session.scalars(query.order_by(RecordEvent.version)).all()


def last_events(session: Session, citizen_ids: Collection[str]) -> Mapping[str, int]:
    """The number of each member's last event; absent where nothing happened yet."""
    last = select(RecordEvent.citizen_id, func.max(RecordEvent.number))
    rows = session.execute(last.where(among(RecordEvent.citizen_id, citizen_ids)).group_by(RecordEvent.citizen_id))
    return dict(rows.all())


def every_event(session: Session, citizen_id: str) -> Sequence[RecordEvent]:
    """All that happened to a member's records, in order."""
    query = select(RecordEvent).where(RecordEvent.citizen_id == citizen_id).order_by(RecordEvent.number)
    return session.scalars(query).all()
