"""Guardrail 7: an unpaid order pauses further credit in its scenario family until settled, and never lowers a score."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.access import ActorKind
from app.domain.order import Action, Ask
from app.domain.scenario import Path
from app.services import eligibility
from app.services.order_steps import step
from app.services.order_timers import run_timers
from app.store import orders
from app.store.order_rows import OrderRow
from app.store.records import RecordRow
from app.store.scores import Score, ScoreSnapshot
from tests.support.owing import overdue, wind
from tests.support.shop import BIKE, LIBRARY, Shop

OTHER_FAMILY = LIBRARY


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def paths(shop, scenario):
    kit = shop.kit
    return eligibility.paths_open(shop.session, kit.registry, kit.packs, shop.citizen_id, scenario, kit.clock())


def test_credit_in_the_family_pauses_from_the_due_date_until_it_is_paid(shop, session, at):
    owed = shop.due()
    assert Path.CREDIT in paths(shop, BIKE)
    at(hours=72)
    assert paths(shop, BIKE) == [Path.STANDARD]
    run_timers(session, shop.kit.clock())
    assert paths(shop, BIKE) == [Path.STANDARD]
    assert shop.mine(owed, "pay").status_code == 200
    assert Path.CREDIT in paths(shop, BIKE)


def test_other_families_go_on(shop, at):
    shop.due()
    at(days=30)
    assert Path.CREDIT in paths(shop, OTHER_FAMILY)


def test_the_service_itself_goes_on_by_the_ordinary_path(shop, session, at):
    shop.due()
    at(days=30)
    run_timers(session, shop.kit.clock())
    order_id = shop.opened()["id"]
    assert shop.mine(order_id, "confirm", path="credit").json["code"] == "credit-not-open"
    assert shop.mine(order_id, "confirm", path="standard").json["status"] == "active"


@pytest.mark.parametrize("settled", ["mark-paid", "adjust"])
def test_settling_it_in_any_way_opens_credit_again(shop, at, settled):
    owed = shop.due()
    at(hours=73)
    body = {"mark-paid": {"paid_at": shop.kit.clock().isoformat(), "reference": "r"},
            "adjust": {"amount": 0, "reason_code": "goodwill"}}[settled]  # fmt: skip
    assert shop.theirs(owed, settled, **body).status_code == 200
    assert Path.CREDIT in paths(shop, BIKE)


def test_it_leaves_no_record_and_touches_no_score(shop, session, at):
    shop.due()
    before = session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id))
    for _ in range(60):
        at(days=1)
        run_timers(session, shop.kit.clock())
    assert session.scalars(select(RecordRow).where(RecordRow.citizen_id == shop.citizen_id)).all() == []
    assert session.scalars(select(ScoreSnapshot).where(ScoreSnapshot.citizen_id == shop.citizen_id)).all() == []
    assert session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id)) == before


def to_the_write_off(shop, session, at):
    owed = overdue(shop, at)
    session.execute(OrderRow.__table__.update().where(OrderRow.id == owed).values(sandbox_failures=9))
    session.commit()
    for _ in range(31):
        at(days=1)
        wind(shop)
    assert shop.seen(owed)["status"] == "written_off"
    return owed


def test_nothing_is_collected_for_ever(shop, session, at):
    owed = to_the_write_off(shop, session, at)
    attempts = shop.seen(owed)["collection"]["attempts"]
    for _ in range(90):
        at(days=1)
        wind(shop)
    assert shop.seen(owed)["collection"]["attempts"] == attempts
    assert len(attempts) == 5


def test_a_written_off_order_pauses_its_family_until_it_is_paid_after_all(shop, session, at):
    owed = to_the_write_off(shop, session, at)
    assert paths(shop, BIKE) == [Path.STANDARD]
    assert Path.CREDIT in paths(shop, OTHER_FAMILY)
    session.execute(OrderRow.__table__.update().where(OrderRow.id == owed).values(sandbox_failures=0))
    session.commit()
    assert shop.mine(owed, "pay").json["status"] == "written_off"
    assert Path.CREDIT in paths(shop, BIKE)


def test_what_is_disputed_pauses_nothing_until_it_is_settled(shop, session, at):
    owed = overdue(shop, at)
    assert paths(shop, BIKE) == [Path.STANDARD]
    for action, by, credit in ((Action.DISPUTE, ActorKind.CITIZEN, True), (Action.RESOLVE, ActorKind.OPERATOR, False)):
        row = orders.find(session, owed, lock=True)
        step(session, row, Ask(action=action, actor=by, now=shop.kit.clock()))
        session.commit()
        assert (Path.CREDIT in paths(shop, BIKE)) == credit


def test_a_write_off_leaves_no_record_and_touches_no_score(shop, session, at):
    before = session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id))
    to_the_write_off(shop, session, at)
    assert session.scalars(select(RecordRow).where(RecordRow.citizen_id == shop.citizen_id)).all() == []
    assert session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id)) == before
