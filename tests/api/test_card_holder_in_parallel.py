"""Two people at once at each other's cards, with real commits and real threads: no deadlock, nothing by halves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.services import access
from tests.support.callers import TestCaller
from tests.support.cards import FULL, CardHolders, code_of, swap

CARDS, GIVEN, EXCHANGES = (f"/citizen/v1/{path}" for path in ("name-cards", "name-card/given", "name-card/exchanges"))
ROUNDS = 4


@pytest.fixture
def holders(real_app: Flask, real_db: Engine) -> Iterator[CardHolders]:
    with Session(real_db) as session:
        yield CardHolders(real_app, session)


def at_once(*asked: tuple[TestCaller, str, str, Any]) -> list[int]:
    """The statuses of requests that are made at the same time, each with its body."""
    with ThreadPoolExecutor(len(asked)) as pool:
        sent = [pool.submit(caller.request, method, path, json=body) for caller, method, path, body in asked]
        return [answer.result().status_code for answer in sent]


def held(holders: CardHolders) -> list[tuple[bool, bool]]:
    """Of every card that is held, whether it still shows something and whether it is withdrawn."""
    query = text("select sealed_face is not null, withdrawn_at is not null from held_cards order by 1")
    rows = [(bool(shows), bool(over)) for shows, over in holders.session.execute(query)]
    holders.session.rollback()
    return rows


def test_two_who_redeem_each_others_codes_at_once_hold_one_card_each(holders: CardHolders) -> None:
    people = holders.person("张小三"), holders.person("李四")
    one, other = map(holders.login, people)
    for _ in range(ROUNDS):
        ours, theirs = {"code": code_of(one)}, {"code": code_of(other)}
        assert at_once((other, "POST", EXCHANGES, ours), (one, "POST", EXCHANGES, theirs)) == [201, 201]
        assert held(holders) == [(True, False)] * 2
    assert all(access.verify(holders.session, person).whole for person in people)


def test_what_is_withdrawn_or_removed_is_so_whatever_happens_meanwhile(holders: CardHolders) -> None:
    one, other = holders("张小三"), holders("李四")
    for _ in range(ROUNDS):
        card = swap(one, other).json["received"]["id"]
        renewal, withdrawal = (one, "PUT", f"{GIVEN}/{card}", {"show": FULL}), (one, "POST", f"{GIVEN}/{card}/withdraw")
        renewed, withdrawn = at_once(renewal, (*withdrawal, None))
        assert (renewed in (200, 409), withdrawn) == (True, 204)
        assert held(holders) == [(False, True), (True, False)]
    for _ in range(ROUNDS):
        card = swap(one, other).json["received"]["id"]
        statuses = at_once(
            (one, "PUT", f"{GIVEN}/{card}", {"show": FULL}),
            (one, "POST", f"{GIVEN}/{card}/withdraw", None),
            (other, "PUT", f"{CARDS}/{card}/note", {"note": "一"}),
            (other, "GET", f"{CARDS}/{card}", None),
            (other, "DELETE", f"{CARDS}/{card}", None),
            (one, "DELETE", f"{GIVEN}/{card}", None),
        )
        assert set(statuses) <= {200, 204, 404, 409}
        assert 204 in statuses[4:]
        assert held(holders) == []


def test_one_who_leaves_during_an_exchange_leaves_nothing(holders: CardHolders) -> None:
    for leaver in (0, 1):
        people = holders.person("张小三"), holders.person("李四")
        callers = holders.login(people[0]), holders.login(people[1])
        code = code_of(callers[0], show=FULL)
        left, redeemed = at_once(
            (callers[leaver], "DELETE", "/citizen/v1/enrolment", None),
            (callers[1], "POST", EXCHANGES, {"code": code}),
        )
        assert (left, redeemed in (201, 401, 409)) == (200, True)
        assert held(holders) == []
        rows = text("select count(*) from access_log where citizen_id = :gone")
        assert holders.session.scalar(rows, {"gone": people[leaver]}) == 0
