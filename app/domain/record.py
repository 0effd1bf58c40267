"""A record (信用记录): one fact from one department about one person, and the days on which it counts (scoring.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.calendar import add_months

LONGEST_KEPT_MONTHS = 60
"""An adverse fact is gone five years after the act ended, at the latest (征信业管理条例 §16; guardrail 12)."""


class Status(StrEnum):
    """Where a record is in its life. Only an active one counts."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    REPAIRED = "repaired"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Record:
    """What the calculation reads of a record.

    `event_on` is the day it happened, an adverse one's decision day. It counts from `effective_on` until the day before
    `expires_on` (None: no end). `ended_on`, of adverse records only, is the day the act ended. `version` grows with
    each event in its life.
    """

    id: str
    item: str
    event_on: date
    effective_on: date
    expires_on: date | None = None
    ended_on: date | None = None
    status: Status = Status.ACTIVE
    version: int = 1

    def counts_on(self, day: date) -> bool:
        """Whether it enters a calculation as of `day`."""
        return self.silent_because(day) is None

    def silent_because(self, day: date) -> str | None:
        """Why it counts not on `day`: its status, `not-yet-effective`, `expired`, `over-five-years`. Or None."""
        if self.status is not Status.ACTIVE:
            return str(self.status)
        if day < self.effective_on or day < self.event_on:
            return "not-yet-effective"
        if self.expires_on is not None and day >= self.expires_on:
            return "expired"
        if self.ended_on is not None and day >= add_months(self.ended_on, LONGEST_KEPT_MONTHS):
            return "over-five-years"
        return None
