"""What a person says of a record of theirs (征信业管理条例 §16), and what they promise in private, never scored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import LargeBinary, String, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outer_ids
from app.store.arrays import among
from app.store.base import Base, Id, Moment, sealed


class StatementRow(Base):
    """The person's statement on one record, shown wherever the record is."""

    __tablename__ = "record_statements"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    record_id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("record_statements:{record_id}"))
    made_at: Mapped[Moment]
    changed_at: Mapped[Moment]


class PledgeRow(Base):
    """A person's own promise, about a scenario or a record; `status`: open, fulfilled or withdrawn."""

    __tablename__ = "pledges"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    scenario: Mapped[str | None] = mapped_column(String(64))
    record_id: Mapped[str | None] = mapped_column(String(64))
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("pledges:{id}"))
    until_on: Mapped[date | None]
    status: Mapped[Id]
    made_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


def context(record_id: str) -> str:
    """What the ciphertext of a statement is bound to."""
    return f"record_statements:{record_id}"


def pledge_context(pledge_id: str) -> str:
    """What the ciphertext of a pledge is bound to."""
    return f"pledges:{pledge_id}"


def put(session: Session, citizen_id: str, record_id: str, sealed_text: bytes, now: datetime) -> None:
    """Write the statement on a record, over the one before."""
    new = insert(StatementRow).values(
        citizen_id=citizen_id, record_id=record_id, sealed_text=sealed_text, made_at=now, changed_at=now
    )
    changed = {"sealed_text": new.excluded.sealed_text, "changed_at": new.excluded.changed_at}
    key = [StatementRow.citizen_id, StatementRow.record_id]
    session.execute(new.on_conflict_do_update(index_elements=key, set_=changed))


def remove(session: Session, citizen_id: str, record_id: str) -> None:
    """Take the statement on a record away; where there is none, nothing happens."""
    mine = StatementRow.citizen_id == citizen_id, StatementRow.record_id == record_id
    session.execute(delete(StatementRow).where(*mine))


def on(session: Session, citizen_id: str, record_ids: Collection[str]) -> Mapping[str, StatementRow]:
    """A person's statements on these records, by record."""
    mine = StatementRow.citizen_id == citizen_id, among(StatementRow.record_id, record_ids)
    rows = session.scalars(select(StatementRow).where(*mine).execution_options(populate_existing=True))
    return {row.record_id: row for row in rows}


def on_records(session: Session, keys: Collection[tuple[str, str]]) -> Sequence[StatementRow]:
    """The statements on several people's records, each by (citizen, record)."""
    people, record_ids = {citizen_id for citizen_id, _ in keys}, {record_id for _, record_id in keys}
    theirs = among(StatementRow.citizen_id, people), among(StatementRow.record_id, record_ids)
    return session.scalars(select(StatementRow).where(*theirs).execution_options(populate_existing=True)).all()


def move(session: Session, row: StatementRow, record_id: str, sealed_text: bytes) -> None:
    """Let a statement be on another record, for which its text is sealed anew."""
    row.record_id, row.sealed_text = record_id, sealed_text
    session.flush()


def add_pledge(session: Session, row: PledgeRow) -> None:
    """Keep a pledge; its id leads to its citizen."""
    outer_ids.register(session, row.id, "pledge", row.citizen_id)
    session.add(row)
    session.flush()


def pledge(session: Session, citizen_id: str, pledge_id: str, *, held: bool = False) -> PledgeRow | None:
    """One pledge of this person, or None; `held` until the transaction ends."""
    query = select(PledgeRow).where(PledgeRow.citizen_id == citizen_id, PledgeRow.id == pledge_id)
    query = query.with_for_update() if held else query
    return session.scalar(query.execution_options(populate_existing=True))


def count_open(session: Session, citizen_id: str) -> int:
    """How many pledges of this person are open."""
    query = select(func.count()).select_from(PledgeRow)
    return session.scalar(query.where(PledgeRow.citizen_id == citizen_id, PledgeRow.status == "open")) or 0


def pledges(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[PledgeRow]:
    """A person's pledges, newest first, older than the id `before`."""
    query = select(PledgeRow).where(PledgeRow.citizen_id == citizen_id)
    query = query.where(PledgeRow.id < before) if before else query
    return session.scalars(query.order_by(PledgeRow.id.desc()).limit(limit)).all()
