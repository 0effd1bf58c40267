"""npm oidc-provider, unmodified and in its FAPI 2.0 profile, is the real-name platform that citizens log in at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from requests.adapters import HTTPAdapter

from app.cli.client import OAuthError
from app.factory import build_kit, create_app
from app.store import citizens
from app.store.citizens import Vouched
from auth import views
from tests.support.cities import free_ports
from tests.support.identity import City, connect
from tests.support.oauth import browser
from tests.support.people import id_number
from tests.support.upstream import there, visit
from tests.third_party.conftest import Town

KNOWN = {"name": "林小满", "id_number": id_number(7), "city": "xiamen", "assurance_level": "al2"}
UNKNOWN = {"network_id": "net-7", "age_over_18": True, "city": "xiamen", "assurance_level": "al3"}
LIN = {"password": "demo-lin", "claims": {"real-name": KNOWN, "result-only": UNKNOWN}}
ALGORITHMS = {"real-name": "ES256", "result-only": "PS256"}


@pytest.fixture(scope="session")
def issuer(town: Town, node_server: Callable[..., None]) -> str:
    """The provider, running: it knows us as two clients, of which one is told results only."""
    port, kit = free_ports(), town.city.kit
    registration = {
        "redirect_uris": [town.issuer + views.CALLBACK],
        "jwks": {"keys": [kit.keys.current("upstream").public_jwk]},
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": True,
        "require_pushed_authorization_requests": True,
    }
    clients = [
        {"client_id": client_id, "id_token_signed_response_alg": algorithm, **registration}
        for client_id, algorithm in ALGORITHMS.items()
    ]
    node_server("provider.mjs", {"port": port, "clients": clients, "people": {"lin": LIN}})
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def connected(town: Town, issuer: str) -> Callable[..., City]:
    """The town with this provider for its real-name platform, as one of the two clients and with other settings."""

    def connect_as(client_id: str, **changes: Any) -> City:
        fapi = {"upstream_client_auth": "private_key_jwt", "upstream_dpop": True}
        own = {"upstream_issuer": issuer, "upstream_client_id": client_id, "upstream_algorithms": ALGORITHMS[client_id]}
        kit = build_kit(replace(town.city.kit.settings, **{**fapi, **own, **changes}), engine=town.engine)
        city = City(create_app(kit=kit), kit, HTTPAdapter())
        connect(city.app, issuer, city.platform)
        return city

    return connect_as


def _vouched(city: City) -> Vouched | None:
    """What we know of who logged in last."""
    with city.kit.sessions() as session:
        newest = session.query(citizens.Citizen).order_by(citizens.Citizen.created_at.desc()).limit(1).one()
        return citizens.vouched(session, city.kit.pii, newest.citizen_id)


def test_a_citizen_logs_in_by_real_name(connected: Callable[..., City]) -> None:
    city = connected("real-name")
    told = city.citizen().request("GET", "/oauth/userinfo").json()
    assert (told["name"], told["city"], told["assurance_level"]) == ("林小满", "xiamen", "al2")
    assert _vouched(city) == Vouched("林小满", id_number(7), None, "xiamen", "al2")


def test_a_citizen_logs_in_by_a_network_identity_and_we_never_see_the_number(connected: Callable[..., City]) -> None:
    city = connected("result-only")
    told = city.citizen().request("GET", "/oauth/userinfo").json()
    assert "name" not in told
    assert _vouched(city) == Vouched(None, None, True, "xiamen", "al3")


def test_a_citizen_who_says_no_at_the_platform_can_begin_again(connected: Callable[..., City]) -> None:
    client = connected("real-name").client()
    here = browser(client)
    asked = there(client)
    consent = here.submit(asked, asked.form_with("password"), login="lin", password="demo-lin")
    refused = here.submit(consent, consent.form_with("decision"), decision="deny")
    assert (refused.status, refused.form_with("decision")) == (400, None)


@pytest.mark.parametrize("less", [{"upstream_dpop": False}, {"upstream_client_auth": "client_secret_basic"}])
def test_the_provider_takes_nothing_less(connected: Callable[..., City], less: dict[str, Any]) -> None:
    with pytest.raises(OAuthError, match="no way on"):
        connected("real-name", **less).citizen()


def test_17_an_algorithm_that_is_not_pinned_is_refused(connected: Callable[..., City]) -> None:
    with pytest.raises(OAuthError, match=r"no way on from /oauth/login/callback \(400\)"):
        connected("real-name", upstream_algorithms="PS256").citizen()


def test_the_request_is_pushed_and_the_browser_carries_nothing_of_it(connected: Callable[..., City]) -> None:
    _, carried = visit(connected("real-name").client())
    assert carried.keys() == {"client_id", "request_uri"}
