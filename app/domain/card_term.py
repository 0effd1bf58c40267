"""How long a card that was given is held: its giver says so (domain.md section 4, rule f)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import SHANGHAI, add_months


class Term(StrEnum):
    """A day, a calendar month or twelve, from the moment at which a card is given or renewed."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


_MONTHS = {Term.MONTH: 1, Term.YEAR: 12}


def end_of(term: Term, now: datetime) -> datetime:
    """The first moment at which a card of this term, given `now`, is over; at the same time of day in China."""
    if term is Term.DAY:
        return now + timedelta(days=1)
    local = now.astimezone(SHANGHAI)
    return datetime.combine(add_months(local.date(), _MONTHS[term]), local.timetz()).astimezone(UTC)
