"""A person is asked about while their departments send files: neither waits for the other in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from app.cli.worker import Worker
from app.domain.intake import Row
from app.factory import build_kit
from app.services import enrolment, filing
from app.store import outbox
from app.store.citizens import RealName
from app.web.kit import Kit
from tests.support.members import a_penalty, days_ago, desk, facts_in, make_member
from tests.support.people import id_number
from tests.support.remedying import SOURCE, penalties_of

WAIT = 20


@pytest.fixture
def whole(kit: Kit, real_db: Engine) -> Kit:
    """A Kit whose transactions are real."""
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    return replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))


@dataclass
class Answering:
    """A department that tells one row a person, of whom `slow` is told when `may` is set; `asked`: it was asked."""

    rows: Mapping[str, Row]
    slow: str
    asked: Event = field(default_factory=Event)
    may: Event = field(default_factory=Event)
    code: str = SOURCE
    name: str = "交通局"

    def rows_about(self, person: RealName) -> Iterable[Row]:
        if person.id_number == self.slow:
            self.asked.set()
            assert self.may.wait(WAIT), "the file waits for the department's answer"
        return [self.rows[person.id_number]]


def filed(kit: Kit, number: str) -> None:
    row = a_penalty(number, days_ago(kit, 40))
    with kit.sessions.begin() as session:
        filing.file_facts(session, desk(kit, SOURCE), facts_in(kit, SOURCE, [row]))


@pytest.mark.parametrize("slow", [1, 2], ids=["while it answers", "while it answers about the next"])
def test_a_department_that_answers_slowly_may_send_its_file(whole: Kit, slow: int) -> None:
    with whole.sessions() as session:
        people = [make_member(session, whole, serial=serial) for serial in (1, 2)]
        for me in people:
            outbox.put(session, enrolment.PULL, {}, now=whole.clock(), citizen_id=me)
        session.commit()
    told = {id_number(serial): a_penalty(f"P-{serial}", days_ago(whole, 40), serial=serial) for serial in (1, 2)}
    department = Answering(told, id_number(slow))
    with ThreadPoolExecutor(1) as pool:
        pulled = pool.submit(Worker(whole, departments=[department]).drain)
        assert department.asked.wait(WAIT)
        filed(whole, "P-8")
        department.may.set()
        pulled.result(WAIT)
    with whole.sessions() as session:
        numbers = [{row.source_record_id for row in penalties_of(session, me)} for me in people]
    assert numbers == [{"P-1", "P-8"}, {"P-2"}]
