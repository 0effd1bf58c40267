"""What a sandbox partner has shown that it can do, seen in its own calls as they are answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.store import partner_milestones

EVENTS_READ, STATEMENT_READ, REPLAYED = "events-read", "statement-read", "replayed"
_READ = (("/partner/v1/events", "", EVENTS_READ), ("/partner/v1/statements/", "/file", STATEMENT_READ))
"""How the route begins and ends, and what reading it is."""


def milestone(method: str, rule: str, status: int, *, replayed: bool) -> str | None:
    """The milestone that this answer is, or None. `rule` is the route as Flask writes it."""
    if replayed:
        return REPLAYED
    if method != "GET" or status != 200:
        return None
    return next((code for start, end, code in _READ if rule.startswith(start) and rule.endswith(end)), None)


def reach(session: Session, partner_id: str, code: str, now: datetime) -> None:
    """Keep that the partner has reached this milestone; only the first time counts."""
    partner_milestones.reach(session, partner_id, code, now)
