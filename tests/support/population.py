"""A town with members and records of all kinds, for runs over everyone, in a database of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.population_run import Limits, run_city
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.pack import Pack, pack_of_city
from app.domain.record import Status
from app.services import scoring
from app.services.enrolment import enrol_many
from app.services.population import Run
from app.store import enrolments, records
from app.store.citizens import Citizen
from app.store.copying import as_json
from app.store.enrolments import Enrolment
from app.store.population import Written
from app.store.records import RecordRow
from app.store.scores import Score, ScoreSnapshot
from app.web.kit import Kit
from tests.support.rows import a_row

SOURCE = Actor(ActorKind.DEPARTMENT, "somebody", "某部门")
FEW = Limits(memory="256MB", threads=1, per_bucket=40)
"""Limits that make several buckets of a small town."""

State = tuple[dict[str, tuple[object, ...]], dict[str, list[tuple[object, ...]]], dict[str, date | None]]


@dataclass
class Town:
    """A city's members; `run` scores all of them as `xinyi score population` does."""

    kit: Kit
    city: str = "xiamen"
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    filed: int = 0

    @property
    def pack(self) -> Pack:
        found = pack_of_city(self.kit.packs, self.city)
        assert found is not None
        return found

    def admit(self, people: int, *, records_each: int = 4) -> list[str]:
        """People who opt in, most of them with records; they are due."""
        first = self.filed
        ids = [f"cit_{self.city}_{first}_{number}" for number in range(people)]
        now = self.kit.clock()
        with self.kit.sessions.begin() as session:
            session.add_all(
                Citizen(citizen_id=one, city=self.city, assurance_level="al2", created_at=now) for one in ids
            )
            session.flush()
            enrol_many(session, ids, notice_version="1", now=now)
            for one in ids:
                self.file(session, one, self.chance.randrange(records_each + 1))
        return ids

    def file(self, session: Session, citizen_id: str, count: int = 1) -> None:
        """Records of a member, of any item, age and state; the member is due."""
        rows = [self.record(citizen_id) for _ in range(count)]
        records.add(session, rows, SOURCE)
        enrolments.mark_due(session, [citizen_id], day_of(self.kit.clock()))

    def record(self, citizen_id: str) -> dict[str, object]:
        self.filed += 1
        today = day_of(self.kit.clock())
        event_on = today - timedelta(days=self.chance.randrange(-3, 1900))
        ended = self.chance.choice([None, event_on, today - timedelta(days=self.chance.randrange(1815, 1835))])
        items = [*(item.code for item in self.pack.items()), "nobody-scores-this"]
        return a_row(
            RecordRow.__table__,
            citizen_id=citizen_id,
            id=f"rec_{self.city}_{self.filed:06}",
            source=SOURCE.id,
            source_record_id=f"{self.city}-{self.filed}",
            item=self.chance.choice(items),
            event_on=event_on,
            effective_on=event_on + timedelta(days=self.chance.randrange(5)),
            expires_on=today + timedelta(days=self.chance.randrange(-60, 900)),
            ended_on=ended,
            status=self.chance.choice([*[Status.ACTIVE] * 6, *Status]),
            version=self.chance.randrange(1, 4),
            details=as_json({}),
            received_at=self.kit.clock(),
        )

    def run(self, limits: Limits = FEW, as_of: date | None = None) -> tuple[Run, Written]:
        return run_city(self.kit, self.pack, as_of or day_of(self.kit.clock()), limits)

    def refresh(self, session: Session) -> None:
        """What the run stands for: everyone who is due, by the plain definition."""
        while scoring.refresh_due(session, self.kit.packs, self.kit.clock()):
            pass

    def state(self, session: Session) -> State:
        """Everybody's present score, history and next day, as far as the calculation makes them."""
        session.expire_all()
        scores = {row.citizen_id: (row.pack, row.pack_version, row.score, row.grade, row.digest)
                  for row in session.scalars(select(Score))}  # fmt: skip
        past: dict[str, list[tuple[object, ...]]] = {}
        for row in session.scalars(select(ScoreSnapshot).order_by(ScoreSnapshot.id)):
            said = (row.pack, row.pack_version, row.score, row.grade, row.as_of, row.digest, row.cause, row.last_event)
            past.setdefault(row.citizen_id, []).append((*said, row.computed_at))
        due = {row.citizen_id: row.due_on for row in session.scalars(select(Enrolment))}
        return scores, past, due

    def expected(self) -> State:
        """The state after everyone was scored one by one; nothing is kept."""
        with self.kit.sessions() as session:
            self.refresh(session)
            found = self.state(session)
            session.rollback()
        return found

    def found(self) -> State:
        with self.kit.sessions() as session:
            return self.state(session)
