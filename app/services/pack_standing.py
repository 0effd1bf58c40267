"""Which packs will stand beside one another: by what is approved at this moment, on each day that is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_kept
from app.domain.pack_fit import misfits, standing_together
from app.domain.packs import Packs
from app.store import packs as store
from app.store.packs import SCHEDULED, PackVersion


@dataclass(frozen=True, slots=True)
class Approved:
    """Every approved version that can be read, with its first day, as they take effect."""

    versions: Sequence[tuple[date, Pack]]

    def on(self, day: date) -> Mapping[str, Pack]:
        """The packs in force on `day`, as every shelf will hold them."""
        return standing_together(pack for effective_on, pack in self.versions if effective_on <= day)[0]

    def days(self, today: date) -> list[date]:
        """Today, and every coming day on which a version takes effect."""
        return sorted({today, *(effective_on for effective_on, _ in self.versions if effective_on > today)})


def kept(session: Session, row: PackVersion, packs: Packs | None = None) -> Pack:
    """The pack of a version, beside the very base that it was checked against.

    `packs` tell of a base of the release that is not kept yet. Raises PackError where it can no longer be read.
    """
    base = packs.version(row.extends, row.extends_version) if packs and row.extends and row.extends_version else None
    return parse_kept(row.text, store.base_text(session, row), base)


def approved(session: Session) -> Approved:
    """All that is approved; among them the release's packs, which the worker keeps. Hold the packs before."""
    found: list[tuple[date, str, Pack]] = []
    for row in store.with_status(session, SCHEDULED):
        try:
            found += [(row.effective_on, row.id, kept(session, row))] if row.effective_on else []
        except PackError:
            continue
    found.sort(key=lambda each: each[:2])
    return Approved([(effective_on, pack) for effective_on, _, pack in found])


def check_fits(pack: Pack, others: Approved, today: date) -> None:
    """Raises Refusal `pack-misfit` where the pack could not stand beside those of today or of a coming day.

    Of today too, whatever is coming: what is announced may still be withdrawn.
    """
    for day in others.days(today):
        if problems := misfits(pack, others.on(day)):
            raise Refusal("pack-misfit", day=day.isoformat(), problem=problems[0])
