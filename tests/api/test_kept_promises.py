"""The record of a kept promise: only ever good, after the objection time, and the citizen's to refuse."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.cli.worker import Worker
from app.domain.kept_promise import Yearly, yearly
from app.services import kept_promises, order_payments
from app.services.order_timers import run_timers
from app.services.scoring import refresh_due
from app.store.access_log import AccessLogRow
from app.store.enrolments import Enrolment
from app.store.order_rows import OrderRow
from app.store.records import RecordRow
from tests.support.disputing import dispute, mine, theirs
from tests.support.shop import Shop, bill

OBJECTION = {"days": 14, "hours": 13}
"""From noon on a Friday, two weekends and the rest of the tenth working day."""


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def record_of(shop, order_id):
    return shop.me.get(f"/citizen/v1/orders/{order_id}").json.get("record")


def write(shop) -> int:
    done = kept_promises.write_due(shop.session, shop.kit.packs, shop.kit.clock())
    shop.session.commit()
    shop.session.expire_all()
    return done


def records(shop):
    mine_ = RecordRow.citizen_id == shop.citizen_id
    return shop.session.scalars(select(RecordRow).where(mine_).order_by(RecordRow.id)).all()


def paid(shop) -> str:
    order_id = shop.due()
    assert shop.mine(order_id, "pay").status_code == 200
    return order_id


def returned(shop) -> str:
    order_id = shop.running()
    assert shop.theirs(order_id, "complete", **bill(0)).status_code == 200
    return order_id


def drain(shop) -> None:
    """What the worker has to do for what the tests committed."""
    kit = shop.kit
    while order_payments.move_next(kit.sessions, None, kit.clock()):
        pass
    Worker(kit).drain()
    shop.session.expire_all()


@pytest.mark.parametrize("keep", [paid, returned])
def test_an_order_that_was_kept_becomes_one_good_record_after_ten_working_days(shop, at, keep):
    order_id = keep(shop)
    waits = record_of(shop, order_id)
    assert waits["status"] == "pending_objection"
    assert datetime.fromisoformat(waits["at"]) == datetime.fromisoformat("2026-12-05T00:00:00+08:00")
    at(days=14, hours=11)
    assert (write(shop), records(shop)) == (0, [])
    at(hours=2)
    assert write(shop) == 1
    (record,) = records(shop)
    assert (record.item, record.source, record.source_record_id) == ("kept_promise", "credit_office", order_id)
    assert (record.event_on.isoformat(), record.effective_on.isoformat()) == ("2026-11-20", "2026-12-05")
    assert record_of(shop, order_id)["record_id"] == record.id


def test_it_is_written_once_however_often_it_is_tried(shop, session, at):
    order_id = paid(shop)
    at(**OBJECTION)
    assert write(shop) == 1
    row = session.scalars(select(OrderRow).where(OrderRow.id == order_id)).one()
    row.record_status = "pending_objection"
    session.commit()
    assert write(shop) == 1
    assert len(records(shop)) == 1


def test_it_counts_is_explained_and_shown_where_every_record_is(app, session, at):
    shop = Shop(app, session, score=None)
    shop.give_score(900)
    enrolment = session.get(Enrolment, shop.citizen_id)
    enrolment.pulled_at = shop.kit.clock()
    session.commit()
    paid(shop)
    at(**OBJECTION)
    write(shop)
    refresh_due(session, shop.kit.packs, shop.kit.clock())
    session.commit()
    (listed,) = shop.me.get("/citizen/v1/records").json["data"]
    assert listed["item"]["code"] == "kept_promise"
    one = shop.me.get(f"/citizen/v1/records/{listed['id']}").json
    assert [step["kind"]["code"] for step in one["events"]] == ["received"]
    explained = shop.me.get("/citizen/v1/score/explanation").json
    assert listed["id"] in str(explained)
    assert session.scalars(select(AccessLogRow.action).where(AccessLogRow.ref == listed["id"])).all() == ["ingested"]


def test_a_service_that_its_citizen_never_took_is_no_promise_kept(shop, at):
    order_id = shop.running()
    asked = dispute(shop, order_id, "not_mine")
    assert theirs(shop, asked["id"], "accept", amount=0).status_code == 200
    assert shop.seen(order_id)["outcome"] == "no_charge"
    assert record_of(shop, order_id) is None
    at(days=30)
    assert (write(shop), records(shop)) == (0, [])


def test_the_partner_never_hears_of_it(shop, at):
    order_id = paid(shop)
    assert "record" not in shop.seen(order_id)
    at(**OBJECTION)
    write(shop)
    assert "record" not in shop.seen(order_id)
    events = shop.partner.get("/partner/v1/events").json["data"]
    assert not [event for event in events if event["type"].startswith("record")]


def test_the_citizen_objects_and_nothing_is_written(shop, at):
    order_id = paid(shop)
    assert shop.mine(order_id, "record/withdraw").json["status"] == "withdrawn"
    at(**OBJECTION)
    assert (write(shop), records(shop)) == (0, [])
    assert shop.mine(order_id, "record/withdraw").json["status"] == "withdrawn"


def test_a_written_one_is_taken_back_at_any_time(shop, at):
    order_id = paid(shop)
    at(**OBJECTION)
    write(shop)
    at(days=100)
    assert shop.mine(order_id, "record/withdraw").json["status"] == "withdrawn"
    (record,) = records(shop)
    assert record.status == "withdrawn"


def test_who_wants_none_gets_none(shop, at):
    first = paid(shop)
    said = shop.me.put("/citizen/v1/kept-promises", json={"collect": False})
    assert (said.status_code, said.json["collect"]) == (200, False)
    assert record_of(shop, first)["status"] == "withdrawn"
    assert record_of(shop, paid(shop)) is None
    assert shop.me.put("/citizen/v1/kept-promises", json={"collect": True}).json["collect"] is True
    assert record_of(shop, paid(shop))["status"] == "pending_objection"


@pytest.mark.parametrize("body", [{}, {"collect": None}, {"collect": "yes"}, {"collect": True, "x": 1}])
def test_a_choice_that_is_none_is_refused(shop, body):
    answer = shop.me.put("/citizen/v1/kept-promises", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
    assert shop.me.get("/citizen/v1/kept-promises").json["collect"] is True


def test_the_rule_is_published_with_the_room_that_the_pack_has(shop):
    rule = shop.me.get("/citizen/v1/kept-promises").json
    assert (rule["rule"], rule["objection_working_days"]) == ("kept-promise 1", 10)
    assert rule["yearly"] == {"in_all": 12, "of_a_partner": 3}


def test_every_pack_that_scores_it_bounds_a_year_by_its_own_ceiling(shipped):
    found = {code: yearly(pack) for code, pack in shipped.items()}
    assert found["egret"] == Yearly(12, 3)
    assert found["national"] is None
    assert all(one.of_a_partner * 4 <= max(one.in_all, 4) for one in found.values() if one)


def test_a_partner_fills_no_more_than_its_share_of_a_year(shop, at):
    ids = [paid(shop) for _ in range(4)]
    at(**OBJECTION)
    write(shop)
    assert len(records(shop)) == 3
    assert [(record_of(shop, order_id) or {"status": "none"})["status"] for order_id in ids].count("none") == 1
    at(days=366)
    ids.append(paid(shop))
    at(days=20)
    write(shop)
    assert record_of(shop, ids[-1])["status"] == "written"


class TestNothing:
    """What is not kept, not settled or not a member's is nothing: never an adverse record."""

    def after(self, shop, at) -> list[RecordRow]:
        at(days=40)
        write(shop)
        return list(records(shop))

    def test_on_the_ordinary_path(self, shop, at):
        order_id = shop.running("standard")
        shop.theirs(order_id, "complete", **bill(0))
        assert (record_of(shop, order_id), self.after(shop, at)) == (None, [])

    def test_paid_after_its_due_date(self, shop, session, at):
        order_id = shop.due()
        at(days=4)
        run_timers(session, shop.kit.clock())
        shop.mine(order_id, "pay")
        assert (record_of(shop, order_id), self.after(shop, at)) == (None, [])

    def test_returned_after_its_end(self, shop, session, at):
        order_id = shop.running()
        at(days=2)
        run_timers(session, shop.kit.clock())
        shop.theirs(order_id, "complete", **bill(0))
        assert (record_of(shop, order_id), self.after(shop, at)) == (None, [])

    def test_waived_or_paid_elsewhere(self, shop, at):
        waived = shop.due()
        shop.theirs(waived, "adjust", amount=0, reason_code="goodwill")
        elsewhere = shop.due()
        shop.theirs(elsewhere, "mark-paid", paid_at=shop.kit.clock().isoformat(), reference="cash")
        assert [record_of(shop, order_id) for order_id in (waived, elsewhere)] == [None, None]
        assert self.after(shop, at) == []

    def test_written_off(self, shop, session, at):
        order_id = shop.due()
        for _ in range(50):
            at(days=1)
            run_timers(session, shop.kit.clock())
            drain(shop)
        assert shop.me.get(f"/citizen/v1/orders/{order_id}").json["status"] in ("written_off", "completed", "overdue")
        assert self.after(shop, at) == []

    def test_of_somebody_who_has_not_opted_in(self, app, session, at):
        shop = Shop(app, session, score=None)
        order_id = shop.running("standard")
        shop.theirs(order_id, "complete", **bill(0))
        assert (record_of(shop, order_id), self.after(shop, at)) == (None, [])

    def test_while_it_is_disputed(self, shop, at):
        order_id = paid(shop)
        asked = dispute(shop, order_id)
        at(days=30)
        assert (write(shop), records(shop)) == (0, [])
        mine(shop, asked, "withdraw")
        assert write(shop) == 0
        at(**OBJECTION)
        assert write(shop) == 1

    def test_given_back_in_full_before_it_is_written(self, shop, at):
        order_id = paid(shop)
        theirs(shop, dispute(shop, order_id)["id"], "accept", amount=0)
        drain(shop)
        assert record_of(shop, order_id)["status"] == "withdrawn"
        assert self.after(shop, at) == []

    def test_given_back_in_full_after_it_was_written(self, shop, at):
        order_id = paid(shop)
        at(**OBJECTION)
        write(shop)
        theirs(shop, dispute(shop, order_id)["id"], "accept", amount=0)
        drain(shop)
        (record,) = records(shop)
        assert (record.status, record_of(shop, order_id)["status"]) == ("withdrawn", "withdrawn")

    def test_another_s_order_or_one_without_a_record(self, app, session, shop):
        order_id, other = paid(shop), Shop(app, session)
        assert other.mine(order_id, "record/withdraw").status_code == 404
        assert shop.mine(shop.due(), "record/withdraw").status_code == 404
        assert record_of(shop, order_id)["status"] == "pending_objection"


def test_an_order_whose_record_cannot_be_written_stops_no_other_and_is_tried_again(shop, at):
    broken, sound = paid(shop), paid(shop)
    row = shop.session.scalars(select(OrderRow).where(OrderRow.id == broken)).one()
    whole, row.bill = row.bill, {"nonsense": 1}
    shop.session.commit()
    at(days=16)
    assert (write(shop), write(shop)) == (2, 0)
    assert [record.source_record_id for record in records(shop)] == [sound]
    row.bill = whole
    shop.session.commit()
    at(hours=1)
    assert write(shop) == 1
    assert [record.source_record_id for record in records(shop)] == [sound, broken]
