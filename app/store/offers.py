"""Offers as they were published: every version with its text, its simulation, its notice and its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ARRAY, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.direct import Statements, ask
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
