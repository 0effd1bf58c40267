"""Guardrail 12: a report shows what stands, and whoever checks it later sees nothing that stands no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.citizen import reports
from app.domain.access import SYSTEM
from app.domain.calendar import day_of
from app.domain.record import Status
from app.services import proofs, report_links, retention, statements
from app.store import enrolments, records
from app.store.records import RecordRow
from app.store.reports import ReportRow
from tests.conftest import Clock
from tests.support.members import a_penalty, days_ago, file_rows
from tests.support.remedying import SOURCE, dispute, penalty_of
from tests.support.reporting import PATH, Reporting, bare, blank_paper


@pytest.fixture(autouse=True)
def no_typesetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def takes(status: Status) -> Callable[[Reporting], None]:
    def change(mine: Reporting) -> None:
        penalty, now = penalty_of(mine.session, mine.citizen_id), mine.kit.clock()
        one = mine.citizen_id, penalty.id
        records.change_status(mine.session, *one, status, kind=str(status), actor=SYSTEM, now=now)
        enrolments.mark_due(mine.session, [mine.citizen_id], day_of(now))
        mine.session.commit()

    return change


def is_disputed(mine: Reporting) -> None:
    dispute(mine.session, mine.kit, mine.citizen_id, penalty_of(mine.session, mine.citizen_id).id)


def is_over_its_term(mine: Reporting) -> None:
    _set(mine, expires_on=day_of(mine.kit.clock()))


def is_deleted_in_time(mine: Reporting) -> None:
    _set(mine, ended_on=days_ago(mine.kit, 5 * 366))
    assert retention.delete(mine.session, proofs.signer(mine.kit.keys, "https://here"), mine.kit.clock()) == 1
    mine.session.commit()


def is_corrected_by_its_department(mine: Reporting) -> None:
    file_rows(mine.session, mine.kit, SOURCE, a_penalty("P-1", days_ago(mine.kit, 150), serious=True))


def is_explained(mine: Reporting) -> None:
    record, mine_ = penalty_of(mine.session, mine.citizen_id).id, mine.session
    statements.put(mine_, mine.kit.pii, mine.citizen_id, record, "我有话说", mine.kit.clock())
    mine_.commit()


def _set(mine: Reporting, **values: object) -> None:
    penalty = penalty_of(mine.session, mine.citizen_id).id
    mine.session.execute(update(RecordRow).where(RecordRow.id == penalty).values(**values))
    mine.session.commit()


CHANGES: dict[str, Callable[[Reporting], None]] = {
    **{str(status): takes(status) for status in Status if status is not Status.ACTIVE},
    "disputed by its person": is_disputed,
    "over its term": is_over_its_term,
    "deleted in time": is_deleted_in_time,
    "explained by its person": is_explained,
    "corrected by its department": is_corrected_by_its_department,
}


@pytest.mark.parametrize(("shows", "change"), [("seal", "repaired"), *(("report", change) for change in CHANGES)])
def test_when_a_record_in_it_leaves_or_changes_its_code_is_over_at_once(
    mine: Reporting, shows: str, change: str, clock: Clock
) -> None:
    made = mine.make(shows)
    clock.advance(minutes=1)
    CHANGES[change](mine)
    assert bare(mine.check(made["code"])) == bare(mine.check("0" * 16))
    (link,) = mine.links()
    assert link["status"] == "superseded"
    assert not {"code", "pdf"} & set(link)
    own = mine.me.get(f"{PATH}/{made['id']}").json
    assert "report" not in own


def test_its_person_is_told_once_and_a_new_one_shows_what_stands(mine: Reporting, session: Session) -> None:
    mine.make(), mine.make("seal")
    CHANGES["repaired"](mine)
    assert mine.tick() == 2
    assert mine.tick() == 0
    outbox = session.execute(select(ReportRow.ended_because, ReportRow.sealed_document)).all()
    assert {tuple(row) for row in outbox} == {("superseded", None)}
    told = mine.check(mine.make()["code"]).json["report"]
    assert [record["kind"] for record in told["records"]] == ["positive"]


def test_no_document_with_a_deleted_record_is_left_though_its_link_was_over(mine: Reporting, session: Session) -> None:
    made = mine.make()
    mine.me.delete(f"{PATH}/{made['id']}/link")
    CHANGES["deleted in time"](mine)
    mine.tick()
    assert session.scalars(select(ReportRow.sealed_document)).all() == [None]


@pytest.mark.parametrize("change", ["corrected by its department", "deleted in time", "explained by its person"])
def test_its_document_is_gone_with_the_change_itself_whoever_is_scored_and_when(
    mine: Reporting, session: Session, clock: Clock, change: str
) -> None:
    mine.make()
    clock.advance(minutes=1)
    CHANGES[change](mine)
    assert session.execute(select(ReportRow.sealed_document, ReportRow.sealed_paper)).all() == [(None, None)]


def test_a_new_record_ends_no_report(mine: Reporting, session: Session) -> None:
    made = mine.make()
    session.execute(update(RecordRow).where(RecordRow.source == "nobody").values(status="repaired"))
    assert mine.tick() == 0
    assert mine.check(made["code"]).status_code == 200


def test_the_card_never_links_to_a_report_that_stands_no_more(mine: Reporting, session: Session) -> None:
    mine.make("seal")
    now = mine.kit.clock()
    assert report_links.live_link(session, mine.kit.pii, mine.citizen_id, now) is None
    made = mine.make("report")
    link = report_links.live_link(session, mine.kit.pii, mine.citizen_id, now)
    assert link is not None
    assert link.code == made["code"]
    CHANGES["repaired"](mine)
    assert report_links.live_link(session, mine.kit.pii, mine.citizen_id, now) is None
