"""Revision 0004 over a city that is there: whoever is live stays so, and sandbox clients get the sandbox's scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from app.store import embedded
from migrations import commands
from tests.support.databases import own_name

PERSON = text(
    "insert into citizens (citizen_id, city, assurance_level, created_at) values ('cit_1', 'xiamen', 'al2', now())"
)
CONSENT = text(
    "insert into consents (citizen_id, id, partner_id, citizen_ref, scope, purpose, granted_at, expires_at, grant_id)"
    " values ('cit_1', 'cns_1', 'ptn_1', 'ctz_1', 'score:read', 'score', now(), now(), 'grt_1')"
)
PARTNER = text(
    "insert into partners (id, name_zh, name_en, scenarios, status, livemode, created_at)"
    " values ('ptn_1', '商户', 'Shop', '{}', 'active', :live, now())"
)
CLIENT = text(
    "insert into oauth_clients"
    " (client_id, kind, profile, name, jwks, redirect_uris, scopes, partner_id, active, livemode, created_at)"
    " values ('shop', 'partner', 'fapi2', '商户', '{}', '{}', '{partner,orders}', 'ptn_1', true, :live, now())"
)


@pytest.fixture
def before(server: str) -> Iterator[Engine]:
    """A city's database as it was at revision 0003."""
    engine = create_engine(embedded.create_database(server, own_name("modes")), poolclass=NullPool)
    commands.upgrade(engine, "0003")
    yield engine
    engine.dispose()
    embedded.drop_database(server, own_name("modes"))


@pytest.mark.parametrize("live", [True, False], ids=["live", "sandbox"])
def test_the_mode_of_people_and_consents_is_that_of_their_city(before: Engine, live: bool) -> None:
    with before.begin() as connection:
        for statement in (PERSON, CONSENT):
            connection.execute(statement)
        for statement in (PARTNER, CLIENT):
            connection.execute(statement, {"live": live})
    commands.upgrade(before)
    with before.connect() as connection:
        modes = connection.execute(
            text("select c.livemode, n.livemode from citizens c join consents n using (citizen_id)")
        )
        assert modes.all() == [(live, live)]
        scopes = connection.scalar(text("select scopes from oauth_clients"))
        assert ("sandbox" in scopes, "orders" in scopes) == (not live, True)
