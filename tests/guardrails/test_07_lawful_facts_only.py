"""Guardrail 7: an adverse fact comes with item, issuer, document, class, end and expiry, or not at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.columns import PENALTY
from app.domain.pack import LONGEST_SHOWN_MONTHS, Kind
from app.domain.record import Status
from app.packs import load_packs
from app.services import scoring, standing
from app.services.row_files import CSV, NDJSON, XLSX
from app.store import records, scores
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller, as_department
from tests.support.members import a_penalty, days_ago, desk, file_rows, make_member
from tests.support.workbooks import book

NEEDED = ("issuer", "document_no", "class", "event_on", "ended_on", "expires_on", "violation_type", "penalty_type")


@pytest.fixture
def member(session: Session, kit: Kit) -> str:
    return make_member(session, kit)


@pytest.fixture
def department(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, "market_supervision")


def entry(kit: Kit, **changes: Any) -> dict[str, Any]:
    return a_penalty("厦市监罚〔2026〕1号", days_ago(kit)) | {"class": "general"} | changes


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RecordRow)) or 0


def test_one_that_is_whole_is_taken(department: TestCaller, session: Session, kit: Kit, member: str) -> None:
    assert department.put("/department/v1/records/P1", json=entry(kit)).status_code == 200
    assert stored(session) == 1


@pytest.mark.parametrize("missing", NEEDED)
def test_without_any_one_of_them_it_is_refused(
    department: TestCaller, session: Session, kit: Kit, member: str, missing: str
) -> None:
    partial = {key: value for key, value in entry(kit).items() if key != missing}
    assert department.put("/department/v1/records/P1", json=partial).status_code == 422
    assert stored(session) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"class": "minor"},
        {"sealed": True},
        {"basis": "治安管理处罚法第五十条"},
        {"expires_on": "2099-12-31"},
        {"ended_on": "2019-01-01", "expires_on": "2027-01-01"},
    ],
)
def test_minor_sealed_and_over_term_ones_never_enter(
    department: TestCaller, session: Session, kit: Kit, member: str, changes: dict[str, Any]
) -> None:
    assert department.put("/department/v1/records/P1", json=entry(kit, **changes)).status_code == 422
    assert stored(session) == 0


def test_no_other_door_takes_an_adverse_fact(department: TestCaller, session: Session, kit: Kit, member: str) -> None:
    plain = {key: entry(kit)[key] for key in ("name", "id_number", "event_on")}
    adverse = [item.code for item in load_packs()["egret"].items() if item.kind is Kind.ADVERSE]
    for code in adverse:
        assert department.put("/department/v1/records/P1", json=plain | {"item": code}).status_code == 422
    assert stored(session) == 0


def test_a_file_of_any_kind_is_no_other_door(department: TestCaller, session: Session, kit: Kit, member: str) -> None:
    whole = a_penalty("X1", days_ago(kit))
    wrong: list[dict[str, Any]] = [{key: None} for key in NEEDED]
    wrong += [{"class": "轻微"}, {"sealed": "是"}, {"basis": "治安管理处罚条例"}, {"subject_type": "法人"}]
    rows = [whole, *(whole | {"source_record_id": f"X-{number}"} | change for number, change in enumerate(wrong))]
    cells = [[row.get(column.key) for column in PENALTY] for row in rows]
    texts = [",".join(str(value or "") for value in line) for line in ([column.name for column in PENALTY], *cells)]
    for media_type, data in (
        (XLSX, book(*cells, header=[column.name for column in PENALTY])),
        (CSV, "\n".join(texts).encode("gb18030")),
        (NDJSON, "\n".join(json.dumps({k: v for k, v in row.items() if v}) for row in rows).encode()),
    ):
        answer = department.post("/department/v1/batches", data=data, headers={"Content-Type": media_type}).json
        assert (answer["refused"], answer["accepted"]) == (len(wrong), 1)
    assert stored(session) == 1


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_a_settled_or_disputed_one_leaves_the_calculation(
    session: Session, kit: Kit, member: str, status: Status
) -> None:
    filed = file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))[0]
    assert score_of(session, member) == 480
    who = desk(kit, "transport").actor
    records.change_status(session, member, str(filed.record_id), status, kind=status, actor=who, now=kit.clock())
    scoring.refresh(session, kit.packs, member, now=kit.clock(), reason="records")
    assert score_of(session, member) == 600


def test_an_expired_one_leaves_by_itself(session: Session, kit: Kit, member: str, clock: Clock) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))
    clock.moment += timedelta(days=870)
    assert scoring.refresh_due(session, kit.packs, kit.clock()) == 1
    assert score_of(session, member) == 600


def test_an_expired_one_is_gone_before_any_job_has_run(
    session: Session, kit: Kit, member: str, clock: Clock
) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))
    clock.moment += timedelta(days=870)
    known = standing.of(session, kit.packs, member, kit.clock())
    told = standing.score_of(session, kit.packs, member, kit.clock())
    assert (known.score, told.score if told else None) == (600, 600)
    assert score_of(session, member) == 480, "calculated on the spot, stored by the worker"


@pytest.mark.parametrize("pack", load_packs().values(), ids=lambda pack: pack.code)
def test_every_adverse_item_has_a_class_a_basis_and_a_lawful_term(pack: Any) -> None:
    for item in pack.items():
        if item.kind is Kind.ADVERSE:
            assert item.basis.zh.strip()
            assert item.retention_months <= LONGEST_SHOWN_MONTHS[item.legal_class]


def score_of(session: Session, citizen_id: str) -> int:
    score = scores.current(session, citizen_id)
    assert score is not None
    return score.score
