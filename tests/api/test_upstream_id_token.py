"""An ID token of the real-name platform is believed only where everything in it holds."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey, OctKey

from auth import views
from auth.realname.platform import Platform
from tests.support.hostile_platform import HostilePlatform
from tests.support.oauth import authorize_url, browser, par, sign, unsigned
from tests.support.upstream import citizens, come_back, log_in, take_over, visit


@pytest.fixture
def platform(city) -> HostilePlatform:
    return take_over(city)


def test_a_right_answer_logs_in(city, platform, session):
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["xinyi", "other"], "azp": "xinyi"},
        {"aud": "other", "azp": "xinyi"},
        {"azp": "other"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": "\ud800"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"at_hash": "x"},
        {"at_hash": None},
        {"exp": None},
        {"exp": "later"},
        {"exp": float("nan")},
        {"iat": None},
        {"iat": True},
    ],
)
def test_17_an_id_token_that_says_something_else_is_refused(city, platform, session, claims):
    platform.claims = claims
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -31), ("iat", -601), ("iat", 31), ("nbf", 31)])
def test_17_an_id_token_out_of_its_time_is_refused(city, platform, session, claim, seconds):
    platform.claims = {claim: int(platform.clock()) + seconds}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"jwk": ECKey.generate_key("P-256").as_dict(private=False)},
        {"jku": "https://evil.example"},
        {"kid": "unknown"},
        {"crit": ["b64"], "b64": True},
    ],
)
def test_17_an_id_token_with_another_header_is_refused(city, platform, session, header):
    platform.header = header
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_alg_none_is_refused_whatever_the_metadata_says(city, platform, session):
    platform.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256"]}
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    platform.id_token = unsigned(platform.good_claims())
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_hs256_with_our_own_secret_is_refused(city, platform, session):
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    secret = OctKey.import_key(city.kit.settings.upstream_client_secret)
    platform.id_token = sign(secret, platform.good_claims(), alg="HS256")
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_a_token_of_another_key_is_refused(city, platform, session):
    platform.signer = ECKey.generate_key("P-256")
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_a_new_key_of_the_platform_is_found(city, platform):
    assert log_in(city, platform).status_code == 303
    platform.key = platform.signer = ECKey.generate_key("P-256", auto_kid=True)
    platform.published.append(platform.key.as_dict(private=False))
    known: Platform = city.app.extensions[views.EXTENSION].platform
    before, known.monotonic = known.monotonic, lambda: before() + 11
    assert log_in(city, platform).status_code == 303
    known.monotonic = before


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "person-2"},
        {"sub": None},
        {"id_number": None},
        {"id_number": "990000199001010010"},
        {"id_number": "x"},
        {"id_number": "٩٩٠٠٠٠١٩٩٠٠١٠١٠٠١٣"},
        {"name": ""},
        {"name": ["林"]},
        {"name": "林\0"},
        {"city": 5},
        {"city": "x\0"},
        {"assurance_level": "al9"},
    ],
)
def test_17_a_userinfo_that_speaks_of_another_or_of_no_one_is_refused(city, platform, session, person):
    platform.userinfo = person
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_metadata_of_another_issuer_is_refused(city, platform):
    platform.metadata = {"issuer": "https://evil.example"}
    client = city.client()
    page = browser(client).get(authorize_url(client, par(client)))
    left = browser(client).submit(page, page.form_with("start_login"), start_login="1")
    assert left.status == 400
