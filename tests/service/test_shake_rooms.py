"""Fifty phones in one room and ten rooms in one city, with true commits and at once: only those meant to be are paired.

People look at each other's screens: a receiver chooses the number on the giver's screen, and a giver says yes to the
numbers on the screens of those in front. Strangers next door, who see the same list, ask as well and get nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import sessionmaker

from app.domain.coordinates import Point
from app.domain.errors import Refusal
from app.domain.shake import RECEIVERS_MOST, Role
from app.factory import build_kit
from app.services import leaving, shakes
from app.services.shakes import Running, Wish
from app.store import citizens
from app.store.citizens import RealName
from app.store.held_cards import HeldCard
from app.store.shakes import Shake
from app.web.kit import Kit
from tests.support.people import id_number
from tests.support.shaking import HERE, north_of

ROOMS = 10
APART = 400
"""Metres from room to room; the strangers stand 60 metres from the first."""
HANDS = 8


@dataclass
class Phone:
    """Someone's phone in a room, and the session that it runs."""

    kit: Kit
    citizen_id: str
    role: Role
    nickname: str
    point: Point
    session_id: str = ""
    number: int = 0

    def begin(self) -> Running:
        wish = Wish(self.role, self.point, self.nickname)
        with self.kit.sessions.begin() as session:
            running = shakes.begin(session, self.kit.pii, self.citizen_id, wish, self.kit.clock()).running
        self.session_id, self.number = running.id, running.number or 0
        return running

    def look(self) -> Running:
        with self.kit.sessions.begin() as session:
            return shakes.look(session, self.kit.pii, self.citizen_id, self.session_id, self.kit.clock())

    def confirm(self, other: Phone, number: int = 0) -> Running:
        with self.kit.sessions.begin() as session:
            return shakes.confirm(
                session, self.kit.pii, self.citizen_id, self.session_id,
                other_id=other.session_id, number=number or other.number, now=self.kit.clock(),
            )  # fmt: skip


@dataclass
class Town:
    """People of a city with a phone each."""

    kit: Kit
    ids: Iterator[str]

    def phones(self, role: Role, many: int, point: Point, nickname: str = "同学") -> list[Phone]:
        return [Phone(self.kit, next(self.ids), role, nickname, point) for _ in range(many)]

    def held(self) -> set[tuple[str, str]]:
        """Every card there is: (giver, receiver)."""
        with self.kit.sessions() as session:
            rows = session.execute(select(HeldCard.given_by, HeldCard.citizen_id)).all()
        assert len(rows) == len({tuple(row) for row in rows}), "no card twice"
        return {(row[0], row[1]) for row in rows}


@pytest.fixture
def town(kit: Kit, real_db: Engine) -> Town:
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    whole = replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))
    people = [RealName("张测试", id_number(serial), "xiamen", "al2") for serial in range(1, 101)]
    with whole.sessions.begin() as session:
        ids = citizens.upsert_many(session, whole.pii, people, whole.clock())
    return Town(whole, iter(ids))


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """What each act gave, or the code of its refusal."""

    def done(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(HANDS) as pool:
        return [future.result() for future in [pool.submit(done, act) for act in acts]]


def test_fifty_phones_in_one_room_and_ten_rooms_in_one_city(town: Town) -> None:
    classes = [(town.phones(Role.GIVE, 1, HERE, "老师")[0], town.phones(Role.RECEIVE, 9, HERE)) for _ in range(5)]
    for room in range(1, ROOMS):
        there = north_of(HERE, room * APART)
        classes.append((town.phones(Role.GIVE, 1, there, "老师")[0], town.phones(Role.RECEIVE, 3, there)))
    strangers = town.phones(Role.RECEIVE, 3, north_of(HERE, 60))
    everyone = [*strangers, *(phone for giver, takers in classes for phone in (giver, *takers))]
    assert sum(phone.point == HERE for phone in everyone) == 50

    at_once(phone.begin for phone in everyone)
    near = [phone for phone in everyone if phone.point[0] < north_of(HERE, 100)[0]]
    assert len({phone.number for phone in near}) == len(near) == 53, "no number twice within sight, begun at once"
    givers = {phone.session_id for phone in near if phone.role is Role.GIVE}
    assert all({other.id for other in phone.look().others} == givers for phone in strangers)

    at_once(lambda one=one, giver=giver: one.confirm(giver) for giver, takers in classes for one in takers)
    at_once(
        lambda one=one, giver=giver: one.confirm(giver) for (giver, _), one in zip(classes[:3], strangers, strict=True)
    )
    at_once(lambda one=one, giver=giver: giver.confirm(one) for giver, takers in classes for one in takers)

    meant = {(giver.citizen_id, one.citizen_id) for giver, takers in classes for one in takers}
    assert town.held() == meant
    assert all(phone.look().card_id is None for phone in strangers)


def test_twenty_confirmations_at_once_hand_out_one_card(town: Town) -> None:
    [giver], [one] = town.phones(Role.GIVE, 1, HERE), town.phones(Role.RECEIVE, 1, HERE)
    at_once([giver.begin, one.begin])
    one.confirm(giver)
    answers = at_once([lambda: giver.confirm(one)] * 20)
    assert [answer.given for answer in answers] == [1] * 20
    assert town.held() == {(giver.citizen_id, one.citizen_id)}


def test_two_givers_who_say_yes_at_once_to_one_who_changes_their_mind(town: Town) -> None:
    first, second = town.phones(Role.GIVE, 2, HERE)
    takers = town.phones(Role.RECEIVE, 5, HERE)
    at_once(phone.begin for phone in (first, second, *takers))
    at_once(lambda one=one: one.confirm(first) for one in takers)
    acts = [
        act
        for one in takers
        for act in (
            lambda one=one: first.confirm(one),
            lambda one=one: one.confirm(second),
            lambda one=one: second.confirm(one),
        )
    ]
    at_once(acts)
    given = town.held()
    assert len({receiver for _, receiver in given}) == len(given), "a receiver's word stands for one giver"
    assert first.look().given + second.look().given == len(given)


def test_a_session_that_stops_or_a_person_who_leaves_meanwhile(town: Town) -> None:
    givers, takers = town.phones(Role.GIVE, 4, HERE), town.phones(Role.RECEIVE, 4, HERE)
    at_once(phone.begin for phone in (*givers, *takers))
    pairs = list(zip(givers, takers, strict=True))
    at_once(lambda one=one, giver=giver: one.confirm(giver) for giver, one in pairs)

    def gone(phone: Phone) -> None:
        with town.kit.sessions.begin() as session:
            leaving.leave(session, phone.citizen_id, town.kit.clock())

    def stopped(phone: Phone) -> None:
        with town.kit.sessions.begin() as session, suppress(Refusal):
            shakes.stop(session, phone.citizen_id, phone.session_id, town.kit.clock())

    ends = [gone, stopped, gone, stopped]
    acts: list[Callable[[], Any]] = []
    for at, (giver, one) in enumerate(pairs):
        acts += [lambda giver=giver, one=one: giver.confirm(one)]
        acts += [lambda end=ends[at], who=(giver, one)[at // 2]: end(who)]
    at_once(acts)
    away = {(giver, one)[at // 2].citizen_id for at, (giver, one) in enumerate(pairs) if ends[at] is gone}
    assert not [pair for pair in town.held() if away & set(pair)], "who left is in no holder and holds nothing"
    with town.kit.sessions() as session:
        assert not session.scalar(select(func.count()).where(Shake.citizen_id.in_(away)))


def test_one_person_who_begins_many_times_at_once_has_one_session(town: Town) -> None:
    [me] = town.phones(Role.GIVE, 1, HERE)
    at_once([me.begin] * 10)
    with town.kit.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Shake)) == 1


def test_a_giver_serves_no_more_than_the_rules_say(town: Town) -> None:
    [giver], takers = town.phones(Role.GIVE, 1, HERE), town.phones(Role.RECEIVE, 4, HERE)
    at_once(phone.begin for phone in (giver, *takers))
    at_once(lambda one=one: one.confirm(giver) for one in takers)
    served = [f"shk_{number}" for number in range(RECEIVERS_MOST - 2)]
    with town.kit.sessions.begin() as session:
        session.execute(update(Shake).where(Shake.id == giver.session_id).values(given=served))
    answers = at_once(lambda one=one: giver.confirm(one) for one in takers)
    assert answers.count("shake-over") == 2
    assert len(town.held()) == 2
