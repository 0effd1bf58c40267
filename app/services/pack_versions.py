"""Versions of packs before they are published: what a text must be, and its simulation (app/services/versions.py)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from unicodedata import category

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.pack_fit import misfits
from app.domain.packs import Packs
from app.services.pack_simulation import simulate
from app.services.pack_standing import kept
from app.services.versions import TEXT_MOST, Series, digest
from app.store import packs as store
from app.store.packs import PackVersion
from app.store.pii import PiiBox

__all__ = ["SERIES", "TEXT_MOST", "check", "checked", "digest", "propose", "read", "run_simulation"]

log = logging.getLogger(__name__)

SERIES = Series("pack", store.VERSIONS)


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


def _refusal(broken: PackError) -> Refusal:
    return Refusal("validation", errors=[SERIES.problem(each) for each in broken.problems])


def propose(
    session: Session, packs: Packs, text: str, *, operator_id: str, now: datetime, reason: str = ""
) -> PackVersion:
    """Keep a new version and let the worker simulate it.

    Raises Refusal `validation` naming every problem of the text, or that its version is not the next one.
    """
    pack = check(text, packs)
    said: dict[str, Any] = {"text": text, "sha256": digest(text), "proposed_by": operator_id, "reason": reason}
    known = [each.version for each in packs.versions(pack.code)]
    return SERIES.propose(session, store.values(pack, now=now, **said), known, now)


def run_simulation(session: Session, packs: Packs, pii: PiiBox, version_id: str, now: datetime) -> None:
    """Simulate a version that waits for it; nothing for one that was simulated, published or taken back meanwhile."""

    def measured(row: PackVersion) -> dict[str, Any] | None:
        try:
            new = _fitting(kept(session, row, packs), packs)
        except PackError as broken:
            log.error("%s no longer goes together with the packs in force: %s", row.id, broken.problems[0])
            return None
        return simulate(session, packs, new, day_of(now), pii=pii, now=now, sha256=row.sha256).as_json()

    SERIES.simulate(session, version_id, measured, now)
