"""What identity no longer needs is forgotten; what it needs is not."""

from __future__ import annotations

from sqlalchemy import func, select

from app.services import sessions
from app.store.base import Base
from tests.support.oauth import code_for, par

SHORT_LIVED = (
    "authorization_codes",
    "authorization_requests",
    "browser_sessions",
    "refresh_tokens",
    "upstream_logins",
    "used_tokens",
)


def rows(session) -> dict[str, int]:
    tables = Base.metadata.tables
    return {name: session.scalar(select(func.count()).select_from(tables[name])) for name in SHORT_LIVED}


def test_what_is_still_good_is_kept(city, session):
    citizen = city.citizen()
    before = rows(session)
    sessions.prune(session, city.kit.clock())
    assert rows(session) == before
    assert citizen.refresh().access_token


def test_what_is_past_its_time_is_forgotten(city, session, at):
    client = city.citizen()
    code_for(client)
    par(client)
    at(days=91)
    sessions.prune(session, city.kit.clock())
    assert rows(session) == dict.fromkeys(SHORT_LIVED, 0)


def test_a_used_code_is_remembered_for_an_hour_so_that_its_reuse_is_seen(city, session, at):
    city.citizen()
    at(minutes=59)
    sessions.prune(session, city.kit.clock())
    assert rows(session)["authorization_codes"] == 1
    at(minutes=3)
    sessions.prune(session, city.kit.clock())
    assert rows(session)["authorization_codes"] == 0
