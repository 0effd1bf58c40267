"""Of twenty who redeem one code at once exactly one holds the card, with real commits and real threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.services import access
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders, code_of, redeem, swap


def test_exactly_one_of_twenty_wins(real_app: Flask, real_db: Engine) -> None:
    with Session(real_db) as session:
        holders = CardHolders(real_app, session)
        giver = holders("张小三")
        takers = [holders(f"李{number}") for number in range(20)]
        code = code_of(giver)
        with ThreadPoolExecutor(20) as pool:
            statuses = list(pool.map(lambda taker: redeem(taker, code).status_code, takers))
        assert sorted(statuses) == [201, *[409] * 19]
        assert session.execute(text("select count(*) from held_cards")).scalar() == 2
        assert len(giver.get("/citizen/v1/name-cards").json["data"]) == 1


def test_everyone_exchanging_with_everyone_at_once_harms_no_chain(real_app: Flask, real_db: Engine) -> None:
    with Session(real_db) as session:
        holders = CardHolders(real_app, session)
        people = [holders.person(f"王{number}") for number in range(5)]
        callers = [holders.login(person) for person in people]

        def meet(pair: tuple[TestCaller, TestCaller]) -> int:
            done: int = swap(*pair).status_code
            pair[0].get("/citizen/v1/name-cards")
            return done

        pairs = [(one, other) for one in callers for other in callers if one is not other]
        with ThreadPoolExecutor(10) as pool:
            assert set(pool.map(meet, pairs)) == {201}
        for person, caller in zip(people, callers, strict=True):
            assert len(caller.get("/citizen/v1/name-cards").json["data"]) == 4
            assert access.verify(session, person).whole


def test_leaving_while_others_look_leaves_no_card_and_a_whole_chain(real_app: Flask, real_db: Engine) -> None:
    with Session(real_db) as session:
        holders = CardHolders(real_app, session)
        me, friends = holders.person("赵走人"), [holders(f"李{number}") for number in range(6)]
        mine = holders.login(me)
        for friend in friends:
            swap(mine, friend)

        def act(number: int) -> int:
            if number == 6:
                return mine.delete("/citizen/v1/enrolment").status_code
            return friends[number].get("/citizen/v1/name-cards").status_code

        with ThreadPoolExecutor(7) as pool:
            assert set(pool.map(act, [0, 1, 2, 6, 3, 4, 5])) == {200}
        assert session.execute(text("select count(*) from held_cards")).scalar() == 0
        assert access.verify(session, me).whole
