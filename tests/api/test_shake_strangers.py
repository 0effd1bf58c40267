"""A stranger beside those who shake: sees what they all see, may ask, and gets nothing that nobody meant to give."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.services import leaving
from app.store.shakes import Shake
from tests.support.cards import CardHolders
from tests.support.shaking import FAR, HERE, SHAKES, begin, cards_of, confirm, look, north_of, refused


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


class Stranger:
    """Someone in the next room, whom nobody means to give to."""

    def __init__(self, holders: CardHolders) -> None:
        self.teacher, self.pupil, self.phone = holders("陈老师"), holders("李四"), holders("贾一")
        self.given = begin(self.teacher, "give", "陈老师")
        self.taken = begin(self.pupil, "receive", "小李")
        self.mine = begin(self.phone, "receive", "小李", north_of(HERE, 90))


@pytest.fixture
def stranger(holders: CardHolders) -> Stranger:
    return Stranger(holders)


def test_a_stranger_learns_a_nickname_and_a_number_and_nothing_else(stranger: Stranger) -> None:
    [seen] = stranger.mine["others"]
    assert set(seen) == {"id", "nickname", "number", "asked"}
    assert (seen["nickname"], seen["number"]) == ("陈老师", stranger.given["number"])


def test_a_strangers_wish_gets_nothing_without_the_givers_word(stranger: Stranger) -> None:
    assert confirm(stranger.phone, stranger.mine, stranger.given).status_code == 200
    confirm(stranger.pupil, stranger.taken, stranger.given)
    confirm(stranger.teacher, stranger.given, stranger.taken)
    assert cards_of(stranger.pupil) == ["陈*师"]
    assert cards_of(stranger.phone) == []


def test_a_stranger_of_the_same_nickname_has_another_number(stranger: Stranger) -> None:
    for phone, mine in ((stranger.phone, stranger.mine), (stranger.pupil, stranger.taken)):
        confirm(phone, mine, stranger.given)
    asking = look(stranger.teacher, stranger.given)["others"]
    assert {other["nickname"] for other in asking} == {"小李"}
    assert len({other["number"] for other in asking}) == 2
    wrong = confirm(stranger.teacher, stranger.given, {**stranger.mine, "number": stranger.taken["number"]})
    assert refused(wrong, "shake-not-met"), "the number that the giver read is not this phone's"
    assert cards_of(stranger.phone) == []


def test_a_stranger_can_do_nothing_with_anothers_session(stranger: Stranger) -> None:
    for id_ in (stranger.given["id"], stranger.taken["id"]):
        assert stranger.phone.get(f"{SHAKES}/{id_}").status_code == 404
        assert stranger.phone.delete(f"{SHAKES}/{id_}").status_code == 404
        body = {"other": stranger.mine["id"], "number": stranger.mine["number"]}
        assert stranger.phone.post(f"{SHAKES}/{id_}/confirm", json=body).status_code == 404
    assert look(stranger.teacher, stranger.given)["status"] == "running"


def test_one_says_yes_to_one_at_a_time(stranger: Stranger) -> None:
    path = f"{SHAKES}/{stranger.given['id']}/confirm"
    number = stranger.taken["number"]
    for body in ({}, {"all": True}, {"other": [stranger.taken["id"]], "number": number}, {"others": []}):
        assert stranger.teacher.post(path, json=body).status_code == 422


def test_a_giver_cannot_press_a_card_on_one_who_did_not_ask(stranger: Stranger) -> None:
    assert refused(confirm(stranger.teacher, stranger.given, stranger.taken), "shake-not-met")


@pytest.mark.parametrize("why", ["unknown", "oneself", "receiver", "number", "elsewhere", "stopped", "left", "mode"])
def test_who_is_not_met_for_whatever_reason_is_one_and_the_same_answer(
    holders: CardHolders, session: Session, why: str
) -> None:
    giver_id = holders.person()
    teacher, pupil = holders.login(giver_id), holders()
    given = begin(teacher, "receive" if why == "receiver" else "give", point=FAR if why == "elsewhere" else HERE)
    taken = begin(pupil, "receive")
    if why == "unknown":
        given = {"id": "shk_none", "number": 47}
    if why == "oneself":
        given = taken
    if why == "number":
        given["number"] = given["number"] % 90 + 10
    if why == "stopped":
        teacher.delete(f"{SHAKES}/{given['id']}")
    if why == "left":
        leaving.leave(session, giver_id, holders.kit.clock())
    if why == "mode":
        session.execute(update(Shake).where(Shake.id == given["id"]).values(livemode=True))
    assert refused(confirm(pupil, taken, given), "shake-not-met")
