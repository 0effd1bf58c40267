"""Handing out cards by shake (摇一摇): one giver, several receivers, thirty seconds.

A receiver sees the givers around by nickname and number and asks one of them; that giver sees who asked, compares the
number with the screen of the person in front of them, and gives. Until then neither learns more, and nobody gives to
all who are there. Places leave `app.store.shakes` for no purpose but to tell who is around.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain import card, shake
from app.domain.card import Face, Holder, Ticks
from app.domain.coordinates import Point
from app.domain.errors import Refusal
from app.domain.shake import LIFETIME, REACH_METRES, RECEIVERS_MOST, Role
from app.services import card_holder, cards, holders
from app.store import citizens
from app.store import shakes as store
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.shakes import Shake


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone begins: `nickname` None is the card's own; `ticks`, of a giver, None: those of the card."""

    role: Role
    place: Point
    nickname: str | None = None
    ticks: Ticks | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Someone around as they show themselves; `asked`: the one of two asked the other for a card."""

    id: str
    nickname: str
    number: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A session as its person sees it.

    `others`: for a receiver the givers around, for a giver those who asked this giver. Once it is over it has no name,
    number or others. `card_id`: the held card that a receiver got; `given`: how many a giver gave to.
    """

    id: str
    role: Role
    started_at: datetime
    ends_at: datetime
    over: bool
    nickname: str | None
    number: int | None
    others: tuple[Other, ...]
    given: int
    card_id: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A fresh session; of a giver, `face` is what each receiver will see, and `warnings` are codes."""

    running: Running
    face: Face | None
    warnings: tuple[str, ...]


class _Pair(NamedTuple):
    mine: Shake
    other: Shake | None


def begin(session: Session, pii: PiiBox, citizen_id: str, wish: Wish, now: datetime) -> Begun:
    """Begin a session in place of the person's last one; a giver's ticks are those of this moment to the end.

    Raises Refusal `login-needed`, `nickname-missing`, `nickname-with-number`, or `shake-place-full` where every number
    is taken.
    """
    citizens.hold(session, citizen_id)
    holder = holders.of(session, pii, citizen_id, now)
    nickname = _nickname(wish, holder)
    gives = wish.role is Role.GIVE
    ticks, face = cards.show(session, pii, citizen_id, wish.ticks, now) if gives else (None, None)
    row = _row(session, pii, citizen_id, wish, nickname, now)
    row.ticks = cards.as_data(ticks) if ticks else None
    store.begin(session, row)
    return Begun(_running(session, pii, row, now), face, card.warnings(ticks) if ticks else ())


def look(session: Session, pii: PiiBox, citizen_id: str, shake_id: str, now: datetime) -> Running:
    """The person's session as it is; one whose time is over ends by this. Raises Refusal `not-found`."""
    return _running(session, pii, _own(session, citizen_id, shake_id), now)


def confirm(
    session: Session, pii: PiiBox, citizen_id: str, shake_id: str, *, other_id: str, number: int, now: datetime
) -> Running:
    """Say yes to the session `other_id` that shows `number`: a receiver asks that giver, a giver gives their card.

    A receiver's word stands for one giver, the last one named. Said twice it is done once. Raises Refusal `not-found`,
    `shake-over`, or `shake-not-met`: one and the same for an unknown session, one that is over, elsewhere, of the other
    mode, with another number, or that did not ask.
    """
    citizens.stay(session, {citizen_id, store.whose(session, other_id) or citizen_id})
    mine, other = _pair(session, citizen_id, shake_id, other_id)
    if not _done(mine, other_id):
        _meet(session, pii, mine, other, number, now)
    return _running(session, pii, mine, now)


def stop(session: Session, citizen_id: str, shake_id: str, now: datetime) -> None:
    """End the person's session before its time; twice is once. Raises Refusal `not-found`."""
    store.end(session, _own(session, citizen_id, shake_id), now)


def end_over(session: Session, now: datetime) -> int:
    """Empty the sessions whose time is over, and delete those that were over long enough; how many were emptied."""
    ended = store.end_over(session, now)
    store.forget(session, now)
    return ended


def _nickname(wish: Wish, holder: Holder) -> str:
    nickname = wish.nickname or holder.nickname
    if not nickname:
        raise Refusal("nickname-missing", field="/nickname")
    shake.check_nickname(nickname)
    return nickname


def _row(session: Session, pii: PiiBox, citizen_id: str, wish: Wish, nickname: str, now: datetime) -> Shake:
    """The session with its square and a number that is nobody else's in sight of anyone who sees it."""
    person = citizens.get(session, citizen_id)
    livemode = person is not None and person.livemode
    square = shake.coarse(wish.place)
    store.hold_place(session, square)
    there = store.around(session, square, 2 * REACH_METRES, livemode=livemode, now=now)
    number = shake.free_number({row.number for row in there if row.number and row.citizen_id != citizen_id})
    if number is None:
        raise Refusal("shake-place-full")
    shake_id = new_id("shk")
    return Shake(
        citizen_id=citizen_id, id=shake_id, role=wish.role, livemode=livemode, latitude=square[0], longitude=square[1],
        number=number, sealed_nickname=pii.encrypt(nickname, context=store.context(shake_id)), given=[],
        started_at=now, ends_at=now + LIFETIME,
    )  # fmt: skip


def _own(session: Session, citizen_id: str, shake_id: str) -> Shake:
    row = store.own(session, citizen_id, shake_id)
    if row is None:
        raise Refusal("not-found")
    return row


def _pair(session: Session, citizen_id: str, shake_id: str, other_id: str) -> _Pair:
    rows = store.held(session, {shake_id, other_id})
    mine = rows.get(shake_id)
    if mine is None or mine.citizen_id != citizen_id:
        raise Refusal("not-found")
    return _Pair(mine, rows.get(other_id))


def _done(mine: Shake, other_id: str) -> bool:
    """Whether this was said and carried out before, so that a repeat gets the same answer."""
    return other_id in mine.given or mine.card_id is not None


def _meet(session: Session, pii: PiiBox, mine: Shake, other: Shake | None, number: int, now: datetime) -> None:
    if not mine.runs(now):
        raise Refusal("shake-over")
    if other is None or not _is_there(mine, other, now) or other.number != number:
        raise Refusal("shake-not-met", field="/other")
    if mine.role == Role.RECEIVE:
        mine.asks = other.id
        session.flush()
    elif other.asks != mine.id:
        raise Refusal("shake-not-met", field="/other")
    else:
        _give(session, pii, mine, other, now)


def _is_there(mine: Shake, other: Shake, now: datetime) -> bool:
    """Whether these two may meet: both running, of one mode, of different roles, within reach."""
    if not (mine.runs(now) and other.runs(now) and mine.place and other.place):
        return False
    fits = mine.livemode == other.livemode and mine.role != other.role and mine.citizen_id != other.citizen_id
    return fits and shake.in_reach(mine.place, other.place)


def _give(session: Session, pii: PiiBox, giver: Shake, receiver: Shake, now: datetime) -> None:
    """Hand the card over; the receiver's session ends by it, and the giver's with the last that it may serve."""
    held = card_holder.give(
        session,
        pii,
        giver=giver.citizen_id,
        receiver=receiver.citizen_id,
        ticks=cards.from_data(giver.ticks or {}),
        known_as=_name(pii, receiver),
        source="shake",
        now=now,
    )
    receiver.card_id = held.id
    store.end(session, receiver, now)
    giver.given = [*giver.given, receiver.id]
    if len(giver.given) >= RECEIVERS_MOST:
        store.end(session, giver, now)
    session.flush()


def _running(session: Session, pii: PiiBox, row: Shake, now: datetime) -> Running:
    if not row.runs(now):
        store.end(session, row, now)
    return Running(
        id=row.id,
        role=Role(row.role),
        started_at=row.started_at,
        ends_at=row.ends_at,
        over=not row.runs(now),
        nickname=_name(pii, row) or None,
        number=row.number,
        others=tuple(_others(session, pii, row, now)),
        given=len(row.given),
        card_id=row.card_id,
    )


def _others(session: Session, pii: PiiBox, mine: Shake, now: datetime) -> Iterator[Other]:
    if mine.place is None:
        return
    there = (
        store.asking(session, mine.id, now)
        if mine.role == Role.GIVE
        else store.around(session, mine.place, REACH_METRES, livemode=mine.livemode, now=now)
    )
    for row in there:
        if _is_there(mine, row, now) and row.number is not None:
            yield Other(row.id, _name(pii, row), row.number, row.id == mine.asks or row.asks == mine.id)


def _name(pii: PiiBox, row: Shake) -> str:
    sealed = row.sealed_nickname
    return pii.decrypt(sealed, context=store.context(row.id)) if sealed else ""
