"""Handing out by shake: both say yes, by the number on the other's screen; nobody learns or gets more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.shake import NUMBERS, RECEIVERS_MOST
from app.services import leaving
from app.services import shakes as service
from app.store.citizens import Citizen
from app.store.shakes import EMPTY, Shake
from tests.support.cards import CardHolders, looks
from tests.support.shaking import (
    FAR,
    NAMES,
    PLAIN,
    SHAKES,
    begin,
    cards_of,
    confirm,
    hand_over,
    look,
    place_at,
    refused,
    wish,
)


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


def test_a_card_changes_hands_when_both_have_said_yes(holders: CardHolders) -> None:
    teacher, pupil = holders("陈老师"), holders("李四")
    given = begin(teacher, "give", "陈老师", show={"name_kind": "full", "fields": ["verified", "city"]})
    taken = begin(pupil, "receive", "小李")
    assert given["preview"]["display_name"] == "陈老师"
    assert given["others"] == [], "a giver sees nobody who has not asked"
    [seen] = taken["others"]
    assert seen == {"id": given["id"], "nickname": "陈老师", "number": given["number"], "asked": False}

    asked = confirm(pupil, taken, given).json
    assert (asked["others"][0]["asked"], asked["status"]) == (True, "running")
    assert cards_of(pupil) == []
    [waiting] = look(teacher, given)["others"]
    assert waiting == {"id": taken["id"], "nickname": "小李", "number": taken["number"], "asked": True}

    done = confirm(teacher, given, taken).json
    assert (done["given"], done["others"], done["status"]) == (1, [], "running")
    over = look(pupil, taken)
    assert over["status"] == "over"
    assert "nickname" not in over
    held = pupil.get(f"{NAMES}/{over['card_id']}").json
    assert held["card"]["display_name"] == "陈老师"
    assert held["card"]["city"]["code"] == "xiamen"
    assert cards_of(teacher) == [], "it goes one way"


def test_the_giver_reads_in_their_log_who_got_the_card_and_nothing_of_where(holders: CardHolders) -> None:
    teacher, pupil = holders(), holders("李四")
    hand_over(teacher, pupil)
    [row] = [row for row in looks(teacher) if row["action"]["code"] == "card.given"]
    assert row["actor"]["name"] == "学生"
    assert row["purpose"]["code"] == "card.shake"
    assert not any(word in str(row) for word in ("24.4", "118.0"))


def test_one_giver_serves_many_and_each_receiver_has_one_giver(holders: CardHolders) -> None:
    teacher, other = holders("陈老师"), holders("王老师")
    pupils = [holders() for _ in range(3)]
    given, elsewhere = begin(teacher, "give"), begin(other, "give")
    taken = [begin(pupil, "receive") for pupil in pupils]
    for pupil, mine in zip(pupils, taken, strict=True):
        confirm(pupil, mine, elsewhere)
        confirm(pupil, mine, given)
    assert look(other, elsewhere)["others"] == [], "the last giver named is the one"
    assert refused(confirm(other, elsewhere, taken[0]), "shake-not-met")
    for mine in taken:
        assert confirm(teacher, given, mine).status_code == 200
    assert look(teacher, given)["given"] == 3
    assert all(cards_of(pupil) == ["陈*师"] for pupil in pupils)


def test_said_twice_it_is_done_once(holders: CardHolders) -> None:
    teacher, pupil = holders(), holders()
    given, taken = begin(teacher, "give"), begin(pupil, "receive")
    for _ in range(2):
        assert confirm(pupil, taken, given).status_code == 200
    first, again = confirm(teacher, given, taken), confirm(teacher, given, taken)
    assert first.json == again.json
    assert (again.json["given"], len(cards_of(pupil))) == (1, 1)
    assert confirm(pupil, taken, given).json["card_id"] == look(pupil, taken)["card_id"]


def test_a_session_ends_with_the_last_that_it_may_serve(holders: CardHolders, session: Session) -> None:
    teacher, pupil, late = holders(), holders(), holders()
    given, taken, mine = begin(teacher, "give"), begin(pupil, "receive"), begin(late, "receive")
    served = [f"shk_{number}" for number in range(RECEIVERS_MOST - 1)]
    session.execute(update(Shake).where(Shake.id == given["id"]).values(given=served))
    confirm(pupil, taken, given)
    done = confirm(teacher, given, taken).json
    assert (done["status"], done["given"]) == ("over", RECEIVERS_MOST)
    assert refused(confirm(late, mine, given), "shake-not-met")


def test_people_of_the_sandbox_and_live_ones_never_see_each_other(holders: CardHolders, session: Session) -> None:
    real = holders.person("陈老师")
    session.execute(update(Citizen).where(Citizen.citizen_id == real).values(livemode=True))
    begin(holders.login(real), "give")
    assert begin(holders(), "receive")["others"] == []


def test_thirty_seconds_are_thirty_seconds(holders: CardHolders, at: Callable[..., Any]) -> None:
    teacher, pupil = holders(), holders()
    given = begin(teacher, "give")
    at(seconds=10)
    taken = begin(pupil, "receive")
    confirm(pupil, taken, given)
    at(seconds=19.9)
    assert look(teacher, given)["status"] == "running"
    at(seconds=0.1)
    assert refused(confirm(teacher, given, taken), "shake-over")
    assert look(pupil, taken)["others"] == []
    at(seconds=10)
    assert refused(confirm(pupil, taken, begin(teacher, "give")), "shake-over")
    assert cards_of(pupil) == []


def test_one_session_a_person(holders: CardHolders) -> None:
    teacher, pupil = holders(), holders()
    first, second = begin(teacher, "give"), begin(teacher, "give", "另一个名字")
    assert teacher.get(f"{SHAKES}/{first['id']}").status_code == 404
    assert [other["id"] for other in begin(pupil, "receive")["others"]] == [second["id"]]


def test_what_is_given_is_what_was_ticked_when_it_began(holders: CardHolders) -> None:
    teacher, pupil = holders("陈老师"), holders()
    given, taken = begin(teacher, "give"), begin(pupil, "receive")
    teacher.put("/citizen/v1/name-card", json={"show": {"name_kind": "full", "fields": ["city"]}})
    confirm(pupil, taken, given)
    confirm(teacher, given, taken)
    assert cards_of(pupil) == ["陈*师"]


def test_the_cards_nickname_serves_unless_another_is_chosen(holders: CardHolders) -> None:
    me = holders()
    assert refused(me.post(SHAKES, json=wish("receive")), "nickname-missing", 422)
    me.put("/citizen/v1/name-card", json={"nickname": "晓雨", "show": PLAIN})
    assert me.post(SHAKES, json=wish("receive")).json["nickname"] == "晓雨"
    assert begin(me, "receive", "雨")["nickname"] == "雨"
    me.put("/citizen/v1/name-card", json={"nickname": "晓雨2008", "show": PLAIN})
    assert refused(me.post(SHAKES, json=wish("receive")), "nickname-with-number", 422)


def test_who_left_logs_in_first(holders: CardHolders, session: Session) -> None:
    me = holders.person()
    phone = holders.login(me)
    begin(phone, "give")
    leaving.leave(session, me, holders.kit.clock())
    assert session.scalars(select(Shake)).all() == []
    assert refused(phone.post(SHAKES, json=wish("give", "晓雨")), "login-needed")


def test_a_place_has_no_more_people_than_numbers(holders: CardHolders, session: Session) -> None:
    teacher = begin(holders(), "give")
    row = session.scalars(select(Shake)).one()
    named = {column.name for column in Shake.__table__.columns} - {"citizen_id", "id", "number"}
    for number in set(NUMBERS) - {teacher["number"]}:
        same = {name: getattr(row, name) for name in named}
        session.add(Shake(citizen_id=f"cit_{number}", id=f"shk_{number}", number=number, **same))
    session.flush()
    late = holders()
    assert refused(late.post(SHAKES, json=wish("receive", "晓雨")), "shake-place-full")
    assert begin(late, "receive", "晓雨", FAR)["status"] == "running"


GOOD = wish("give", "晓雨")
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no place": ({"role": "give"}, "/place"),
    "half a place": (GOOD | {"place": {"latitude": 24.5, "agreed": True}}, "/place/longitude"),
    "no consent": (GOOD | {"place": {"latitude": 24.5, "longitude": 118}}, "/place/agreed"),
    "a no": (GOOD | {"place": {"latitude": 24.5, "longitude": 118, "agreed": False}}, "/place/agreed"),
    "off the earth": (GOOD | {"place": place_at((91, 118))}, "/place/latitude"),
    "a text": (GOOD | {"place": place_at((24, 118)) | {"latitude": "24.5"}}, "/place/latitude"),
    "a yes": (GOOD | {"place": place_at((True, 118))}, "/place/latitude"),
    "no number": (GOOD | {"place": place_at((1e400, 118))}, "/place/latitude"),
    "a strange map": (GOOD | {"place": place_at((24, 118)) | {"datum": "bd09"}}, "/place/datum"),
    "another role": (GOOD | {"role": "both"}, "/role"),
    "a long name": (GOOD | {"nickname": "雨" * 21}, "/nickname"),
    "an unseen name": (GOOD | {"nickname": "\u200b\u200d"}, "/nickname"),
    "a turned name": (GOOD | {"nickname": "晓\u202e雨"}, "/nickname"),
    "a number": (GOOD | {"nickname": "晓雨 47"}, "/nickname"),
    "nothing": (GOOD | {"nickname": None}, "/nickname"),
    "an unknown tick": (GOOD | {"show": {"name_kind": "full", "fields": ["id_number"]}}, "/show/fields/0"),
    "a receiver's ticks": (GOOD | {"role": "receive", "show": PLAIN}, "/show"),
    "more": (GOOD | {"everyone": True}, "/everyone"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_by_its_field_and_begins_nothing(holders: CardHolders, session: Session, case: str) -> None:
    body, field = BAD[case]
    answer = holders().post(SHAKES, json=body)
    assert answer.status_code in (400, 422), answer.json
    if answer.status_code == 422:
        assert [error["pointer"] for error in answer.json["errors"]] == [field]
    assert not any(part in answer.text for part in ("24.5", "118.0"))
    assert session.scalars(select(Shake)).all() == []


@pytest.mark.parametrize("end", ["stop", "given", "worker", "look"])
def test_nothing_of_the_place_outlives_the_session(
    holders: CardHolders, session: Session, at: Callable[..., Any], end: str
) -> None:
    me, teacher = holders(), holders()
    mine, given = begin(me, "receive"), begin(teacher, "give")
    if end == "stop":
        assert me.delete(f"{SHAKES}/{mine['id']}").status_code == 204
        assert me.delete(f"{SHAKES}/{mine['id']}").status_code == 204
    if end == "given":
        confirm(me, mine, given)
        confirm(teacher, given, mine)
    if end in ("worker", "look"):
        at(seconds=30)
    if end == "worker":
        service.end_over(session, holders.kit.clock())
    if end == "look":
        look(me, mine)
    row = session.scalars(select(Shake).where(Shake.id == mine["id"]).execution_options(populate_existing=True)).one()
    assert all(getattr(row, name) is None for name in EMPTY)
    assert row.ended_at is not None
    at(minutes=3)
    service.end_over(session, holders.kit.clock())
    assert session.scalars(select(Shake)).all() == []
    assert me.get(f"{SHAKES}/{mine['id']}").status_code == 404
