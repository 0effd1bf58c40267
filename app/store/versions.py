"""Whatever is published in versions, as it is kept: a text that never changes, its simulation, its notice, its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, String, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, new_id
from app.store.direct import Statements, ask

PROPOSED, SIMULATED, SCHEDULED, WITHDRAWN = "proposed", "simulated", "scheduled", "withdrawn"
RELEASE = "release"
"""Who proposed a version that came with the software."""


class Version(Base):
    """One version of what is called `code`, in force from `effective_on` until the next one is.

    `told`: how many of the `parts` of those whom it touches have the notice in their inbox; `event_id`: the event
    that tells of it (app/services/version_effect.py).
    """

    __abstract__ = True
    id: Mapped[Id] = mapped_column(primary_key=True)
    code: Mapped[Id]
    version: Mapped[int] = mapped_column(Integer)
    city: Mapped[Id]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[Id]
    status: Mapped[Id]
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[Id]
    proposed_at: Mapped[Moment]
    simulation: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    simulated_at: Mapped[Moment | None]
    notice_zh: Mapped[str | None] = mapped_column(String(1000))
    notice_en: Mapped[str | None] = mapped_column(String(1000))
    effective_on: Mapped[date | None]
    approved_at: Mapped[Moment | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[Moment | None]
    event_id: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[int] = mapped_column(Integer)
    told: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version without its text: in force from `effective_on` on."""

    id: str
    code: str
    version: int
    effective_on: date
    sha256: str


Row = TypeVar("Row", bound=Version)


class VersionTable(Generic[Row]):
    """The table of one kind of version; `prefix` begins its ids, `fresh` are the further columns of a new one."""

    def __init__(self, row: type[Row], prefix: str, **fresh: Any) -> None:
        self._row, self._prefix, self._fresh = row, prefix, fresh

    def values(self, *, text: str, sha256: str, proposed_by: str, now: datetime, **more: Any) -> dict[str, Any]:
        """The columns of a new version; `more`: its code, version and city, and what is not as usual."""
        usual = {"status": PROPOSED, "reason": "", "parts": 1, "told": 0, "effective_on": None, **self._fresh}
        said = {"text": text, "sha256": sha256, "proposed_by": proposed_by, "proposed_at": now}
        return {"id": new_id(self._prefix), **usual, **said, **more}

    def add(self, session: Session, *values: dict[str, Any]) -> Sequence[Row]:
        """Keep versions, for good; those that are there already are not among what is returned."""
        rows = insert(self._row).values(list(values)).on_conflict_do_nothing()
        return session.scalars(rows.returning(self._row)).all()

    def hold(self, session: Session) -> None:
        """Let one transaction at a time decide about these versions: whether one fits depends on all the others."""
        name = self._row.__tablename__.replace("_", " ")
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    def get(self, session: Session, code: str, version: int) -> Row | None:
        """This version, as it is now, or None."""
        return next(iter(self._found(session, self._row.code == code, self._row.version == version)), None)

    def by_id(self, session: Session, version_id: str) -> Row | None:
        """The version with this id, as it is now, or None."""
        return next(iter(self._found(session, self._row.id == version_id)), None)

    def of_code(self, session: Session, code: str) -> Sequence[Row]:
        """Every version under the code that is kept, newest first."""
        return sorted(self._found(session, self._row.code == code), key=lambda row: -row.version)

    def kept(self, session: Session) -> Collection[tuple[str, int]]:
        """(code, version) of every version that is kept."""
        return {(code, version) for code, version in session.execute(select(self._row.code, self._row.version))}

    def with_status(self, session: Session, *statuses: str) -> Sequence[Row]:
        """Every version in one of these states, oldest first."""
        return self._found(session, self._row.status.in_(statuses))

    def announced(self, session: Session, day: date, *where: ColumnElement[bool]) -> Sequence[Row]:
        """The versions whose first day is after `day`, the next one first."""
        rows = self._found(session, self._row.status == SCHEDULED, self._row.effective_on > day, *where)
        return sorted(rows, key=lambda row: (row.effective_on or day, row.id))

    def published(self, connection: Statements) -> list[Published]:
        """Every version that is in force, was, or will be; raises OperationalError where the database is away."""
        columns = "id, code, version, effective_on, sha256"
        query = f"select {columns} from {self._row.__tablename__} where status = 'scheduled'"  # noqa: S608 - our name
        return [Published(*row) for row in ask(connection, query, {})]

    def _found(self, session: Session, *where: ColumnElement[bool]) -> Sequence[Row]:
        query = select(self._row).where(*where).order_by(self._row.id)
        return session.scalars(query.execution_options(populate_existing=True)).all()
