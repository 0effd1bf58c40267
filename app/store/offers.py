"""Offers as they were published: every version with its text, its simulation, its notice and its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.direct import Statements, ask
from app.store.partners import Partner
from app.store.versions import Version, VersionTable


class OfferVersion(Version):
    """One version of an offer. Its text never changes; it is in force from `effective_on` until the next one is.

    `cities`: those whose members it touches, as their packs are read by it or by the version before it.
    """

    __tablename__ = "offer_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)
    cities: Mapped[list[str]] = mapped_column(ARRAY(String(64)))


VERSIONS = VersionTable(OfferVersion, "ofv")


def announced(session: Session, city: str, day: date) -> Sequence[OfferVersion]:
    """The versions that touch a city's members and whose first day is after `day`, the next one first."""
    return VERSIONS.announced(session, day, OfferVersion.cities.contains([city]))


def texts(connection: Statements, ids: Collection[str]) -> list[tuple[str, str]]:
    """(id, text) of these versions; raises OperationalError where the database is away."""
    query = "select id, text from offer_versions where id = any(%(ids)s)"
    return [(version_id, text) for version_id, text in ask(connection, query, {"ids": list(ids)})]


def untold(session: Session) -> Sequence[OfferVersion]:
    """The versions that are announced, or were taken back, and of which not everyone was told yet; oldest first."""
    mine = OfferVersion.event_id.is_not(None), OfferVersion.told < OfferVersion.parts
    return session.scalars(select(OfferVersion).where(*mine).order_by(OfferVersion.id)).all()


def serving(session: Session, scenario: str) -> Sequence[Partner]:
    """The active partners that may serve a scenario."""
    mine = Partner.scenarios.contains([scenario]), Partner.status == "active"
    return session.scalars(select(Partner).where(*mine).order_by(Partner.id)).all()
