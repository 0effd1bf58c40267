"""The credit report (信用报告): a person's or an entity's own document at one moment, and the link by which others check it.

Rules: domain.md section 6 (PIPL 44-48, 征信业管理条例 §16-25, 国办发〔2025〕22号), guardrails 3, 9, 10, 12, 13 and 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A live code by which others read a report, and when it dies."""

    code: str
    expires_at: datetime
