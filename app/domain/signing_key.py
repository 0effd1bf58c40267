"""The life of a signing key: announced before it signs, signing, retired while what it signed may be shown, withdrawn.

A state follows from times that are written once, so that every process changes over at the same moment and none has to
be told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """What a key is good for at a moment; all but withdrawn keys are published and verify."""

    ANNOUNCED = "announced"
    SIGNING = "signing"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Use:
    """What one kind of key needs: published `notice` before it signs, and `verifies` after it signed for the last time.

    `scheduled`: whether the worker rotates it; one that others registered by hand is rotated by hand.
    """

    notice: timedelta
    verifies: timedelta
    scheduled: bool = True


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USES: Mapping[str, Use] = {
    "token": Use(notice=HOUR, verifies=HOUR),
    "decision": Use(notice=HOUR, verifies=30 * DAY),
    "card": Use(notice=7 * DAY, verifies=DAY),
    "credential": Use(notice=DAY, verifies=100 * DAY),
    "upstream": Use(notice=7 * DAY, verifies=HOUR, scheduled=False),
    "receipt": Use(notice=HOUR, verifies=3 * 366 * DAY),
}
"""What keys sign, one a purpose: tokens, decisions, offline cards, wallet credentials and their status lists, what the
real-name platform reads, receipts.

Tokens live 10 minutes, decisions 15, cards 12 hours and credentials 91 days; decisions and receipts are also kept as
proof. A card is read without a network, by someone who fetched our keys days ago.
"""


@dataclass(frozen=True, slots=True)
class Life:
    """One key's times: from when it signs, when someone retired it before its successor did, when it was withdrawn."""

    kid: str
    use: str
    signs_from: datetime
    retired_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def never_began(self) -> bool:
        """Whether it was withdrawn while announced, so that it took over from no one."""
        return self.withdrawn_at is not None and self.withdrawn_at <= self.signs_from


def states(lives: Collection[Life], now: datetime) -> dict[str, State]:
    """The state of each key by its `kid`. At most one of a use signs: the newest that has begun.

    Where none has begun, as after a jump of the clock, the first that was announced does; it takes a new key where the
    newest was retired or withdrawn.
    """
    found: dict[str, State] = {}
    for use in {life.use for life in lives}:
        of_use = [life for life in lives if life.use == use]
        signer = _signer(of_use, now)
        found |= {life.kid: State.SIGNING if life is signer else _idle(life, of_use, now) for life in of_use}
    return found


def ended_at(life: Life, lives: Collection[Life]) -> datetime | None:
    """When `life` stops signing: by hand, or with the beginning of the next key of its use; None where that is open."""
    later = [
        other.signs_from
        for other in lives
        if other.use == life.use and not other.never_began and _order(other) > _order(life)
    ]
    ends = [*later, *([life.retired_at] if life.retired_at else [])]
    return min(ends, default=None)


def _signer(of_use: list[Life], now: datetime) -> Life | None:
    alive = [life for life in of_use if life.withdrawn_at is None]
    begun = [life for life in of_use if life.signs_from <= now and not life.never_began]
    if begun:
        newest = max(begun, key=_order)
        return newest if newest in alive and not _by_hand(newest, now) else None
    return min(alive, key=_order, default=None)


def _idle(life: Life, of_use: list[Life], now: datetime) -> State:
    """The state of a key that does not sign."""
    ended = ended_at(life, of_use)
    if life.withdrawn_at is not None:
        return State.WITHDRAWN
    if life.signs_from > now and not _by_hand(life, now):
        return State.ANNOUNCED
    over = ended is not None and ended + USES[life.use].verifies <= now
    return State.WITHDRAWN if over else State.RETIRED


def _by_hand(life: Life, now: datetime) -> bool:
    return life.retired_at is not None and life.retired_at <= now


def _order(life: Life) -> tuple[datetime, str]:
    return life.signs_from, life.kid
