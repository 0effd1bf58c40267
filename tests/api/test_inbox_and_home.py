"""The inbox and the first screen."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.store import events, models, outbox
from app.store.base import new_id
from tests.support.cards import CardHolders
from tests.support.checks import World
from tests.support.rows import a_row
from tests.support.shop import Shop

INBOX, HOME = "/citizen/v1/events", "/citizen/v1/home"


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


def deliver(session: Session) -> None:
    """What the worker does."""
    for message in session.query(outbox.Message).order_by(outbox.Message.id):
        events.deliver(session, message)
        outbox.done(session, message.id)
    session.commit()


def told(holders: CardHolders, citizen_id: str, count: int = 1) -> None:
    for _ in range(count):
        events.tell(holders.session, citizen_id, "card.received", {"card_id": "hcd_1"}, holders.kit.clock())
    deliver(holders.session)


class TestInbox:
    def test_an_event_is_told_in_words_until_it_is_read(self, holders: CardHolders) -> None:
        me = holders.person()
        told(holders, me)
        caller = holders.login(me)
        (event,) = caller.get(INBOX, headers={"Accept-Language": "en"}).json["data"]
        assert (event["kind"], event["read"], event["data"]) == ("card.received", False, {"card_id": "hcd_1"})
        assert event["text"] == "Someone exchanged name cards with you."
        for _ in range(2):
            assert caller.post(f"{INBOX}/{event['id']}/read").status_code == 204
        assert caller.get(INBOX).json["data"][0]["read"]

    def test_pages(self, holders: CardHolders) -> None:
        me = holders.person()
        told(holders, me, 5)
        caller = holders.login(me)
        first = caller.get(f"{INBOX}?limit=3").json
        second = caller.get(f"{INBOX}?limit=3&cursor={first['next_cursor']}").json
        ids = [event["id"] for event in first["data"] + second["data"]]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) == 5

    def test_anothers_event_is_not_found(self, holders: CardHolders) -> None:
        me = holders.person()
        told(holders, me)
        event_id = holders.login(me).get(INBOX).json["data"][0]["id"]
        stranger = holders("李四")
        assert stranger.get(INBOX).json["data"] == []
        assert stranger.post(f"{INBOX}/{event_id}/read").status_code == 404
        assert not holders.login(me).get(INBOX).json["data"][0]["read"]

    def test_a_message_delivered_twice_is_there_once(self, holders: CardHolders) -> None:
        me = holders.person()
        events.tell(holders.session, me, "card.received", {}, holders.kit.clock())
        message = holders.session.query(outbox.Message).one()
        for _ in range(2):
            events.deliver(holders.session, message)
        holders.session.commit()
        assert len(holders.login(me).get(INBOX).json["data"]) == 1


class TestHome:
    def test_a_guest_sees_the_ordinary_way_everywhere(self, holders: CardHolders) -> None:
        home = holders("张小三", "hangzhou").get(HOME).json
        assert (home["member"], home["orders"], home["unread_events"]) == (False, [], 0)
        assert home["city"] == {"code": "hangzhou", "name": "杭州"}
        assert "score" not in home
        assert {entry["path"] for entry in home["scenarios"]} == {"standard"}

    def test_a_member_sees_score_grade_and_what_is_open(
        self, app: Flask, session: Session, holders: CardHolders
    ) -> None:
        me = World(app, session).person("hangzhou", 600)
        home = holders.login(me).get(HOME, headers={"Accept-Language": "en"}).json
        assert home["member"]
        assert home["score"] == {
            "score": 600,
            "min": 0,
            "max": 1000,
            "grade": {"pack": "qianjiang", "pack_name": "Qianjiang score", "code": "good", "name": "Good"},
            "as_of": "2026-11-20",
            "illustrative": True,
        }
        paths = {entry["code"]: entry["path"] for entry in home["scenarios"]}
        assert paths["hz-library-card"] == "credit"
        assert paths["hz-medical-pay"] == "standard"

    def test_a_member_whose_score_is_being_made(self, app: Flask, session: Session, holders: CardHolders) -> None:
        home = holders.login(World(app, session).person(member=True)).get(HOME).json
        assert home["member"]
        assert "score" not in home

    @pytest.mark.parametrize(("then", "change"), [(580, 20), (610, -10), (600, 0)])
    def test_the_change_is_since_a_month_ago(
        self, app: Flask, session: Session, holders: CardHolders, then: int, change: int
    ) -> None:
        me = World(app, session).person("hangzhou", 600)
        today = day_of(holders.kit.clock())
        table = models.load().tables["score_snapshots"]
        for score, months in ((then - 7, -3), (then, -1), (599, 0)):
            values = a_row(table, citizen_id=me, id=new_id("scr"), score=score, as_of=add_months(today, months))
            session.execute(insert(table).values(values))
        session.commit()
        assert holders.login(me).get(HOME).json["score"]["change"] == change

    def test_open_orders_and_unread_messages_are_there(self, app: Flask, session: Session) -> None:
        shop = Shop(app, session)
        order = shop.opened()
        deliver(session)
        home = shop.me.get(HOME).json
        assert [entry["id"] for entry in home["orders"]] == [order["id"]]
        assert home["orders"][0]["partner"]["name"] == "鹭岛单车"
        assert home["unread_events"] >= 1

    def test_a_phone_that_has_it_is_not_sent_it_again(self, holders: CardHolders) -> None:
        caller = holders()
        tag = caller.get(HOME).headers["ETag"]
        again = caller.get(HOME, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
