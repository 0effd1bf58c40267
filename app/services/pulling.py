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
from app.store import access_log, citizens, enrolments, outbox
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
    if enrolments.lock(session, citizen_id) is None:
        return
    person = citizens.real_name(session, pii, citizen_id)
    for department in departments if person else ():
        if person and only in (None, department.code):
            desk = Desk(packs, pii, Actor(ActorKind.DEPARTMENT, department.code, department.name), now)
            _ask(session, desk, department, citizen_id, person, again=only is None)
    enrolments.mark_pulled(session, [citizen_id], now)
    scoring.refresh(session, packs, citizen_id, now=now, reason=ENROLMENT)


def _ask(
    session: Session, desk: Desk, department: Department, citizen_id: str, person: RealName, *, again: bool
) -> None:
    try:
        facts = _facts(desk, department, person)
    except OSError:
        if not again:
            raise
        outbox.put(session, PULL, {"department": department.code}, now=desk.now, citizen_id=citizen_id)
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
