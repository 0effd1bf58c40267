"""Disputes: what is disputed counts for nothing at once, until its department settles it in one way or another."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.record import Status as RecordStatus
from app.domain.remedy import Ground, Status
from app.services import disputes, record_entries, scoring
from app.web.kit import Kit
from tests.support.members import a_penalty, days_ago, desk, file_rows, make_member
from tests.support.remedying import SAID, SOURCE, dispute, member, penalties_of, penalty_of, score_of, settle


@pytest.fixture
def me(session: Session, kit: Kit) -> str:
    return member(session, kit)


def test_a_disputed_record_equals_its_absence_from_that_moment(session: Session, kit: Kit, me: str) -> None:
    before = score_of(session, me)
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    assert penalty_of(session, me).status == RecordStatus.DISPUTED
    disputed = score_of(session, me)
    assert disputed > before
    settle(session, kit, asked.id, Status.WITHDRAWN)
    assert score_of(session, me) == disputed


def test_what_stands_counts_again(session: Session, kit: Kit, me: str) -> None:
    before = score_of(session, me)
    done = settle(session, kit, dispute(session, kit, me, penalty_of(session, me).id).id, Status.UPHELD)
    assert (done.status, done.reason, done.document) == (Status.UPHELD, SAID["reason"], SAID["document"])
    assert (penalty_of(session, me).status, score_of(session, me)) == (RecordStatus.ACTIVE, before)


def test_a_corrected_fact_is_a_new_record(session: Session, kit: Kit, me: str) -> None:
    old = penalty_of(session, me)
    right = a_penalty("P-1", days_ago(kit, 200))
    done = settle(session, kit, dispute(session, kit, me, old.id).id, Status.CORRECTED, row=right)
    new = penalty_of(session, me)
    assert (done.status, new.supersedes, new.event_on) == (Status.CORRECTED, old.id, days_ago(kit, 200))


@pytest.mark.parametrize("row", [{}, a_penalty("P-1", date(2026, 6, 23))])
def test_a_correction_that_corrects_nothing_is_refused(
    session: Session, kit: Kit, me: str, row: dict[str, object]
) -> None:
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    with pytest.raises(Refusal) as refused:
        settle(session, kit, asked.id, Status.CORRECTED, row=row)
    assert refused.value.errors[0].pointer == "/record"
    session.rollback()
    assert disputes.one(session, kit.pii, me, asked.id).status is Status.SUBMITTED


def test_its_department_settles_it_by_withdrawing_the_record_and_not_by_sending_it_anew(
    session: Session, kit: Kit
) -> None:
    one, other = member(session, kit, serial=1), member(session, kit, serial=2)
    first, second = (dispute(session, kit, who, penalty_of(session, who).id) for who in (one, other))
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 200)))
    record_entries.withdraw(session, desk(kit, SOURCE), "P-2", reason="误报", document="函")
    assert disputes.one(session, kit.pii, one, first.id).status is Status.SUBMITTED
    assert disputes.one(session, kit.pii, other, second.id).status is Status.WITHDRAWN


@pytest.mark.parametrize("written", ["厦罚〔2026〕1号", "厦罚[2026]1号", "厦罚（2026）1号"])
def test_a_decision_is_one_fact_however_its_number_is_written(session: Session, kit: Kit, written: str) -> None:
    """Also within one file; of another person, and by another document, it is another fact."""
    me, other = make_member(session, kit), make_member(session, kit, serial=2)
    row = a_penalty("厦罚〔2026〕1号", days_ago(kit, 150))
    rows = [row | {"source_record_id": "A"}, row | {"source_record_id": "B", "document_no": written}]
    theirs = a_penalty("厦罚〔2026〕1号", days_ago(kit, 150), serial=2) | {"source_record_id": "C"}
    filed = file_rows(session, kit, SOURCE, *rows, theirs, row | {"source_record_id": "D", "document_no": "厦罚1"})
    assert [str(one.outcome) for one in filed] == ["accepted", "duplicate", "accepted", "accepted"]
    assert len(penalties_of(session, me)) == 2
    assert len(penalties_of(session, other)) == 1


def test_the_same_file_again_leaves_it_disputed(session: Session, kit: Kit, me: str) -> None:
    dispute(session, kit, me, penalty_of(session, me).id)
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 150)))
    assert penalty_of(session, me).status == RecordStatus.DISPUTED


def test_it_can_be_taken_back_and_opened_again(session: Session, kit: Kit, me: str) -> None:
    before, asked = score_of(session, me), dispute(session, kit, me, penalty_of(session, me).id)
    for _ in range(2):
        back = disputes.withdraw(session, kit.packs, kit.pii, me, asked.id, kit.clock())
        assert (back.status, score_of(session, me)) == (Status.RETRACTED, before)
    assert dispute(session, kit, me, asked.record_id).status is Status.SUBMITTED


def test_what_stood_is_disputed_again_on_another_ground_or_with_something_new(
    session: Session, kit: Kit, me: str
) -> None:
    record = penalty_of(session, me).id
    settle(session, kit, dispute(session, kit, me, record).id, Status.UPHELD)
    with pytest.raises(Refusal, match="dispute-needs-evidence"):
        dispute(session, kit, me, record)
    session.rollback()
    settle(session, kit, dispute(session, kit, me, record, ground=Ground.NOT_MINE).id, Status.UPHELD)
    assert dispute(session, kit, me, record, new_evidence="法院判决书").new_evidence == "法院判决书"


def test_one_dispute_of_a_record_at_a_time_and_none_of_what_ended(session: Session, kit: Kit, me: str) -> None:
    record = penalty_of(session, me).id
    asked = dispute(session, kit, me, record)
    with pytest.raises(Refusal, match="dispute-open"):
        dispute(session, kit, me, record)
    session.rollback()
    settle(session, kit, asked.id, Status.WITHDRAWN)
    with pytest.raises(Refusal, match="record-settled"):
        dispute(session, kit, me, record)


def test_a_past_score_is_still_proven_after_a_dispute(session: Session, kit: Kit, me: str) -> None:
    dispute(session, kit, me, penalty_of(session, me).id)
    calculated = scoring.calculated(session, kit.packs, me, kit.clock())
    assert calculated is not None
    assert calculated.score == score_of(session, me)
