"""What lay in clear before revision 0003 is sealed by the first worker that comes round, and lies in clear no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from app.cli.worker import Worker
from app.factory import build_kit
from app.services import cards, reviews
from app.store import embedded
from app.web.kit import Kit
from migrations import commands
from tests.conftest import Clock
from tests.support.databases import own_name

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WORDS, NICKNAME = "系统没有算上志愿服务", "鹭岛小鱼"
ME = "cit_1"
OLD = (
    """insert into citizens (citizen_id, city, assurance_level, adult, sealed_name, created_at)
       values (:me, 'xiamen', 'al2', true, :name, :now)""",
    """insert into decision_reviews (citizen_id, decision_id, id, text, status, asked_at)
       values (:me, 'dec_1', 'rev_1', :words, 'received', :now)""",
    """insert into name_cards (citizen_id, nickname, name_kind, fields, updated_at)
       values (:me, :nickname, 'nickname', '{}', :now)""",
    """insert into decisions (citizen_id, id, scenario, path, reasons, rule, as_of, via, partner_name, livemode,
       decided_at, valid_until) values (:me, 'dec_1', 'hz-library-card', 'standard', '[]', 'library 1.0', '2026-11-20',
       'scan', '图书馆', false, :now, :now)""",
)


@pytest.fixture
def before(server: str, settings: Any) -> Iterator[tuple[Engine, Kit, str]]:
    """A database as it was under revision 0002, with a review and a nickname in it."""
    engine = create_engine(embedded.create_database(server, own_name("before")), poolclass=NullPool)
    commands.upgrade(engine, "0002")
    kit = build_kit(settings, engine=engine, sessions=sessionmaker(engine, expire_on_commit=False), clock=Clock(NOW))
    with kit.sessions() as session:
        name = kit.pii.encrypt("陈一帆", context=f"name:{ME}")
        for statement in OLD:
            session.execute(text(statement), {"me": ME, "name": name, "words": WORDS, "nickname": NICKNAME, "now": NOW})
        session.commit()
    yield engine, kit, ME
    engine.dispose()
    embedded.drop_database(server, own_name("before"))


def in_clear(kit: Kit) -> set[str]:
    """The tables in which one of the texts can be read."""
    with kit.sessions() as session:
        names = session.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
        query = "select 1 from {} t where t::text like '%' || :said || '%' limit 1"
        return {
            name
            for name in names
            for said in (WORDS, NICKNAME)
            if session.scalar(text(query.format(name)), {"said": said})
        }


def test_old_reviews_and_nicknames_are_sealed_by_the_worker(before: tuple[Engine, Kit, str]) -> None:
    engine, kit, me = before
    assert in_clear(kit) == {"decision_reviews", "name_cards"}
    commands.upgrade(engine)
    assert in_clear(kit) == {"outbox"}, "handed over, until the worker comes round"
    Worker(kit).drain()
    assert in_clear(kit) == set()
    with kit.sessions() as session:
        taken = reviews.listed(session, kit.pii, me, before=None, limit=9)
        assert [(review.id, review.text, review.asked_at) for review in taken] == [("rev_1", WORDS, NOW)]
        assert cards.own(session, kit.pii, me, NOW).nickname == NICKNAME
