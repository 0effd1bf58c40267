"""Credit reports while everything goes on: never too many links, every check counted, none that outlives its person."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import SYSTEM
from app.domain.errors import Refusal
from app.domain.record import Status
from app.factory import build_kit
from app.services import access, leaving, report_links
from app.services.report_links import MOST_LIVE
from app.store import records
from app.store.reports import ReportRow
from app.web.kit import Kit
from tests.support.remedying import member, penalty_of
from tests.support.reporting import kept_report


@pytest.fixture
def whole(kit: Kit, real_db: Engine) -> Kit:
    """A Kit whose transactions are real."""
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    return replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))


def at_once(kit: Kit, *acts: Callable[[Session], object]) -> list[object]:
    """Each in a transaction of its own, all at the same time; what they returned, None for a refusal."""

    def run(act: Callable[[Session], object]) -> object:
        with suppress(Refusal), kit.sessions.begin() as session:
            return act(session)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_many_made_at_once_are_never_more_than_may_live(whole: Kit) -> None:
    with whole.sessions() as session:
        me = member(session, whole)
    made = at_once(whole, *[lambda session: kept_report(session, whole, me)] * (MOST_LIVE + 4))
    assert sum(one is not None for one in made) == MOST_LIVE


def test_checks_while_a_record_is_repaired_and_the_person_leaves_are_whole_or_nothing(whole: Kit) -> None:
    with whole.sessions() as session:
        me = member(session, whole)
        penalty, report = penalty_of(session, me).id, kept_report(session, whole, me)
        code = report_links.one(session, whole.pii, me, report, whole.clock()).code

    def check(session: Session) -> object:
        return report_links.check(session, whole.pii, code, whole.clock())

    def repair(session: Session) -> object:
        return records.change_status(
            session, me, penalty, Status.REPAIRED, kind="repaired", actor=SYSTEM, now=whole.clock()
        )

    assert all(at_once(whole, *[check] * 6))
    with whole.sessions() as session:
        assert session.scalars(select(ReportRow.checks)).all() == [6]
        assert access.verify(session, me).whole
    at_once(whole, repair, *[check] * 4)
    assert at_once(whole, check, check) == [None, None]
    at_once(whole, *[check] * 4, lambda session: leaving.leave(session, me, whole.clock()))
    with whole.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ReportRow)) == 0
        assert access.verify(session, me).whole
