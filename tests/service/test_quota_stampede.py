"""The library stampede: a day's quota under hundreds of takers at once is neither oversold nor undersold.

Real connections, real commits. Some takers fail with a place in hand, some lose their connection as if killed, some
give their place back; what is left is exact in each case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.scenario import Path
from app.packs import load_packs
from app.services import order_actions, quotas
from app.services.order_steps import Side
from app.store import quotas as store
from app.store.order_rows import OrderRow
from app.store.quotas import Quota, QuotaPlace
from scenarios import load
from tests.support.limited import FERRY, Tight, crowd

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TAKERS, AT_ONCE = 200, 32
QUOTA = Quota(FERRY, quotas.EVERYONE, date(2026, 11, 20), 60)


class Failure(Exception):
    """A taker that breaks off, with a place in hand."""


@pytest.fixture
def sessions(real_db: Engine) -> sessionmaker[Session]:
    return sessionmaker(real_db, expire_on_commit=False)


def at_once(act: Callable[[int], str], takers: Iterable[int] = range(TAKERS)) -> Counter[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(act, takers))


def held(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).where(QuotaPlace.order_id.is_not(None))) or 0


def taker(sessions: sessionmaker[Session], quota: Quota, then: Callable[[Session, int], None]) -> Callable[[int], str]:
    """Takes a place in a transaction of its own, in which `then` happens before it commits."""

    def act(number: int) -> str:
        with suppress(Failure, DBAPIError), sessions.begin() as session:
            if not store.take(session, quota, f"ord_{number}"):
                return "full"
            then(session, number)
            return "taken"
        return "lost"

    return act


def unsure(session: Session, number: int) -> None:
    """Of four takers one fails and one is killed, each with a place in hand."""
    if number % 4 == 1:
        raise Failure
    if number % 4 == 3:
        session.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def test_of_two_hundred_who_confirm_at_once_exactly_the_quota_starts_on_credit(
    sessions: sessionmaker[Session],
) -> None:
    """The whole step, through the service: decided, taken, confirmed; the others have the ordinary way."""
    with sessions() as session:
        rows = crowd(session, TAKERS, NOW)
    registry, packs = Tight(load(), 60), load_packs()

    def confirm(number: int, path: Path = Path.CREDIT) -> str:
        row = rows[number]
        with sessions.begin() as session:
            side = Side(ActorKind.CITIZEN, row.citizen_id, livemode=False)
            answer = order_actions.confirm(session, registry, packs, side, row.id, path, NOW)
            return answer.code if isinstance(answer, Refusal) else str(answer["path"])

    assert at_once(confirm) == {"credit": 60, "offer-full-today": TAKERS - 60}
    with sessions() as session:
        waiting = [row.status for row in session.scalars(select(OrderRow))].count("pending_confirmation")
        late = [place for place, row in enumerate(rows) if session.get(OrderRow, (row.citizen_id, row.id)).path is None]
    assert (waiting, held(sessions)) == (TAKERS - 60, 60)
    assert confirm(late[0], Path.STANDARD) == "standard"


@pytest.mark.parametrize(("places", "sold"), [(60, 60), (100, 100), (130, 100)])
def test_takers_that_fail_or_are_killed_cost_nobody_a_place(
    sessions: sessionmaker[Session], places: int, sold: int
) -> None:
    """Half of them break off. Whoever does not is refused only once all places are truly taken."""
    done = at_once(taker(sessions, replace(QUOTA, most=places), unsure))
    assert done["taken"] == sold == held(sessions)
    assert done["full"] + done["lost"] == TAKERS - sold


def test_the_last_place_waits_for_whoever_has_it_in_hand(sessions: sessionmaker[Session]) -> None:
    """Refusing at once would leave it unsold where the one before fails."""
    last = replace(QUOTA, most=1)
    with sessions() as first:
        assert store.take(first, last, "ord_first")
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(taker(sessions, last, lambda session, number: None), 2)
            _until_one_waits(sessions)
            first.rollback()
            assert second.result() == "taken"
    assert held(sessions) == 1


def test_what_is_given_back_is_taken_again_and_never_twice(sessions: sessionmaker[Session]) -> None:
    quota = replace(QUOTA, most=20)
    with sessions.begin() as session:
        assert all(store.take(session, quota, f"ord_old{number}") for number in range(20))

    def give_or_take(number: int) -> str:
        if number % 2:
            return taker(sessions, quota, lambda session, number: None)(number)
        with sessions.begin() as session:
            store.give_back(session, f"ord_old{number % 20}")
        return "gave"

    done = at_once(give_or_take)
    back = 10
    assert done["taken"] <= back
    assert held(sessions) == 20 - back + done["taken"]
    more = at_once(taker(sessions, quota, lambda session, number: None), range(1000, 1050))
    assert done["taken"] + more["taken"] == back
    assert held(sessions) == 20


def test_midnight_in_shanghai_begins_a_new_day(sessions: sessionmaker[Session]) -> None:
    offer = Tight(load(), 1).offer(FERRY)
    night = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    moments = (night - timedelta(hours=1), night, night + timedelta(seconds=1), night + timedelta(hours=1))
    with sessions() as session:
        rows = [_row(number) for number in range(4)]
        taken = [quotas.take(session, offer, row, now) for row, now in zip(rows, moments, strict=True)]
        left = [quotas.left_today(session, [offer], now)[FERRY] for now in moments]
    assert (taken, left) == ([True, False, True, False], [0, 0, 0, 0])


def test_a_raised_quota_has_more_places_at_once_and_a_lowered_one_fewer(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        assert [store.take(session, replace(QUOTA, most=2), f"ord_{n}") for n in range(3)] == [True, True, False]
        assert [store.take(session, replace(QUOTA, most=3), f"ord_{n}") for n in range(3, 5)] == [True, False]
        store.give_back(session, "ord_3")
        assert not store.take(session, replace(QUOTA, most=2), "ord_5")


def test_days_gone_by_are_forgotten(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        store.take(session, QUOTA, "ord_1")
        quotas.prune(session, NOW + timedelta(days=2))
        assert session.scalar(select(func.count()).select_from(QuotaPlace)) == QUOTA.most
        quotas.prune(session, NOW + timedelta(days=3))
        assert session.scalar(select(func.count()).select_from(QuotaPlace)) == 0


def test_no_quota_at_all_is_no_limit_and_a_quota_of_none_lets_nobody_in(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert quotas.take(session, Tight(load(), None).offer(FERRY), _row(1), NOW)
        assert not quotas.take(session, Tight(load(), 0).offer(FERRY), _row(2), NOW)


def _row(number: int) -> OrderRow:
    return OrderRow(id=f"ord_{number}", citizen_id=f"cit_{number}", partner_id="ptn_1", clock_ahead=timedelta(0))


def _until_one_waits(sessions: sessionmaker[Session]) -> None:
    waiting = text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )
    while True:
        with sessions() as session:
            if session.scalar(waiting):
                return
