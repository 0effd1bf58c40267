"""What a process remembers of a client is a guess: each request is judged by how things stand, in one statement."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey

from app.services.clients import disable_client, register_client
from app.store import admission
from app.store.admission import KnownClients
from tests.support.oauth import error_of, token

FORM = {"grant_type": "client_credentials", "scope": "partner"}


@pytest.fixture
def shop(city):
    """A partner whose client every process remembers."""
    shop = city.partner()
    assert token(shop, FORM).status_code == 200
    return shop


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What is asked of the database at the door."""
    said: list[str] = []
    usual = admission.ask

    def note(connection, statement, values):
        said.append(statement)
        return usual(connection, statement, values)

    monkeypatch.setattr(admission, "ask", note)
    return said


def test_a_client_that_is_remembered_costs_one_statement_at_the_token_endpoint(shop, asked):
    assert token(shop, FORM).status_code == 200
    assert len(asked) == 1


def test_a_guarded_route_costs_one_statement_at_the_door(city, asked):
    lin = city.citizen()
    asked.clear()
    assert lin.request("GET", "/oauth/userinfo").status_code == 200
    assert len(asked) == 1


def test_a_disabled_client_is_refused_at_once_by_a_process_that_remembers_it(shop, session, clock):
    disable_client(session, "shop", now=clock())
    session.flush()
    assert error_of(token(shop, FORM)) == (401, "invalid_client")


def test_a_new_key_of_a_remembered_client_counts_at_once_and_the_old_one_no_more(shop, session, clock):
    old, new = shop.assertion_key, ECKey.generate_key("P-256")
    public = {**new.as_dict(private=False), "kid": new.thumbprint()}
    register_client(
        session, client_id="shop", kind="partner", profile="fapi2", name="shop", jwks={"keys": [public]},
        redirect_uris=["https://shop.example/callback"], scopes=["partner"], now=clock(),
    )  # fmt: skip
    assert error_of(token(shop, FORM)) == (401, "invalid_client")
    shop.assertion_key = ECKey.import_key({**new.as_dict(private=True), "kid": new.thumbprint()})
    assert token(shop, FORM).status_code == 200
    shop.assertion_key = old
    assert error_of(token(shop, FORM)) == (401, "invalid_client")


def test_unknown_names_are_not_remembered(shop, kit):
    for name in ("nobody", "noone"):
        assert token(shop, {"grant_type": "client_credentials", "client_id": name}).status_code == 401
        assert kit.clients.last_seen(name) is None


def test_a_process_remembers_only_so_many_clients(connection, session, monkeypatch):
    monkeypatch.setattr(admission, "REMEMBERED", 2)
    key, known = ECKey.generate_key("P-256"), KnownClients()
    for number in range(5):
        register_client(
            session, client_id=f"c{number}", kind="department", profile="fapi2", name="x", redirect_uris=[],
            jwks={"keys": [key.as_dict(private=False)]}, scopes=["records"], now=datetime.now(UTC),
        )  # fmt: skip
        known.admit(connection.connection, f"c{number}", datetime.now(UTC))
    assert sum(known.last_seen(f"c{number}") is not None for number in range(5)) <= 2
    assert known.last_seen("c4") is not None
