"""Score packs as they were published: every version with its text, its simulation, its notice and its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, Text, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.pack import Pack
from app.store.base import Base, Id, Moment, new_id
from app.store.direct import Statements, ask

PROPOSED, SIMULATED, SCHEDULED, WITHDRAWN = "proposed", "simulated", "scheduled", "withdrawn"
RELEASE = "release"
"""Who proposed a version that came with the software."""


class PackVersion(Base):
    """One version of a pack. Its text never changes; it is in force from `effective_on` until the next one is.

    It is read beside `extends_version` of the pack `extends`, whatever else is in force.
    `told` and `marked`: how many of the `parts` of the city's members have the notice in their inbox, and were made
    due when it took effect (app/services/pack_effect.py). `event_id`: the inbox event that tells of it.
    """

    __tablename__ = "pack_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    code: Mapped[Id]
    version: Mapped[int] = mapped_column(Integer)
    city: Mapped[Id]
    extends: Mapped[str | None] = mapped_column(String(64))
    extends_version: Mapped[int | None] = mapped_column(Integer)
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
    marked: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version without its text: in force from `effective_on` on."""

    id: str
    code: str
    version: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A version's text and that of the base that it is read beside, None where there is none or it is not kept."""

    id: str
    text: str
    extends: str | None
    extends_version: int | None
    base_text: str | None


def add(
    session: Session, pack: Pack, *, text: str, sha256: str, proposed_by: str, now: datetime, **more: Any
) -> PackVersion | None:
    """Keep a version, for good; None where the pack has this version already. `more`: other columns."""
    values = {"id": new_id("pkv"), "status": PROPOSED, "reason": "", "parts": 1, "told": 0, "marked": 0, **more}
    row = insert(PackVersion).values(
        code=pack.code,
        version=pack.version,
        city=pack.city,
        extends=pack.extends,
        extends_version=pack.extends_version,
        text=text,
        sha256=sha256,
        proposed_by=proposed_by,
        proposed_at=now,
        **values,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(PackVersion))


def hold(session: Session) -> None:
    """Let one transaction at a time decide about packs: whether one fits depends on all the others."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("pack versions", 0))))


def get(session: Session, code: str, version: int) -> PackVersion | None:
    """This version, as it is now, or None."""
    query = select(PackVersion).where(PackVersion.code == code, PackVersion.version == version)
    return session.scalar(query.execution_options(populate_existing=True))


def by_id(session: Session, version_id: str) -> PackVersion | None:
    """The version with this id, as it is now, or None."""
    query = select(PackVersion).where(PackVersion.id == version_id)
    return session.scalar(query.execution_options(populate_existing=True))


def base_text(session: Session, row: PackVersion) -> str | None:
    """The text of the very version that this one extends; None where it extends none, or that is not kept."""
    query = select(PackVersion.text).where(PackVersion.code == row.extends, PackVersion.version == row.extends_version)
    return session.scalar(query)


def of_code(session: Session, code: str) -> Sequence[PackVersion]:
    """Every version of the pack that is kept, newest first."""
    query = select(PackVersion).where(PackVersion.code == code).order_by(PackVersion.version.desc())
    return session.scalars(query.execution_options(populate_existing=True)).all()


def kept(session: Session) -> Collection[tuple[str, int]]:
    """(code, version) of every version that is kept."""
    return {(code, version) for code, version in session.execute(select(PackVersion.code, PackVersion.version))}


def with_status(session: Session, *statuses: str) -> Sequence[PackVersion]:
    """Every version in one of these states, oldest first."""
    query = select(PackVersion).where(PackVersion.status.in_(statuses)).order_by(PackVersion.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


_PUBLISHED = "select id, code, version, effective_on from pack_versions where status = 'scheduled'"
_TEXTS = """
select own.id, own.text, own.extends, own.extends_version, base.text
from pack_versions own
left join pack_versions base on base.code = own.extends and base.version = own.extends_version
where own.id = any(%(ids)s)
"""


def published(connection: Statements) -> list[Published]:
    """Every version that is in force, was, or will be; raises OperationalError where the database is away."""
    return [Published(*row) for row in ask(connection, _PUBLISHED, {})]


def texts(connection: Statements, ids: Collection[str]) -> list[Kept]:
    """The texts of these versions; raises OperationalError where the database is away."""
    return [Kept(*row) for row in ask(connection, _TEXTS, {"ids": list(ids)})]


def announced(session: Session, city: str, day: date) -> Sequence[PackVersion]:
    """The versions of a city's packs whose first day is after `day`, the next one first."""
    query = select(PackVersion).where(PackVersion.city == city, PackVersion.status == SCHEDULED)
    return session.scalars(query.where(PackVersion.effective_on > day).order_by(PackVersion.effective_on)).all()
