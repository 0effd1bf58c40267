"""A correction (PIPL article 46): someone says that a fact about them is wrong, and the credit office answers in time.

Kept apart from a dispute over how a right fact is counted: a correction changes what is held, not what it is worth.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import day_of

ANSWER_DAYS = 20
"""Calendar days to verify and answer in writing, from the day of receipt (征信业管理条例 §25; domain.md 6)."""


class About(StrEnum):
    """What is said to be wrong."""

    IDENTITY = "identity"
    RECORD = "record"


class Status(StrEnum):
    """Where a request is. Only a received one waits for an answer."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Remedy(StrEnum):
    """How a wrong record is put right: taken back, or replaced by what is true."""

    WITHDRAW = "withdraw"
    REPLACE = "replace"


FIELDS: dict[About, tuple[str, ...]] = {
    About.IDENTITY: ("name", "id_number", "city"),
    About.RECORD: ("whole", "item", "event_on", "ended_on", "expires_on", "quantity", "details"),
}
"""What of each may be said to be wrong; `whole`: the record is not about this person, or it never happened."""

OUTCOMES = (Status.ACCEPTED, Status.REFUSED)


def due_on(received_at: datetime) -> date:
    """The last day on which the answer is in time."""
    return day_of(received_at) + timedelta(days=ANSWER_DAYS)
