"""A person's remedies against a record: its dispute, and its repair, each put to the department that recorded it.

A disputed record counts for nothing until it is settled (guardrail 12; 征信业管理条例 §25). Repair is a right that the
department decides on (信用修复管理办法, NDRC Order 36 of 2025; 国办发〔2025〕22号).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import add_months, day_of
from app.domain.pack import LegalClass
from app.domain.record import Status as RecordStatus

ANSWER_DAYS = 20
"""Calendar days for the department's answer: the law's for a dispute (征信业管理条例 §25), our own for a repair: of
which the law's handling days are not known to us (domain.md 6.1)."""


class Ground(StrEnum):
    """Why a record is disputed: about another, it never happened, its content, its time, or the use made of it."""

    NOT_MINE = "not_mine"
    UNTRUE = "untrue"
    INACCURATE = "inaccurate"
    OUTDATED = "outdated"
    USE = "use"


class Status(StrEnum):
    """Where a dispute or a repair is. `verifying`: the department has opened it.

    Disputes end upheld (the record stands), corrected or withdrawn, repairs repaired or refused; either is retracted by
    its person, or lapses where the record ended meanwhile in another way.
    """

    SUBMITTED = "submitted"
    VERIFYING = "verifying"
    UPHELD = "upheld"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REPAIRED = "repaired"
    REFUSED = "refused"
    RETRACTED = "retracted"
    LAPSED = "lapsed"


OPEN = (Status.SUBMITTED, Status.VERIFYING)
DISPUTE_OUTCOMES = (Status.UPHELD, Status.CORRECTED, Status.WITHDRAWN)
REPAIR_OUTCOMES = (Status.REPAIRED, Status.REFUSED)

DISPUTE_ENDS: Mapping[RecordStatus, Status] = {
    RecordStatus.CORRECTED: Status.CORRECTED,
    RecordStatus.WITHDRAWN: Status.WITHDRAWN,
    RecordStatus.REPAIRED: Status.LAPSED,
    RecordStatus.EXPIRED: Status.LAPSED,
}
"""What becomes of an open dispute when its record takes this status."""

REPAIR_ENDS: Mapping[RecordStatus, Status] = {**dict.fromkeys(DISPUTE_ENDS, Status.LAPSED)} | {
    RecordStatus.REPAIRED: Status.REPAIRED
}
"""What becomes of an open repair when its record takes this status."""

SHORTEST_SHOWN_MONTHS: Mapping[LegalClass, int] = {LegalClass.GENERAL: 3, LegalClass.SERIOUS: 12}
"""Months after the decision before which an adverse fact cannot be repaired: the least of its class's term."""


def due_on(asked_at: datetime) -> date:
    """The last day on which the answer is in time."""
    return day_of(asked_at) + timedelta(days=ANSWER_DAYS)


def repairable_from(legal_class: LegalClass, decided_on: date) -> date:
    """The first day on which an adverse fact of this class may be repaired."""
    return add_months(decided_on, SHORTEST_SHOWN_MONTHS[legal_class])
