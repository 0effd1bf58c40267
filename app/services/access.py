"""The access log as its person reads it, and the proof that nobody changed it (guardrail 13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.services import runs
from app.store import access_chain, access_erasure, access_log, enrolments
from app.store.access_chain import GENESIS, AccessChainLink
from app.store.access_log import AccessLogRow
from app.store.runs import ScoreRun

Place = tuple[int | None, int | None]
"""Where a list goes on: below which number of looks, and below which number of runs (None: from the newest)."""


@dataclass(frozen=True, slots=True)
class OfMany:
    """What a run over a whole city was, of which the person was one."""

    city: str
    pack: str
    pack_version: int
    as_of: date
    members: int


@dataclass(frozen=True, slots=True)
class Look:
    """One look; `number` counts the person's looks from 1. Codes, put in words at the edge.

    One that was a run over a whole city says so in `run`, and its `number` counts all runs from 1.
    """

    id: str
    number: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    purpose: str
    fields: tuple[str, ...]
    scenario: str | None
    ref: str | None
    outcome: str | None
    run: OfMany | None = None
    place: Place = (None, None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person's chain is whole: `rows` stand, `erased` were taken out when they left.

    `unnamed` of those that stand lost their reference, as the record that it named was deleted (guardrail 12).

    Where it is not, `fault` is `changed`, `dropped` or `inserted`, and `number` says which row.
    """

    rows: int = 0
    erased: int = 0
    unnamed: int = 0
    fault: str | None = None
    number: int | None = None

    @property
    def whole(self) -> bool:
        """True where nothing was tampered with."""
        return self.fault is None


def listed(session: Session, citizen_id: str, *, before: Place = (None, None), limit: int) -> list[Look]:
    """Looks at a person's data, the runs that they were in among them, newest first, beyond the place `before`.

    Each with the place at which the list goes on after it.
    """
    looks = [_look(row) for row in access_log.listed(session, citizen_id, before=before[0], limit=limit)]
    runs_in = [_run(row) for row in runs.listed(session, citizen_id, before=before[1], limit=limit)]
    return list(_merged(looks, runs_in, before))[:limit]


def _merged(looks: list[Look], runs_in: list[Look], place: Place) -> Iterator[Look]:
    """Two lists, each newest first, as one."""
    while looks or runs_in:
        if not runs_in or (looks and looks[0].at > runs_in[0].at):
            place = (looks[0].number, place[1])
            yield replace(looks.pop(0), place=place)
        else:
            place = (place[0], runs_in[0].number)
            yield replace(runs_in.pop(0), place=place)


def _look(row: AccessLogRow) -> Look:
    return Look(
        id=row.id,
        number=row.number,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        action=row.action,
        purpose=row.purpose,
        fields=tuple(row.fields),
        scenario=row.scenario,
        ref=row.ref,
        outcome=row.outcome,
    )


def _run(row: ScoreRun) -> Look:
    return Look(
        id=row.id,
        number=row.number,
        at=row.finished_at,
        actor_kind=str(SYSTEM.kind),
        actor_name=SYSTEM.name,
        action="scored",
        purpose=runs.PURPOSE,
        fields=runs.FIELDS,
        scenario=None,
        ref=row.id,
        outcome=None,
        run=OfMany(row.city, row.pack, row.pack_version, row.as_of, row.members),
    )


def people(session: Session) -> Sequence[str]:
    """Everyone who has a chain, by citizen id."""
    return access_log.people(session)


def verify(session: Session, citizen_id: str) -> Verdict:
    """Recompute a person's whole chain and compare every row with what it committed to.

    And that it says of them what their membership says: of which city's runs they are.
    """
    links = access_chain.links(session, citizen_id)
    fault = _links_fault(session, citizen_id, links) or _runs_fault(session, citizen_id, len(links))
    return fault or _rows_verdict(session, citizen_id, links)


def verify_anchored(session: Session, citizen_id: str, length: int, link: bytes) -> Verdict:
    """As `verify`, and that the chain still runs through the link that an anchor kept outside knows of.

    So one who rewrote rows, links and head alike, or took a chain out whole, is found out too.
    """
    verdict = verify(session, citizen_id)
    now = access_chain.link_at(session, citizen_id, length)
    if verdict.whole and now != link:
        return Verdict(fault="changed" if now else "dropped", number=length)
    return verdict


def heads(session: Session) -> Iterator[tuple[str, int, bytes]]:
    """(citizen, length, link) of every chain as it ends now: what an anchor keeps."""
    return access_chain.heads(session)


def _links_fault(session: Session, citizen_id: str, links: Sequence[AccessChainLink]) -> Verdict | None:
    previous = GENESIS
    for number, link in enumerate(links, 1):
        if link.number != number:
            return Verdict(fault="dropped", number=number)
        if link.link != access_chain.chain(previous, number, link.commitment):
            return Verdict(fault="changed", number=number)
        previous = link.link
    return _head_fault(session, citizen_id, len(links), previous)


def _runs_fault(session: Session, citizen_id: str, found: int) -> Verdict | None:
    """A member who is in runs of which their own chain says nothing was left out of it."""
    member = enrolments.get(session, citizen_id)
    stay = next(reversed(runs.stays_of(session, citizen_id)), None)
    told = stay.city if stay and stay.last is None else None
    return Verdict(fault="dropped", number=found + 1) if told != (member.in_runs_of if member else None) else None


def _head_fault(session: Session, citizen_id: str, found: int, last: bytes) -> Verdict | None:
    head = access_chain.head(session, citizen_id)
    if head is None:
        return Verdict(fault="dropped", number=found) if found else None
    length, link = head.length, head.link
    if length != found:
        return Verdict(fault="dropped" if length > found else "inserted", number=min(length, found) + 1)
    return None if link == last else Verdict(fault="changed", number=found)


def _rows_verdict(session: Session, citizen_id: str, links: Sequence[AccessChainLink]) -> Verdict:
    said = {row.number: row for row in access_log.rows(session, citizen_id)}
    erasures = [link.number for link in links if link.commitment == access_erasure.erasure(link.number)]
    erased = max(erasures, default=0)
    unnamed = _unnamed(said.values(), {link.commitment for link in links[erased:] if link.number not in said})
    for link in links[erased:]:
        row = said.pop(link.number, None)
        if row is None and link.commitment not in unnamed:
            return Verdict(fault="dropped", number=link.number)
        if row and access_log.commit(row) != link.commitment and row.number not in unnamed.values():
            return Verdict(fault="changed", number=link.number)
    if said:
        return Verdict(fault="inserted", number=min(said))
    gone = max(erased - len(erasures), 0)
    return Verdict(rows=len(links) - erased - len(unnamed), erased=gone, unnamed=len(unnamed))


def _unnamed(rows: Iterable[AccessLogRow], alone: Collection[bytes]) -> dict[bytes, int]:
    """The rows that lost their reference when what it named was deleted, by the link that says so."""
    bare = ((row.number, access_log.commit(row)) for row in rows if row.ref is None)
    found = {access_erasure.without_name(number, commitment): number for number, commitment in bare}
    return {commitment: number for commitment, number in found.items() if commitment in alone}
