"""The small city: people, departments and the office, who do what they do through the services, on a moved clock."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Date, cast, func, or_, select, text
from sqlalchemy.orm import Session

from app.cli.ingesting import ingest_file
from app.cli.worker import TICKS, Worker
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.notice import NOTICE
from app.domain.pack import catalogue_of
from app.domain.record import Status
from app.domain.remedy import Ground
from app.domain.remedy import Status as Outcome
from app.services import (
    approvals,
    disputes,
    enrolment,
    leaving,
    pack_publishing,
    pack_versions,
    record_entries,
    remedy_answers,
    repairs,
    statements,
)
from app.services.filing import Desk
from app.services.ingestion import Report
from app.store import citizens, operators
from app.store.enrolments import Enrolment
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


_OPEN = ("submitted", "verifying")
DUE = select(
    func.least(
        select(func.min(Enrolment.due_on)).scalar_subquery(),
        select(func.min(RecordRow.expires_on))
        .where(or_(RecordRow.ended_on.is_(None), RecordRow.status == Status.ACTIVE))
        .scalar_subquery(),
        select(cast(func.min(RecordRow.ended_on) + text("interval '60 months'"), Date)).scalar_subquery(),
        *(
            select(func.min(kind.due_on) + 1)
            .where(kind.status.in_(_OPEN), kind.escalated_at.is_(None))
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
        """Whether anything is due tonight by any of its days, as the tables tell."""
        with self.kit.sessions() as session:
            day = session.scalar(DUE)
        return (day is not None and day <= self.today) or self.today in self.marked

    def desk(self, source: str) -> Desk:
        """The desk of a department."""
        actor = Actor(ActorKind.DEPARTMENT, source, self.books[source].name)
        return Desk(self.kit.packs, self.kit.pii, actor, self.clock())

    # People come and go.

    def join(self, who: Resident) -> None:
        """Log in and opt in; the worker asks the departments."""
        with self.kit.sessions.begin() as session:
            now, pii = self.clock(), self.kit.pii
            me = self.ids[who.serial] = citizens.upsert(session, pii, who.real_name, now)
            enrolment.enrol(session, pii, self.kit.packs, citizen_id=me, notice_version=NOTICE.version, now=now)
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

    # People use their rights, departments and the office answer.

    def pick(self, session: Session, *wanted: Status, adverse: bool = False) -> RecordRow | None:
        """One of the records in these statuses, drawn in the order of the departments' own numbers."""
        query = select(RecordRow).where(RecordRow.status.in_(wanted))
        if adverse:
            query = query.where(RecordRow.ended_on.is_not(None))
        found = session.scalars(query.order_by(RecordRow.source, RecordRow.source_record_id)).all()
        return self.random.choice(found) if found else None

    def dispute(self) -> None:
        """Somebody disputes a record; it will be answered, taken back, or forgotten by its department."""
        with self.kit.sessions.begin() as session:
            row = self.pick(session, Status.ACTIVE)
            if row is None:
                return
            kit, now, ground = self.kit, self.clock(), self.random.choice(list(Ground))
            said = {"ground": ground, "statement": "没有这回事", "new_evidence": "另有证明", "now": now}
            asked = disputes.open(session, kit.packs, kit.pii, row.citizen_id, row.id, **said)
            outcome = self.random.choice(("upheld", "corrected", "withdrawn", "retracted", "overdue"))
            self._later(outcome, asked.id, row)
        self.tally["disputed"] += 1

    def repair(self) -> None:
        """Somebody asks for the repair of an adverse record, maybe too early."""
        try:
            with self.kit.sessions.begin() as session:
                row = self.pick(session, Status.ACTIVE, adverse=True)
                if row is None:
                    return
                kit, said = self.kit, {"statement": "罚款已缴清", "now": self.clock()}
                asked = repairs.ask(session, kit.packs, kit.pii, row.citizen_id, row.id, **said)
                self._later(self.random.choice(("repaired", "repaired", "refused", "overdue")), asked.id, row)
            self.tally["repair asked"] += 1
        except Refusal as refused:
            self.tally[f"repair: {refused.code}"] += 1

    def state(self) -> None:
        """Somebody says something of a record of theirs."""
        with self.kit.sessions.begin() as session:
            row = self.pick(session, Status.ACTIVE, Status.DISPUTED)
            if row is not None:
                statements.put(session, self.kit.pii, row.citizen_id, row.id, "情况特殊", self.clock())
                self.tally["stated"] += 1

    def _later(self, outcome: str, asked_id: str, row: RecordRow) -> None:
        days = 23 if outcome == "overdue" else self.random.randrange(1, 15)
        self.answers.append((self.today + timedelta(days=days), outcome, asked_id, row.source_record_id))

    def answer_due(self) -> None:
        """Give every answer whose day has come, unless its case ended meanwhile."""
        due = [answer for answer in self.answers if answer[0] <= self.today]
        self.answers = [answer for answer in self.answers if answer[0] > self.today]
        for _, outcome, asked_id, number in due:
            try:
                with self.kit.sessions.begin() as session:
                    self._answer(session, outcome, asked_id, number)
                self.tally[f"{asked_id[:3]} {outcome}"] += 1
            except Refusal as refused:
                self.tally[f"{asked_id[:3]} {outcome}: {refused.code}"] += 1

    def _answer(self, session: Session, outcome: str, asked_id: str, number: str) -> None:
        said = {"reason": "经核查", "document": "函 1"}
        desk = self.desk(number.split("-")[0])
        if outcome == "overdue":
            self._office_answers(session, asked_id)
        elif outcome == "retracted":
            row = session.scalars(select(DisputeRow).where(DisputeRow.id == asked_id)).one_or_none()
            if row is not None:
                kit = self.kit
                disputes.withdraw(session, kit.packs, kit.pii, row.citizen_id, asked_id, self.clock())
        elif asked_id.startswith("rpr"):
            repairs.answer(session, desk, asked_id, repairs.Answer(outcome=Outcome(outcome), **said))
        else:
            book, row_said = self.books[desk.actor.id], {}
            if outcome == "corrected":
                row_said = {"row": {**book.mend(self.random, number)}}
                row_said["row"].pop("source_record_id")
            disputes.answer(session, desk, asked_id, disputes.Answer(outcome=Outcome(outcome), **said, **row_said))

    def _office_answers(self, session: Session, asked_id: str) -> None:
        kind = RepairRow if asked_id.startswith("rpr") else DisputeRow
        outcome = Outcome.REFUSED if kind is RepairRow else self.random.choice((Outcome.UPHELD, Outcome.WITHDRAWN))
        one, other = self.office
        said = remedy_answers.Said(outcome=outcome, reason="逾期未答复", document="函 2")
        now = self.clock()
        proposal = remedy_answers.propose(session, self.kit.pii, kind, one, asked_id, said, now)
        approvals.approve(session, proposal, operator_id=other, now=now)

    # The city changes its rules.

    def propose_rules(self, text: str) -> None:
        """Put a new version of a pack before the worker, who simulates it."""
        with self.kit.sessions.begin() as session:
            pack_versions.propose(session, self.kit.packs, text, operator_id=self.office[0], now=self.clock())

    def publish_rules(self, code: str, version: int, days: int) -> None:
        """Announce it for a day ahead; a second operator agrees."""
        one, other = self.office
        with self.kit.sessions.begin() as session:
            notice = {"notice_zh": "志愿服务加分提高。", "notice_en": "Volunteering counts for more."}
            day, now = self.today + timedelta(days=days), self.clock()
            target, data = pack_publishing.proposal(
                session, self.kit.packs, code, version, effective_on=day, now=now, **notice
            )
            said = {"kind": pack_publishing.KIND, "target": target, "data": data}
            proposal = approvals.propose(session, operator_id=one, now=now, **said)
            approvals.approve(session, str(proposal["id"]), operator_id=other, now=now)
        self.marked.add(day)
        self.tally["rules published"] += 1


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
