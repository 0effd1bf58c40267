"""The rules that are announced for a citizen's city and not in force yet: the notice, from when, and what changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import Pack, PackError
from app.domain.pack_changes import RuleChange, rule_changes
from app.domain.packs import Packs
from app.domain.wording import Words
from app.services.pack_standing import kept
from app.store import citizens
from app.store import packs as store
from app.store.packs import PackVersion


@dataclass(frozen=True, slots=True)
class Coming:
    """A version that is in force from `effective_on` on, and what it changes against the one in force today."""

    pack: Pack
    effective_on: date
    notice: Words
    changes: tuple[RuleChange, ...]


def coming(session: Session, packs: Packs, citizen_id: str, now: datetime) -> list[Coming]:
    """The announced versions of the citizen's city, the next one first; whether they have opted in does not matter."""
    citizen = citizens.get(session, citizen_id)
    rows = store.announced(session, citizen.city, day_of(now)) if citizen else ()
    return [
        Coming(pack, row.effective_on, Words(row.notice_zh, row.notice_en), _changes(packs.get(row.code), pack))
        for row in rows
        if (pack := packs.version(row.code, row.version) or _read(session, row, packs))
        and row.effective_on
        and row.notice_zh
        and row.notice_en
    ]


def _read(session: Session, row: PackVersion, packs: Packs) -> Pack | None:
    """The text itself, in the minute in which this process has not looked it up yet."""
    try:
        return kept(session, row, packs)
    except PackError:
        return None


def _changes(old: Pack | None, new: Pack) -> tuple[RuleChange, ...]:
    return rule_changes(old, new) if old else ()
