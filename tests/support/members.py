"""Members with records, filed through the one door (app/services/filing.py)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.fact import Fact
from app.domain.intake import Intake, Row
from app.domain.notice import NOTICE
from app.domain.pack import catalogue_of
from app.services import enrolment, scoring
from app.services.filing import Desk, Filed, file_facts
from app.web.kit import Kit
from tests.support.people import id_number, make_citizen

ISSUED = 30
"""How many days ago the facts of these helpers happened, unless they say."""


def make_member(session: Session, kit: Kit, *, serial: int = 1, city: str = "xiamen", name: str = "张测试") -> str:
    """A citizen who has opted in and been scored, without records; returns the citizen id."""
    citizen_id = make_citizen(session, kit.pii, kit.clock(), serial=serial, city=city, name=name)
    enrolment.enrol_many(session, [citizen_id], notice_version=NOTICE.version, now=kit.clock())
    scoring.refresh(session, kit.packs, citizen_id, now=kit.clock(), reason="due")
    session.commit()
    return citizen_id


def a_row(number: str, item: str, event_on: date, *, serial: int = 1, name: str = "张测试") -> dict[str, object]:
    """A row of a record file about the person of `serial`."""
    row: dict[str, object] = {
        "source_record_id": number,
        "item": item,
        "name": name,
        "id_number": id_number(serial),
        "event_on": event_on.isoformat(),
    }
    return row | ({"quantity": 2} if item in ("volunteer_service", "community_service") else {})


def a_penalty(number: str, decided_on: date, *, serious: bool = False, serial: int = 1) -> dict[str, object]:
    """A row of a penalty file about the person of `serial`; shown for ten months, or thirty where serious."""
    return {
        "document_no": number,
        "name": "张测试",
        "id_number": id_number(serial),
        "violation_type": "无照经营",
        "penalty_type": "罚款",
        "event_on": decided_on.isoformat(),
        "ended_on": decided_on.isoformat(),
        "expires_on": (decided_on + timedelta(days=900 if serious else 300)).isoformat(),
        "issuer": "市场监督管理局",
        "class": "严重" if serious else "一般",
    }


def desk(kit: Kit, source: str, now: datetime | None = None) -> Desk:
    """The desk of the department `source`."""
    return Desk(kit.packs, kit.pii, Actor(ActorKind.DEPARTMENT, source, f"部门{source}"), now or kit.clock())


def facts_in(kit: Kit, source: str, rows: Iterable[Row]) -> list[Fact]:
    """The facts of valid rows."""
    intake = Intake(catalogue_of(kit.packs), source, day_of(kit.clock()))
    return [intake.fact(row) for row in rows]


def file_rows(session: Session, kit: Kit, source: str, *rows: Row) -> list[Filed]:
    """File rows of the department `source` and score whoever is due."""
    filed = file_facts(session, desk(kit, source), facts_in(kit, source, rows))
    scoring.refresh_due(session, kit.packs, kit.clock())
    session.commit()
    return filed


def days_ago(kit: Kit, days: int = ISSUED) -> date:
    """The day so many days before today."""
    return day_of(kit.clock()) - timedelta(days=days)
