"""A decision: what was answered about one citizen in one scenario, and why. The why is the citizen's alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.offer import Benefit
from app.domain.scenario import Path, Reason


class Via(StrEnum):
    """How the question came: by a scanned code, by a standing consent, or as the citizen confirmed an order."""

    SCAN = "scan"
    CONSENT = "consent"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One answer. `rule` names family and versions; `score`, `pack` and `digest` say what it rested on, where it did.

    `ref` is the scan or consent; a partner that asked is named with its pairwise `citizen_ref`.
    """

    decision_id: str
    citizen_id: str
    scenario: str
    path: Path
    benefit: Benefit | None
    reasons: tuple[Reason, ...]
    rule: str
    as_of: date
    score: int | None
    pack: str | None
    digest: str | None
    via: Via
    ref: str | None
    partner_id: str | None
    partner_name: str
    citizen_ref: str | None
    livemode: bool
    decided_at: datetime
    valid_until: datetime
