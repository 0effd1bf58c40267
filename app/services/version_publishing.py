"""Publishing a version: a finished simulation, a notice, a day ahead, and a second person (guardrail 15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.services.versions import Series
from app.store.base import new_id
from app.store.versions import PROPOSED, SCHEDULED, SIMULATED, Row

NOTICE_DAYS = 7
"""Days between the notice to those whom it touches, at the approval, and the first day of the version, at least."""
LONGEST_AHEAD = 365
LONGEST_SIMULATED = timedelta(days=30)
"""How long a simulation speaks for a city's members, who change: older ones are made again."""
PART = 100_000
"""Members who are told, and made due, in one transaction, about so many."""


@dataclass(frozen=True, slots=True)
class Publishing(Generic[Row]):
    """How the versions of a series are published.

    `in_force`: the version of a code that holds on a day, None where there is none. `fits` raises Refusal where a
    version could not stand beside the others. `touched`: how many members it touches.
    """

    series: Series[Row]
    in_force: Callable[[Session, str, date], int | None]
    fits: Callable[[Session, Row, date], None]
    touched: Callable[[Session, Row], int]

    def proposal(
        self,
        session: Session,
        code: str,
        version: int,
        *,
        notice_zh: str,
        notice_en: str,
        effective_on: date,
        now: datetime,
    ) -> tuple[str, dict[str, Any]]:
        """(target, data) of the approval that publishes a version.

        Raises Refusal `not-found`, `…-settled`, `…-not-simulated` where no simulation of the last 30 days compares it
        with the version in force, `…-scheduled` where another version waits for its day, what `fits` raises, and
        `validation` for a day too near or too far.
        """
        row = self.series.held(session, code, version)
        self._check(session, row, effective_on, now)
        data = {"code": code, "version": version, "notice_zh": notice_zh, "notice_en": notice_en}
        return row.id, data | {"effective_on": effective_on.isoformat()}

    def seen(self, session: Session, version_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
        """How the version stands, and who proposed it, who may not approve it either; raises Refusal `not-found`."""
        row = self.series.held_by_id(session, version_id)
        return {
            "operator_id": row.proposed_by,
            "version_status": row.status,
            "sha256": row.sha256,
            "simulated_at": row.simulated_at.isoformat() if row.simulated_at else "",
        }

    def execute(self, session: Session, version_id: str, data: Mapping[str, Any], now: datetime) -> None:
        """Announce the version: it is in force from its day on. Raises as `proposal`, as days have passed since."""
        row = self.series.held_by_id(session, version_id)
        effective_on = date.fromisoformat(data["effective_on"])
        self._check(session, row, effective_on, now)
        row.status, row.effective_on, row.approved_at = SCHEDULED, effective_on, now
        row.notice_zh, row.notice_en = data["notice_zh"], data["notice_en"]
        row.event_id, row.parts = new_id("evt"), self.touched(session, row) // PART + 1
        session.flush()

    def _check(self, session: Session, row: Row, effective_on: date, now: datetime) -> None:
        today = day_of(now)
        if row.status == SIMULATED:
            self._check_simulated(row, now)
            self._check_against(session, row, today)
        elif row.status == PROPOSED:
            raise self.series.refused("not-simulated")
        else:
            raise self.series.settled(row)
        first, last = today + timedelta(days=NOTICE_DAYS), today + timedelta(days=LONGEST_AHEAD)
        if not first <= effective_on <= last:
            known = f"so that people know {NOTICE_DAYS} days ahead"
            detail = f"A day from {first.isoformat()}, {known}, to {last.isoformat()}."
            raise Refusal("validation", errors=[FieldError("/effective_on", "date-out-of-range", detail)])

    def _check_simulated(self, row: Row, now: datetime) -> None:
        """Its simulation is of this text and not too old."""
        stale = row.simulated_at is None or now - row.simulated_at > LONGEST_SIMULATED
        if stale or (row.simulation or {}).get("sha256") != row.sha256:
            raise self.series.refused("not-simulated")

    def _check_against(self, session: Session, row: Row, today: date) -> None:
        """Nothing newer was published, it was simulated against what is in force now, and it fits what is coming."""
        rows = self.series.rows.of_code(session, row.code)
        published = [each for each in rows if each.status == SCHEDULED and each.effective_on]
        if coming := [each for each in published if each.effective_on and each.effective_on > today]:
            raise self.series.refused("scheduled", version=coming[0].version)
        in_force = self.in_force(session, row.code, today)
        if in_force and (row.simulation or {}).get("against") != in_force:
            raise self.series.refused("not-simulated")
        if any(each.version > row.version for each in published):
            raise self.series.settled(row)
        self.fits(session, row, today)
