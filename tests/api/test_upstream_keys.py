"""The real-name platform's keys and metadata say where things are and who signs, and never what we accept."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey, OctKey

from auth import views
from auth.realname.platform import KEYS_WAIT_SECONDS, METADATA_SECONDS
from tests.support.hostile_platform import HostilePlatform
from tests.support.upstream import citizens, leave, log_in, take_over


@pytest.fixture
def platform(city) -> HostilePlatform:
    return take_over(city)


@pytest.fixture
def moments(city, monkeypatch) -> list[float]:
    """The monotonic clock of the platform's wire; its last value is now."""
    values = [1000.0]
    monkeypatch.setattr(city.app.extensions[views.EXTENSION].platform, "monotonic", lambda: values[-1])
    return values


def _rotate(platform: HostilePlatform) -> None:
    platform.key = platform.signer = ECKey.generate_key("P-256", auto_kid=True)
    platform.published.append(platform.key.as_dict(private=False))


def _key_reads(platform: HostilePlatform) -> int:
    return [asked.endpoint for asked in platform.asked].count("jwks_uri")


def test_17_a_new_key_of_the_platform_is_found(city, platform, moments):
    assert log_in(city, platform).status_code == 303
    _rotate(platform)
    moments.append(moments[-1] + KEYS_WAIT_SECONDS + 1)
    assert log_in(city, platform).status_code == 303


def test_17_unknown_kids_make_us_read_the_keys_once_in_a_while_only(city, platform, moments):
    platform.header = {"kid": "unknown"}
    for _ in range(4):
        assert log_in(city, platform).status_code == 400
    assert _key_reads(platform) == 1
    moments.append(moments[-1] + KEYS_WAIT_SECONDS + 1)
    for _ in range(4):
        assert log_in(city, platform).status_code == 400
    assert _key_reads(platform) == 2


def test_17_a_key_that_was_taken_back_verifies_no_longer_once_the_keys_are_read_again(city, platform, moments):
    assert log_in(city, platform).status_code == 303
    platform.published = [ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)]
    moments.append(moments[-1] + METADATA_SECONDS + 1)
    assert log_in(city, platform).status_code == 400


@pytest.mark.parametrize("other", ["oct", "private", "other kid", "no kid", "P-384", "nothing"])
def test_17_keys_that_are_no_public_keys_of_the_token_verify_nothing(city, platform, session, other):
    own = platform.key.as_dict(private=False)
    platform.published = {
        "oct": [OctKey.generate_key(256).as_dict() | {"kid": own["kid"]}],
        "private": [platform.key.as_dict(private=True)],
        "other kid": [own | {"kid": "other"}],
        "no kid": [own | {"kid": 5}, {"kty": "EC"}],
        "P-384": [ECKey.generate_key("P-384").as_dict(private=False) | {"kid": own["kid"]}],
        "nothing": [],
    }[other]
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_several_keys_and_no_kid_is_refused(city, platform, session):
    platform.published.append(ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False))
    platform.header = {"kid": None}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": "http://127.0.0.1:8001/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": "https://evil.example/of-another-scheme"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"pushed_authorization_request_endpoint": 5},
        {"token_endpoint": "http://["},
        {"token_endpoint": "http://127.0.0.1:99999/"},
        {"token_endpoint": "http:///token"},
        {"authorization_endpoint": "http://127.0.0.1:8001/\r\nSet-Cookie: a=b"},
        {"authorization_endpoint": "http://127.0.0.1:port/"},
        {"authorization_endpoint": "http://127.0.0.1:8001/认证"},
        {"authorization_endpoint": f"http://{'a' * 64}.example/"},
    ],
)
def test_17_metadata_of_another_issuer_or_with_strange_addresses_is_refused(city, platform, metadata):
    platform.metadata = metadata
    assert leave(city.client())[1].status_code == 400
