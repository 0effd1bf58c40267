"""A consent under which orders start without a confirmation: the caps on its page, which the citizen may lower."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.consent import Caps
from app.web.kit import kit
from auth import scopes
from auth.flow import Flow

FIELDS = ("per_order_yuan", "per_day_yuan")
_YUAN = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?")


def asked_for(flow: Flow) -> bool:
    """Whether the request is for such a consent."""
    asked = scopes.consent_asked(flow.scopes)
    return asked is not None and asked.standing


def most_of(flow: Flow) -> Caps | None:
    """The caps that the scenario publishes, in fen; None where no such consent is asked for, or none is to be had."""
    asked = scopes.consent_asked(flow.scopes)
    if asked is None or not asked.standing or asked.scenario not in kit().registry:
        return None
    most = kit().registry.offer(asked.scenario or "").limits.standing
    return Caps(most.per_order_fen, most.per_day_fen) if most else None


def agreed_caps(flow: Flow, form: Mapping[str, str]) -> Caps | None:
    """The caps of the form, in yuan there; None where one is no amount, is nothing or is above what is published."""
    most = most_of(flow)
    per_order, per_day = (_fen(form.get(name, "")) for name in FIELDS)
    if most is None or per_order is None or per_day is None:
        return None
    lowered = 0 < per_order <= most.per_order_fen and 0 < per_day <= most.per_day_fen
    return Caps(per_order, per_day) if lowered else None


def shown(flow: Flow) -> dict[str, str] | None:
    """The published caps in yuan, by the form's fields, for the page."""
    most = most_of(flow)
    if most is None:
        return None
    return dict(zip(FIELDS, (_yuan(most.per_order_fen), _yuan(most.per_day_fen)), strict=True))


def _fen(yuan: str) -> int | None:
    found = _YUAN.fullmatch(yuan.strip())
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found and yuan.isascii() else None


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)
