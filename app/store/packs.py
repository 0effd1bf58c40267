"""Score packs as they were published: every version with its text, its simulation, its notice and its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.pack import Pack
from app.store.direct import Statements, ask
from app.store.versions import (
    PROPOSED,
    RELEASE,
    SCHEDULED,
    SIMULATED,
    WITHDRAWN,
    Published,
    Version,
    VersionTable,
)

__all__ = ["PROPOSED", "RELEASE", "SCHEDULED", "SIMULATED", "WITHDRAWN", "PackVersion", "Published"]


class PackVersion(Version):
    """One version of a pack. Its text never changes; it is in force from `effective_on` until the next one is.

    It is read beside `extends_version` of the pack `extends`, whatever else is in force. `marked`: how many of the
    `parts` of the city's members were made due when it took effect (app/services/pack_effect.py).
    """

    __tablename__ = "pack_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)
    extends: Mapped[str | None] = mapped_column(String(64))
    extends_version: Mapped[int | None] = mapped_column(Integer)
    marked: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Kept:
    """A version's text and that of the base that it is read beside, None where there is none or it is not kept."""

    id: str
    text: str
    extends: str | None
    extends_version: int | None
    base_text: str | None


VERSIONS = VersionTable(PackVersion, "pkv", marked=0)
hold, get, by_id, of_code = VERSIONS.hold, VERSIONS.get, VERSIONS.by_id, VERSIONS.of_code
kept, with_status, published = VERSIONS.kept, VERSIONS.with_status, VERSIONS.published


def values(pack: Pack, *, text: str, sha256: str, proposed_by: str, now: datetime, **more: Any) -> dict[str, Any]:
    """The columns of a new version of the pack; `more`: what is not as usual."""
    base = {"extends": pack.extends, "extends_version": pack.extends_version}
    said = {"code": pack.code, "version": pack.version, "city": pack.city, **base, **more}
    return VERSIONS.values(text=text, sha256=sha256, proposed_by=proposed_by, now=now, **said)


def add(session: Session, pack: Pack, **said: Any) -> PackVersion | None:
    """Keep a version, for good; None where the pack has this version already. `said`: as of `values`."""
    return next(iter(VERSIONS.add(session, values(pack, **said))), None)


def base_text(session: Session, row: PackVersion) -> str | None:
    """The text of the very version that this one extends; None where it extends none, or that is not kept."""
    query = select(PackVersion.text).where(PackVersion.code == row.extends, PackVersion.version == row.extends_version)
    return session.scalar(query)


_TEXTS = """
select own.id, own.text, own.extends, own.extends_version, base.text
from pack_versions own
left join pack_versions base on base.code = own.extends and base.version = own.extends_version
where own.id = any(%(ids)s)
"""


def texts(connection: Statements, ids: Collection[str]) -> list[Kept]:
    """The texts of these versions; raises OperationalError where the database is away."""
    return [Kept(*row) for row in ask(connection, _TEXTS, {"ids": list(ids)})]


def announced(session: Session, city: str, day: date) -> Sequence[PackVersion]:
    """The versions of a city's packs whose first day is after `day`, the next one first."""
    return VERSIONS.announced(session, day, PackVersion.city == city)
