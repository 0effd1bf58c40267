"""Rotating signing keys while everyone goes on: announced, signing, retired, withdrawn (app/domain/signing_key.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.signing_key import USES, State, ended_at, states
from app.store import keys
from app.store.keys import SigningKeyRow
from app.store.pii import PiiBox


class KeyRefused(ValueError):
    """A key cannot be what was asked of it; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One key as the office sees it; `until` is when a retired one is withdrawn."""

    kid: str
    use: str
    state: State
    signs_from: datetime
    until: datetime | None


def listed(session: Session, now: datetime) -> list[Listed]:
    """Every key there ever was, by use and age."""
    rows = keys.everything(session)
    lives = [row.life for row in rows]
    state = states(lives, now)
    ends = {life.kid: ended_at(life, lives) for life in lives}
    return sorted(
        (
            Listed(row.kid, row.use, state[row.kid], row.signs_from, _until(state[row.kid], row.use, ends[row.kid]))
            for row in rows
        ),
        key=lambda key: (key.use, key.signs_from),
    )


def _until(state: State, use: str, ended: datetime | None) -> datetime | None:
    return ended + USES[use].verifies if state is State.RETIRED and ended else None


def rotate(session: Session, pii: PiiBox, use: str, *, now: datetime, at_once: bool = False) -> str:
    """Announce the next key of `use`, or name the one that is announced already; returns its `kid`.

    It signs after the use's notice, in which everyone who verifies learns of it; `at_once`: from now on.
    """
    keys.alone(session)
    row = _of_state(session, use, State.ANNOUNCED, now)
    if row is None:
        row = keys.add(session, pii, use, now, signs_from=now if at_once else now + USES[use].notice)
    elif at_once:
        row.signs_from = now
        session.flush()
    return row.kid


def retire(session: Session, pii: PiiBox, kid: str, *, now: datetime) -> None:
    """Sign with this key no more; what it signed verifies on. Raises KeyRefused where it does not sign.

    The announced key of its use takes over, or a new one.
    """
    row, state = _found(session, kid, now)
    if state is State.RETIRED:
        return
    if state is not State.SIGNING:
        raise KeyRefused(f"{kid} is {state}, so it signs nothing that it could stop")
    row.retired_at = now
    rotate(session, pii, row.use, now=now, at_once=True)


def withdraw(session: Session, pii: PiiBox, kid: str, *, now: datetime, at_once: bool = False) -> None:
    """Publish this key no more and forget its private part: nothing that it signed verifies, from the next seconds on.

    Raises KeyRefused for a key whose signatures may still be shown, unless `at_once`, as after a theft.
    """
    row, state = _found(session, kid, now)
    if state is State.WITHDRAWN or at_once:
        _withdraw(row, now)
        session.flush()
        if state is State.SIGNING:
            rotate(session, pii, row.use, now=now, at_once=True)
        return
    raise KeyRefused(f"{kid} is {state}: what it signed would be refused at once (--now, if that is what you want)")


def keep(session: Session, pii: PiiBox, *, now: datetime, days: int) -> int:
    """What the worker does: announce in time, so that no scheduled key signs longer than `days`; bury the withdrawn."""
    keys.ensure_all(session, pii, now)
    keys.alone(session)
    rows = keys.everything(session)
    state = states([row.life for row in rows], now)
    for row in rows:
        if state[row.kid] is State.WITHDRAWN and row.sealed_private is not None:
            _withdraw(row, now)
    for row in rows if days else ():
        use = USES[row.use]
        old = now + use.notice - row.signs_from >= timedelta(days=days)
        if state[row.kid] is State.SIGNING and use.scheduled and old:
            rotate(session, pii, row.use, now=now)
    session.flush()
    return 0


def _withdraw(row: SigningKeyRow, now: datetime) -> None:
    row.withdrawn_at = row.withdrawn_at or now
    row.sealed_private = None


def _found(session: Session, kid: str, now: datetime) -> tuple[SigningKeyRow, State]:
    keys.alone(session)
    rows = keys.everything(session)
    row = next((row for row in rows if row.kid == kid), None)
    if row is None:
        raise KeyRefused(f"no key {kid!r}; see `xinyi key list`")
    return row, states([row.life for row in rows], now)[kid]


def _of_state(session: Session, use: str, wanted: State, now: datetime) -> SigningKeyRow | None:
    rows = keys.everything(session)
    state = states([row.life for row in rows], now)
    return next((row for row in rows if row.use == use and state[row.kid] is wanted), None)
