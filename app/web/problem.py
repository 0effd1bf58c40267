"""The form of an entry in the error table (app/web/errors.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What a code means. The details are format strings of a Refusal's params, in Chinese and English."""

    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    retryable: bool = False
    members: tuple[str, ...] = ()
    """Params that stand in the document as members of their own (RFC 9457 section 3.2)."""
