"""A review (guardrail 11; PIPL article 24): a person looks at a decision, or at what a record does to a score."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import day_of

WORD_DAYS = 90
"""Days for which a person's word on a decision holds: long enough to come back to the counter with it. Ours."""


class Kind(StrEnum):
    """What a person is asked to look at: a decision, or a score item (a record's effect)."""

    DECISION = "decision"
    ITEM = "item"


class Status(StrEnum):
    """Where a review is. Only a received one waits for an answer."""

    RECEIVED = "received"
    STANDS = "stands"
    CHANGED = "changed"


OUTCOMES = (Status.STANDS, Status.CHANGED)


def holds_until(answered_at: datetime) -> date:
    """The first day on which a changed decision's word holds no longer."""
    return day_of(answered_at) + timedelta(days=WORD_DAYS)
