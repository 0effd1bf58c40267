"""Asking the departments about one person who has just opted in (结果性数据集中、过程性数据分布)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.fact import Fact, RowFault
from app.domain.intake import Intake, Row
from app.domain.pack import Pack, catalogue_of
from app.services import scoring
from app.services.enrolment import PULL
from app.services.filing import Desk, file_facts
from app.store import access_log, citizens, enrolments, outbox, records
from app.store.citizens import RealName
from app.store.pii import PiiBox

ENROLMENT = "enrolment"


class Department(Protocol):
    """A department's pull interface: what it knows of one person, in the rows of docs/department-files.md."""

    @property
    def code(self) -> str:
        """The code under which the catalogue lets it send."""
        ...

    @property
    def name(self) -> str:
        """What the citizen reads in the access log."""
        ...

    def rows_about(self, person: RealName) -> Iterable[Row]:
        """Its rows about `person`; raises OSError where it cannot answer now, and is asked again later."""
        ...


def pull(
    session: Session,
    pii: PiiBox,
    packs: Mapping[str, Pack],
    departments: Sequence[Department],
    *,
    citizen_id: str,
    now: datetime,
    only: str | None = None,
) -> None:
    """Ask every department, file what may be stored, and score. Nothing for someone who has left meanwhile.

    Of one whose identity number we never learn no department is asked, as none could answer: the score is the base.

    A department that cannot answer holds up nobody: it is put into the outbox to be asked again. Asked as the `only`
    one, by its code, its OSError is raised.
    """
    if enrolments.get(session, citizen_id) is None:
        return
    person = citizens.real_name(session, pii, citizen_id)
    asked = [one for one in departments if person and only in (None, one.code)]
    desks = {one.code: Desk(packs, pii, Actor(ActorKind.DEPARTMENT, one.code, one.name), now) for one in asked}
    told = {one.code: _told(desks[one.code], one, person, again=only is None) for one in asked if person}
    # Nothing is held while they answer; then the departments, then the person: in the order in which files are filed.
    for code in sorted(told):
        records.hold_source(session, code)
    if enrolments.lock(session, citizen_id) is None:
        return
    for code, facts in told.items():
        _file(session, desks[code], citizen_id, facts)
    enrolments.mark_pulled(session, [citizen_id], now)
    scoring.refresh(session, packs, citizen_id, now=now, reason=ENROLMENT)


def _told(desk: Desk, department: Department, person: RealName, *, again: bool) -> list[Fact] | None:
    """What a department tells of the person; None for one that cannot answer now, and is to be asked `again`."""
    try:
        return _facts(desk, department, person)
    except OSError:
        if not again:
            raise
        return None


def _file(session: Session, desk: Desk, citizen_id: str, facts: list[Fact] | None) -> None:
    if facts is None:
        outbox.put(session, PULL, {"department": desk.actor.id}, now=desk.now, citizen_id=citizen_id)
        return
    file_facts(session, desk, facts)
    access_log.append(session, citizen_id, now=desk.now, actor=desk.actor, action="pulled", purpose=ENROLMENT)


def _facts(desk: Desk, department: Department, person: RealName) -> list[Fact]:
    """The valid facts about this very person, the last of each number; a bad row is the department's to mend."""
    intake = Intake(catalogue_of(desk.packs), department.code, day_of(desk.now))
    facts: dict[str, Fact] = {}
    for row in department.rows_about(person):
        try:
            fact = intake.fact(row)
        except RowFault:
            continue
        if fact.id_number == person.id_number:
            facts[fact.source_record_id] = fact
    return list(facts.values())
