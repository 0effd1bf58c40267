"""The small city: people, departments and the office, who do what they do through the services, on a moved clock."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import Date, cast, func, or_, select, text

from app.cli.ingesting import ingest_file
from app.cli.worker import TICKS, Worker
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.notice import NOTICE
from app.domain.pack import catalogue_of
from app.domain.packs import Packs
from app.domain.record import Status
from app.domain.remedy import OPEN
from app.services import enrolment, leaving, record_entries
from app.services.filing import Desk
from app.services.ingestion import Report
from app.store import citizens, operators
from app.store.enrolments import Enrolment
from app.store.pii import PiiBox
from app.store.records import RecordRow
from app.store.remedies import DisputeRow, RepairRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.year.residents import Book, Resident, books, residents

SPOILT = (
    {"item": "moonwalk"},
    {"event_on": "2099-01-01"},
    {"event_on": "昨天"},
    {"id_number": "990000199001010001"},
    {"name": ""},
)
"""What a hurried hand makes of a row; each is refused for itself."""


DUE = select(
    func.least(
        select(func.min(Enrolment.due_on)).scalar_subquery(),
        select(func.min(RecordRow.expires_on))
        .where(or_(RecordRow.ended_on.is_(None), RecordRow.status == Status.ACTIVE))
        .scalar_subquery(),
        select(cast(func.min(RecordRow.ended_on) + text("interval '60 months'"), Date)).scalar_subquery(),
        *(
            select(func.min(kind.due_on) + 1)
            .where(kind.status.in_(OPEN), kind.escalated_at.is_(None))
            .scalar_subquery()
            for kind in (DisputeRow, RepairRow)
        ),
    )
)
"""The earliest day on which the worker has something to do."""


@dataclass
class Town:
    """The city on a day; `ids` are the citizens by serial, `tally` counts what happened.

    `marked` are first days of rules, `stored` the ids and numbers of all records that were ever there on a night.
    """

    kit: Kit
    clock: Clock
    random: Random
    folder: Path
    everyone: list[Resident]
    books: dict[str, Book]
    worker: Worker
    by_day: Worker
    office: tuple[str, str]
    ids: dict[int, str] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    answers: list[tuple[date, str, str, str]] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    marked: set[date] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        return day_of(self.clock())

    def night(self) -> None:
        """Let the worker do all that is due now, its clocks included; from one tick to the next a second passes."""
        while self.worker.work():
            self.clock.advance(seconds=1)

    def settle(self) -> None:
        """Let the worker do what the day left to it: messages and scores."""
        while self.by_day.work():
            pass

    def due(self) -> bool:
        """Whether anything is due tonight by any of its days, as the tables tell; notes all records that are there."""
        with self.kit.sessions() as session:
            day = session.scalar(DUE)
            for words in session.execute(select(RecordRow.id, RecordRow.source_record_id)):
                self.stored.update(words)
        return (day is not None and day <= self.today) or self.today in self.marked

    @property
    def packs(self) -> Packs:
        """The packs in force today."""
        return self.kit.packs

    @property
    def pii(self) -> PiiBox:
        return self.kit.pii

    def at_the_office(self) -> Desk:
        """The desk of the office's first operator."""
        return Desk(self.packs, self.pii, Actor(ActorKind.OPERATOR, self.office[0], "甲"), self.clock())

    def desk(self, source: str) -> Desk:
        """The desk of a department."""
        actor = Actor(ActorKind.DEPARTMENT, source, self.books[source].name)
        return Desk(self.packs, self.pii, actor, self.clock())

    # People come and go.

    def join(self, who: Resident) -> None:
        """Log in and opt in; the worker asks the departments."""
        with self.kit.sessions.begin() as session:
            now, pii = self.clock(), self.pii
            me = self.ids[who.serial] = citizens.upsert(session, pii, who.real_name, now)
            enrolment.enrol(session, pii, self.packs, citizen_id=me, notice_version=NOTICE.version, now=now)
        self.members.add(who.serial)
        self.left.discard(who.serial)
        self.tally["joined"] += 1

    def leave(self, who: Resident) -> None:
        """Leave, whatever is open."""
        with self.kit.sessions.begin() as session:
            leaving.leave(session, self.ids[who.serial], self.clock())
        self.members.discard(who.serial)
        self.left.add(who.serial)
        self.tally["left"] += 1

    # Departments hand in what they know.

    def hand_in(self, book: Book, *, whole: bool = False) -> Report:
        """A file of what is new, or of all, with a few rows spoilt; its report."""
        numbers = sorted(book.facts) if whole else sorted(set(book.news) & set(book.facts))
        rows = [book.facts[number] for number in numbers]
        good = [fact for fact in rows if "document_no" not in fact][:2]
        spoilt = [{**fact, "source_record_id": f"x{at}", **self.random.choice(SPOILT)} for at, fact in enumerate(good)]
        lines = [json.dumps(row, ensure_ascii=False) for row in (*rows, *spoilt)]
        path = self.folder / f"{book.code}-{self.today}.ndjson"
        path.write_text("\n".join([*lines, "no row at all"]) + "\n", "utf-8")
        report = ingest_file(self.kit, self.desk(book.code).actor, path)
        book.news.clear()
        assert report.rows == len(lines) + 1
        assert report.refused > len(spoilt)
        for outcome in ("accepted", "corrected", "duplicates", "refused", "not_stored"):
            self.tally[outcome] += getattr(report, outcome)
        return report

    def increment(self, book: Book) -> None:
        """One fact by the API, as it happens."""
        book.learn(self.random, self.random.choice(self.everyone), self.today, self.today)
        if book.news:
            self._enter(book, book.news[-1])

    def mend(self, book: Book) -> None:
        """A fact was wrong: half of them are told at once, the others with the next file."""
        if book.facts:
            number = self.random.choice(sorted(book.facts))
            book.mend(self.random, number)
            if self.random.random() < 0.5:
                self._enter(book, number)

    def _enter(self, book: Book, number: str) -> None:
        try:
            with self.kit.sessions.begin() as session:
                record_entries.enter(session, self.desk(book.code), book.facts[number])
            self.tally["entered"] += 1
        except Refusal as refused:
            self.tally[f"entry refused: {refused.errors[0].code}"] += 1

    def take_back(self, book: Book) -> None:
        """A fact should never have been handed in."""
        if book.facts:
            number = self.random.choice(sorted(book.facts))
            del book.facts[number]
            with self.kit.sessions.begin() as session:
                reason = "录入有误"
                record_entries.withdraw(session, self.desk(book.code), number, reason=reason, document=None)
            self.tally["taken back"] += 1


def founded(kit: Kit, clock: Clock, folder: Path, *, seed: int, people: int) -> Town:
    """The city on its first day: nobody has opted in yet."""
    random = Random(seed)
    everyone = residents(random, people)
    catalogue = catalogue_of({code: kit.packs[code] for code in ("egret", "qianjiang")})
    known = books(random, catalogue, everyone, day_of(clock()))
    with kit.sessions.begin() as session:
        put = operators.put
        office = tuple(put(session, f"idn_{name}", name, ["office"], clock()) for name in ("甲", "乙"))
    kit.keys.jwks()
    departments = tuple(known[code] for code in sorted(known))
    by_day = Worker(kit, departments=departments, ticks=tuple(tick for tick in TICKS if tick.name == "scores"))
    worker = Worker(kit, departments=departments, ticks=tuple(tick for tick in TICKS if tick.name != "order timers"))
    return Town(kit, clock, random, folder, everyone, known, worker, by_day, (office[0], office[1]))
