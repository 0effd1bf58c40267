"""Versions of packs before they are published: proposing a text, its simulation, what is known of it, taking it back.

A text never changes once it is proposed; another text is another version.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime
from unicodedata import category

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.pack_fit import misfits
from app.domain.packs import Packs
from app.services.pack_simulation import simulate
from app.services.pack_standing import kept
from app.store import outbox
from app.store import packs as store
from app.store.base import new_id
from app.store.packs import PROPOSED, SCHEDULED, SIMULATED, WITHDRAWN, PackVersion
from app.store.pii import PiiBox

log = logging.getLogger(__name__)

SIMULATE = "pack.simulate"
"""Topic of the outbox: the worker simulates the version `version_id`."""
TEXT_MOST = 262_144
"""The most characters of a pack's text; the largest that ships is a tenth of it."""


def read(text: str, packs: Mapping[str, Pack]) -> Pack:
    """The pack that `text` describes, as one that may follow those in `packs`.

    Raises PackError with every problem: of the text itself, another city's or another version's number, a fact that
    another pack describes differently.
    """
    if any(category(char) == "Cs" for char in text):
        raise PackError(("not TOML: half of a character",))
    return _fitting(parse_pack(text, packs), packs)


def _fitting(pack: Pack, packs: Mapping[str, Pack]) -> Pack:
    known = packs.get(pack.code)
    problems = list(misfits(pack, packs))
    if known is not None and known.city != pack.city:
        problems.append(f"city: {pack.code} is the pack of {known.city!r}, and stays it")
    if problems:
        raise PackError(tuple(problems))
    return pack


def check(text: str, packs: Mapping[str, Pack]) -> Pack:
    """As `read`; raises Refusal `validation`, whose errors are the problems."""
    try:
        return read(text, packs)
    except PackError as broken:
        raise _refusal(broken) from None


def checked(session: Session, row: PackVersion) -> Pack:
    """The pack of a version by today's rules; raises Refusal `validation` where it can no longer be read."""
    try:
        return kept(session, row)
    except PackError as broken:
        raise _refusal(broken) from None


def propose(
    session: Session, packs: Packs, text: str, *, operator_id: str, now: datetime, reason: str = ""
) -> PackVersion:
    """Keep a new version and let the worker simulate it.

    Raises Refusal `validation` naming every problem of the text, or that its version is not the next one.
    """
    pack = check(text, packs)
    store.hold(session)
    following = next_version(session, packs, pack.code)
    if pack.version != following:
        detail = f"version: must be {following}, the next one; a version is never overwritten"
        raise Refusal("validation", errors=[_fault("version-not-next", detail)])
    row = store.add(
        session,
        pack,
        text=text,
        sha256=digest(text),
        proposed_by=operator_id,
        now=now,
        reason=reason,
    )
    if row is None:
        raise Refusal("validation", errors=[_fault("version-not-next", "version: another came first")])
    outbox.put(session, SIMULATE, {"version_id": row.id}, now=now)
    return row


def _refusal(broken: PackError) -> Refusal:
    return Refusal("validation", errors=[_fault("pack-problem", each) for each in broken.problems])


def _fault(code: str, problem: str) -> FieldError:
    return FieldError("/text", code, problem[:500])


def digest(text: str) -> str:
    """The SHA-256 of a pack's text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def next_version(session: Session, packs: Packs, code: str) -> int:
    """The number that the next version of this pack must have."""
    shipped = [pack.version for pack in packs.versions(code)]
    return max([0, *shipped, *(row.version for row in store.of_code(session, code))]) + 1


def simulate_again(session: Session, code: str, version: int, *, now: datetime) -> PackVersion:
    """Let the worker simulate it on the members of today; raises Refusal `not-found` or `pack-settled`."""
    row = held(session, code, version)
    _check_open(row)
    row.status, row.simulation, row.simulated_at = PROPOSED, None, None
    session.flush()
    outbox.put(session, SIMULATE, {"version_id": row.id}, now=now)
    return row


def run_simulation(session: Session, packs: Packs, pii: PiiBox, version_id: str, now: datetime) -> None:
    """Simulate a version that waits for it; nothing for one that was simulated, published or taken back meanwhile."""
    row = store.by_id(session, version_id)
    if row is None or row.status != PROPOSED:
        return
    try:
        new = _fitting(kept(session, row, packs), packs)
    except PackError as broken:
        log.error("%s no longer goes together with the packs in force: %s", row.id, broken.problems[0])
        return
    figures = simulate(session, packs, new, day_of(now), pii=pii, now=now, sha256=row.sha256)
    row = held(session, row.code, row.version)
    if row.status == PROPOSED:
        row.status, row.simulation, row.simulated_at = SIMULATED, figures.as_json(), now
        session.flush()


def withdraw(session: Session, code: str, version: int, *, operator_id: str, now: datetime) -> PackVersion:
    """Take a version back before it takes effect; those who were told of it are told.

    Raises Refusal `not-found`, and `pack-settled` for one that is in force, was, or was withdrawn.
    """
    row = held(session, code, version)
    scheduled = row.status == SCHEDULED
    if row.status == WITHDRAWN or (scheduled and row.effective_on and row.effective_on <= day_of(now)):
        raise settled(row)
    row.status, row.withdrawn_by, row.withdrawn_at = WITHDRAWN, operator_id, now
    if scheduled:
        row.told = 0
        row.event_id = new_id("evt")
    session.flush()
    return row


def held(session: Session, code: str, version: int) -> PackVersion:
    """This version, all packs held until the transaction ends; raises Refusal `not-found`."""
    store.hold(session)
    row = store.get(session, code, version)
    if row is None:
        raise Refusal("not-found")
    return row


def _check_open(row: PackVersion) -> None:
    if row.status not in (PROPOSED, SIMULATED):
        raise settled(row)


def settled(row: PackVersion) -> Refusal:
    """The refusal of a version that nothing can be done about any more."""
    return Refusal("pack-settled", status=row.status, allowed_actions=[])
