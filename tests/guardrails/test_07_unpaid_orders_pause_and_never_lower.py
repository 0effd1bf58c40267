"""Guardrail 7: an unpaid order pauses further credit in its scenario family until settled, and never lowers a score."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.scenario import Path
from app.services import eligibility
from app.services.order_timers import run_timers
from app.store.records import RecordRow
from app.store.scores import Score, ScoreSnapshot
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
