"""Orders that start without a confirmation of their own: under a standing consent, within the caps that it names.

The citizen agreed once, for one partner and one scenario, to so many fen an order and so many a day (Asia/Shanghai).
Whatever does not fit awaits its citizen as any order does, so that the partner learns nothing from it.
Source: payscore-anchors.md 5.3, transition 1b, which here also needs `decision = credit` (api.md).
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.consent import Caps
from app.domain.offer import Standing

STARTED = "standing"
"""The reason code of a step that no one confirmed: the standing consent did."""
TOLD = "order.started"
"""What the citizen's inbox calls it; to the partner it is `order.confirmed`."""


class Confirmation(StrEnum):
    """Whose word starts an order: the citizen's in the app each time, or the standing consent's."""

    CITIZEN = "citizen"
    STANDING = "standing"


def within(caps: Caps, standing: Standing | None) -> Caps | None:
    """The caps that hold now, in fen: the citizen's, and never more than the offer's own; None where it has none."""
    if standing is None:
        return None
    return Caps(min(caps.per_order_fen, standing.per_order_fen), min(caps.per_day_fen, standing.per_day_fen))


def fits(caps: Caps, amount: int, today: int) -> bool:
    """Whether an order of `amount` fen may start where orders of `today` fen started so on this day already."""
    return amount <= caps.per_order_fen and today + amount <= caps.per_day_fen
