"""Guardrail 7: what an order brings is a good record or none; an unpaid, late or disputed one never lowers a score."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.kept_promise import ITEM
from app.domain.pack import Kind
from app.services import kept_promises
from app.services.order_disputes import pass_deadlines
from app.services.order_timers import run_timers
from app.store.records import RecordRow
from app.store.scores import Score
from tests.support.disputing import dispute
from tests.support.shop import Shop, bill


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def overdue(shop):
    return shop.due()


def disputed(shop):
    order_id = shop.due()
    dispute(shop, order_id)
    return order_id


def never_returned(shop):
    return shop.running()


def given_up(shop):
    order_id = shop.running()
    shop.theirs(order_id, "cancel", reason_code="not_started")
    return order_id


@pytest.mark.parametrize("story", [overdue, disputed, never_returned, given_up])
def test_three_months_of_it_leave_no_record_and_the_score_as_it_was(shop, session, at, story):
    mine = RecordRow.citizen_id == shop.citizen_id
    before = session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id))
    story(shop)
    for _ in range(45):
        at(days=2)
        now = shop.kit.clock()
        run_timers(session, now)
        pass_deadlines(session, now)
        kept_promises.write_due(session, shop.kit.packs, now)
        session.commit()
    assert session.scalars(select(RecordRow).where(mine)).all() == []
    assert session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id)) == before


def test_the_item_only_adds_in_every_pack(shipped):
    for pack in shipped.values():
        item = pack.described().get(ITEM)
        assert item is None or (item.kind is Kind.POSITIVE and item.centipoints >= 0), pack.code


def test_a_citizen_with_no_orders_and_one_who_wants_no_records_are_worth_the_same(app, session, shop, at):
    """Saying no costs nothing but the points that a record would have added (guardrail 5)."""
    shop.me.put("/citizen/v1/kept-promises", json={"collect": False})
    order_id = shop.running()
    shop.theirs(order_id, "complete", **bill(0))
    at(days=30)
    kept_promises.write_due(session, shop.kit.packs, shop.kit.clock())
    other = Shop(app, session)
    rows = [session.scalar(select(Score.score).where(Score.citizen_id == one.citizen_id)) for one in (shop, other)]
    assert rows[0] == rows[1]
    assert session.scalars(select(RecordRow).where(RecordRow.citizen_id == shop.citizen_id)).all() == []
