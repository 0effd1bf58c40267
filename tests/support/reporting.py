"""Credit reports in tests: a member with a penalty and a good record makes them, and strangers check them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.citizen.report_document import document
from app.domain.report import Report, Shows
from app.services import report_facts, report_links
from app.services.scoring import refresh_due
from app.store.reports import ReportRow
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.remedying import member

PATH = "/citizen/v1/reports"
CHECKS = "/reports/v1/checks"


def blank_paper(report: Report, *, code: str, **_: object) -> bytes:
    """In place of the typesetter, where a test is not about the paper."""
    return f"%PDF- {report.id} {code}".encode()


def kept_report(session: Session, kit: Kit, citizen_id: str) -> str:
    """The id of a report of this person that is kept, with a live link and hardly a paper."""
    now = kit.clock()
    facts = report_facts.gather(session, kit.packs, kit.pii, citizen_id, now, for_paper=True)
    report = document(report_links.report_id(), facts, "zh", now)
    drafted = report_links.draft(report, Shows.SEAL, 7, facts.records)
    kept = report_links.keep(session, kit.pii, citizen_id, drafted, b"%PDF-", now)
    session.commit()
    return kept.id


@dataclass
class Reporting:
    """A member, `me`, with the app in their hands."""

    app: Flask
    session: Session
    serial: int = 1

    def __post_init__(self) -> None:
        self.citizen_id = member(self.session, self.kit, serial=self.serial)
        self.me: TestCaller = as_citizen(self.app, self.session, self.citizen_id)

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    def make(self, shows: str = "report", **wish: Any) -> dict[str, Any]:
        """A report with a live link."""
        answer = self.me.post(PATH, json={"shows": shows, **wish})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def check(self, code: str, **headers: str) -> TestResponse:
        """What a stranger is told."""
        return self.app.test_client().post(CHECKS, json={"code": code}, headers=headers)

    def links(self) -> list[dict[str, Any]]:
        """My reports, newest first."""
        data: list[dict[str, Any]] = self.me.get(PATH).json["data"]
        return data

    def tick(self) -> int:
        """The worker's ticks: those whose records changed are scored, and what is over in time goes; how much went."""
        with self.kit.sessions.begin() as session:
            before = self._documents(session)
            refresh_due(session, self.kit.packs, self.kit.clock())
            return before - self._documents(session) + report_links.step(session, self.kit.clock())

    def _documents(self, session: Session) -> int:
        return session.scalar(select(func.count(ReportRow.sealed_document))) or 0


def bare(answer: TestResponse) -> dict[str, Any]:
    """An answer without the request's id."""
    return {**answer.json, "request_id": ""}
