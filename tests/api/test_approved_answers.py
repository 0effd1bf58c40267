"""What a second operator agreed to is what happens: no other answer slips in before the worker comes."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.store.corrections import CorrectionRow
from app.store.outbox import Message
from app.store.remedies import DisputeRow
from app.store.reviews import ReviewRow
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.office import operator
from tests.support.remedying import dispute, member, overdue, penalty_of

AGREED, ALONE = "两人同意的话", "一人自己的话"


def correction(me: TestCaller, record_id: str) -> tuple[str, dict[str, Any]]:
    body = {"about": "record", "record_id": record_id, "field": "whole", "statement": "不是我"}
    asked = me.post("/citizen/v1/corrections", json=body).json["id"]
    return f"corrections/{asked}", {"outcome": "accepted", "remedy": "withdraw", "document": "函"}


def review(me: TestCaller, record_id: str) -> tuple[str, dict[str, Any]]:
    asked = me.post(f"/citizen/v1/records/{record_id}/reviews", json={"text": "请看"}).json["id"]
    return f"reviews/{asked}", {"outcome": "changed"}


ASK = {CorrectionRow: correction, ReviewRow: review}


@pytest.fixture(params=[CorrectionRow, ReviewRow, DisputeRow])
def approved(request: Any, app: Flask, session: Session, kit: Kit) -> tuple[Any, str, dict[str, Any], TestCaller]:
    """A table, the path of a request in it, an answer that two operators agreed on, and one of the two."""
    citizen_id, table = member(session, kit), request.param
    record = penalty_of(session, citizen_id).id
    if table is DisputeRow:
        path, said = f"disputes/{dispute(session, kit, citizen_id, record).id}", {"outcome": "withdrawn"}
        overdue(session, kit)
    else:
        path, said = ASK[table](as_citizen(app, session, citizen_id), record)
    one, other = operator(app, session, "office"), operator(app, session, "office", serial=904)
    proposed = one.post(f"/operator/v1/{path}/answer", json={**said, "reason": AGREED})
    approve = f"/operator/v1/approvals/{proposed.json['approval_id']}/approve"
    assert other.post(approve, json={}).status_code == 200
    return table, path, said, one


def told(session: Session, kit: Kit, table: Any) -> tuple[bool, str | None]:
    """Whether the request was answered, and in which words."""
    row = session.scalars(select(table).execution_options(populate_existing=True)).one()
    if not isinstance(row, ReviewRow):
        return row.answered_at is not None, row.reason
    words = row.sealed_reason and kit.pii.decrypt(row.sealed_reason, context=f"reviews.reason:{row.id}")
    return row.answered_at is not None, words


def test_no_other_answer_is_taken_until_the_worker_came(
    approved: tuple[Any, str, dict[str, Any], TestCaller], session: Session, kit: Kit
) -> None:
    table, path, said, one = approved
    alone = one.post(f"/operator/v1/{path}/answer", json={**said, "reason": ALONE})
    assert (alone.status_code, alone.json["code"]) == (409, "approval-pending")
    Worker(kit).work()
    assert told(session, kit, table) == (True, AGREED)


def test_an_answer_that_lies_there_unseen_is_not_given(
    approved: tuple[Any, str, dict[str, Any], TestCaller], session: Session, kit: Kit
) -> None:
    table, *_ = approved
    row = session.scalars(select(table).execution_options(populate_existing=True)).one()
    context = f"{table.__tablename__}.answer:{row.id}"
    other = kit.pii.decrypt(row.sealed_answer, context=context).replace(AGREED, ALONE)
    session.execute(update(table).values(sealed_answer=kit.pii.encrypt(other, context=context)))
    session.commit()
    Worker(kit).work()
    assert told(session, kit, table) == (False, None)
    assert not session.scalars(select(Message).where(Message.topic.like("%.apply"))).all(), "and the worker is done"
