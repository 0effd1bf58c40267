"""How long a record is kept, and what is proven once it is gone (征信业管理条例 §16; PIPL 19, 47; guardrail 12).

An adverse record expires on its own day and is deleted five years after the act ended; a positive one is deleted when
the retention that the catalogue gives it is over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.calendar import add_months, latest_with_months
from app.domain.record import LONGEST_KEPT_MONTHS

SALT_BYTES = 32
STATED = (
    "id", "item", "source", "source_name", "source_record_id", "event_on", "effective_on", "expires_on", "ended_on",
    "quantity", "details", "received_at",
)  # fmt: skip
"""What of a record, as the export of one's data tells it, a proof commits to: all that never changes."""


class Rule(StrEnum):
    """By which rule a record was deleted."""

    FIVE_YEARS = "five-years"
    TERM_ENDED = "term-ended"


def rule_of(ended_on: date | None) -> Rule:
    """The rule for a record; only an adverse one has a day on which the act ended."""
    return Rule.TERM_ENDED if ended_on is None else Rule.FIVE_YEARS


def deleted_on(expires_on: date, ended_on: date | None) -> date:
    """The day on which a record is deleted."""
    return expires_on if ended_on is None else add_months(ended_on, LONGEST_KEPT_MONTHS)


def ended_before(day: date) -> date:
    """The latest end of an act whose record is over five years on `day`."""
    return latest_with_months(LONGEST_KEPT_MONTHS, day)


def commitment(salt: bytes, record: Mapping[str, Any]) -> bytes:
    """SHA-256 of the salt and the record as the export told it (JSON values; what is empty is absent).

    Its canonical form: the members of STATED that are there, as JSON with sorted keys, without spaces, in UTF-8.
    """
    said = {name: record[name] for name in STATED if record.get(name) is not None}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + text.encode()).digest()
