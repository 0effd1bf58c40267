"""Cards that are handed out one way, pictures that are taken back everywhere, and cards from before they had a term."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.domain.card import NameKind, Ticks
from app.domain.card_term import Term, end_of
from app.domain.errors import Refusal
from app.services import avatars, card_given, card_holder, leaving
from app.services.card_holder import Held
from app.store import embedded
from app.store.held_cards import HeldCard
from migrations import commands
from tests.support.cards import FULL, CardHolders, looks, swap
from tests.support.databases import own_name

PLAIN = Ticks()
WITH_PICTURE = Ticks(NameKind.MASKED, frozenset({"avatar", "city"}))


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


def hand(holders: CardHolders, giver: str, receiver: str, ticks: Ticks = PLAIN, **said: Any) -> Held:
    """`giver` hands a card to `receiver`, whom they know as 小雨."""
    kit = holders.kit
    said = {"known_as": "小雨", "source": "shake", "now": kit.clock(), **said}
    return card_holder.give(holders.session, kit.pii, giver=giver, receiver=receiver, ticks=ticks, **said)


class TestGiving:
    def test_one_holds_the_card_the_other_holds_nothing(self, holders: CardHolders) -> None:
        giver, receiver = holders.person("张小三"), holders.person("李四")
        given = hand(holders, giver, receiver)
        assert given.expires_at == end_of(Term.YEAR, holders.kit.clock())
        mine, theirs = holders.login(giver), holders.login(receiver)
        (held,) = theirs.get("/citizen/v1/name-cards").json["data"]
        assert (held["id"], held["source"], held["card"]["display_name"]) == (given.id, "shake", "张*三")
        (gift,) = mine.get("/citizen/v1/name-card/given").json["data"]
        assert (gift["known_as"], gift["source"]) == ("小雨", "shake")
        assert (
            mine.get("/citizen/v1/name-cards").json["data"]
            == theirs.get("/citizen/v1/name-card/given").json["data"]
            == []
        )

    def test_giving_and_each_look_are_in_the_givers_log_by_the_name_they_know(self, holders: CardHolders) -> None:
        giver, receiver = holders.person("张小三"), holders.person("李四")
        given = hand(holders, giver, receiver)
        holders.login(receiver).get(f"/citizen/v1/name-cards/{given.id}")
        seen = [
            (look["action"]["code"], look["purpose"]["code"], look["actor"]["name"], look["ref"])
            for look in looks(holders.login(giver))
        ]
        assert seen == [(action, "card.shake", "小雨", given.id) for action in ("card.viewed", "card.given")]
        assert looks(holders.login(receiver)) == []
        told = holders.session.scalars(
            text("select data->'data'->>'card_id' from outbox where citizen_id = :id"), {"id": receiver}
        )
        assert told.all() == [given.id]

    def test_another_gift_takes_the_place_of_the_first_and_leaves_what_came_back(self, holders: CardHolders) -> None:
        giver, receiver = holders.person("张小三"), holders.person("李四")
        mine, theirs = holders.login(giver), holders.login(receiver)
        swap(mine, theirs, given=FULL)
        hand(holders, giver, receiver)
        assert [held["card"]["display_name"] for held in theirs.get("/citizen/v1/name-cards").json["data"]] == ["张*三"]
        (back,) = mine.get("/citizen/v1/name-cards").json["data"]
        assert back["card"]["display_name"] == "李*"

    @pytest.mark.parametrize("removed_by", ["giver", "receiver"])
    def test_either_side_takes_it_away(self, holders: CardHolders, removed_by: str) -> None:
        giver, receiver = holders.person("张小三"), holders.person("李四")
        given, now = hand(holders, giver, receiver), holders.kit.clock()
        if removed_by == "giver":
            card_given.remove(holders.session, giver, given.id, now)
        else:
            card_holder.remove(holders.session, receiver, given.id, now)
        assert holders.session.query(HeldCard).count() == 0

    def test_not_to_oneself_and_not_to_one_who_left(self, holders: CardHolders) -> None:
        giver, gone = holders.person("张小三"), holders.person("李四")
        leaving.leave(holders.session, gone, holders.kit.clock())
        for receiver, code in ((giver, "card-with-oneself"), (gone, "not-found")):
            with pytest.raises(Refusal, match=code):
                hand(holders, giver, receiver)
        with pytest.raises(Refusal, match="login-needed"):
            hand(holders, gone, giver)
        assert holders.session.query(HeldCard).count() == 0


def test_leaving_takes_gifts_from_both_sides(holders: CardHolders) -> None:
    me, friend, other = holders.person("张小三"), holders.person("李四"), holders.person("王五")
    hand(holders, me, friend)
    hand(holders, friend, me)
    hand(holders, friend, other)
    assert leaving.leave(holders.session, me, holders.kit.clock()).tables["held_cards"] == 2
    assert [row.citizen_id for row in holders.session.query(HeldCard)] == [other]


def test_a_picture_that_is_deleted_is_on_no_card_any_more(holders: CardHolders) -> None:
    session, kit = holders.session, holders.kit
    me, friends = holders.person("张小三"), [holders.person(f"李{number}") for number in range(3)]
    avatars.save(session, kit.pii, me, b"a picture", kit.clock())
    given = [hand(holders, me, friend, WITH_PICTURE) for friend in friends]
    card_given.withdraw(session, me, given[2].id, kit.clock())
    assert [held.face.avatar for held in given if held.face] == [b"a picture"] * 3
    session.commit()
    assert holders.login(me).delete("/citizen/v1/name-card/avatar").status_code == 204
    for friend, held in zip(friends[:2], given, strict=False):
        (seen,) = card_holder.view(session, kit.pii, friend, [held.id], kit.clock())
        assert seen.face
        assert (seen.face.avatar, seen.face.city, seen.note) == (None, "xiamen", None)
    avatars.save(session, kit.pii, me, b"another", kit.clock())
    renewed = card_given.renew(session, kit.pii, me, given[0].id, ticks=None, term=None, now=kit.clock())
    assert renewed.face
    assert renewed.face.avatar is None, "the tick is gone with the picture"


def test_the_clock_deletes_cards_in_batches(holders: CardHolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_holder, "BATCH", 2)
    me, now = holders.person("张小三"), holders.kit.clock()
    for number in range(3):
        hand(holders, me, holders.person(f"李{number}"), expires_at=now + timedelta(hours=1))
    assert [card_holder.expire(holders.session, now + timedelta(hours=hours)) for hours in (0, 1, 1, 1)] == [0, 2, 1, 0]


class TestFromBefore:
    def test_a_card_without_ticks_renews_what_it_showed(self, holders: CardHolders) -> None:
        me, friend = holders.person("张小三"), holders.person("李四")
        mine, theirs = holders.login(me), holders.login(friend)
        held = swap(mine, theirs, given={"name_kind": "full", "fields": ["city"]}).json["received"]
        holders.session.execute(update(HeldCard).values(sealed_ticks=None, sealed_known_as=None))
        holders.session.commit()
        (gift,) = mine.get("/citizen/v1/name-card/given").json["data"]
        assert (gift["known_as"], gift["show"]) == ("李*", {"name_kind": "full", "fields": ["city"]})
        assert mine.put(f"/citizen/v1/name-card/given/{held['id']}", json={}).json["card"] == held["card"]

    def test_cards_survive_the_migration_both_ways(self, server: str) -> None:
        engine = create_engine(embedded.create_database(server, own_name("held")), poolclass=NullPool)
        try:
            commands.upgrade(engine, "0004")
            _hold(engine)
            commands.upgrade(engine)
            rows = "select id, source, expires_at - received_at, sealed_face from held_cards order by id"
            with engine.begin() as connection:
                days = [(row[0], row[1], row[2].days, bytes(row[3])) for row in connection.execute(text(rows))]
            assert days == [("hcd_2", "exchange", 365, b"2"), ("hcd_3", "exchange", 365, b"3")]
            commands.downgrade(engine, "0004")
            with engine.begin() as connection:
                pairs = connection.scalars(text("select exchange_id from held_cards")).all()
            assert (len(pairs), len(set(pairs))) == (2, 1)
        finally:
            engine.dispose()
            embedded.drop_database(server, own_name("held"))


def _hold(engine: Engine) -> None:
    """Two people who hold a card of each other, one of them an older one too."""
    said = "(:holder, :id, 'xch_1', :giver, :face, '2026-11-20 04:00+00')"
    rows = [("cit_1", "cit_2", 1), ("cit_1", "cit_2", 2), ("cit_2", "cit_1", 3)]
    columns = "citizen_id, id, exchange_id, given_by, sealed_face, received_at"
    with engine.begin() as connection:
        for holder, giver, number in rows:
            values = {"holder": holder, "giver": giver, "id": f"hcd_{number}", "face": str(number).encode()}
            connection.execute(text(f"insert into held_cards ({columns}) values {said}"), values)
