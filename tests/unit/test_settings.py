"""Settings: what is not fit for production is refused in one line, and secrets may come from files."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex, token_urlsafe

import pytest

from app.config import DEVELOPMENT_SECRET, SettingsError, load

FIT = {
    "XINYI_MODE": "production",
    "XINYI_BASE_URL": "https://xinyi.example.gov.cn",
    "XINYI_UPSTREAM_ISSUER": "https://real-name.example.gov.cn",
    "XINYI_MASTER_SECRET": token_urlsafe(36),
    "XINYI_UPSTREAM_CLIENT_SECRET": token_hex(16),
    "DATABASE_URL": "postgresql://xinyi@/xinyi",
    "XINYI_TRUSTED_PROXIES": "1",
}


def refused(**changes: str) -> str:
    """What is said about FIT with these changes; an empty value takes a variable away."""
    with pytest.raises(SettingsError) as caught:
        load({name: value for name, value in {**FIT, **changes}.items() if value})
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_a_fit_configuration_is_taken() -> None:
    assert load(FIT).production
    by_key = {**FIT, "XINYI_UPSTREAM_CLIENT_AUTH": "private_key_jwt"}
    del by_key["XINYI_UPSTREAM_CLIENT_SECRET"]
    assert load(by_key).production


@pytest.mark.parametrize("name", ["XINYI_MASTER_SECRET", "XINYI_MASTER_SECRET_OLD", "XINYI_UPSTREAM_CLIENT_SECRET"])
@pytest.mark.parametrize(
    ("secret", "why"),
    [
        (DEVELOPMENT_SECRET, "source"),
        ("Zq3-short", "32 characters"),
        ("0" * 64, "repeats itself"),
        ("password" * 8, "repeats itself"),
        ("0123456789abcdef" * 4, "repeats itself"),
        ("changeme-changeme-changeme-changeme", "repeats itself"),
    ],
)
def test_production_refuses_a_secret_that_could_be_guessed_and_does_not_print_it(
    name: str, secret: str, why: str
) -> None:
    said = refused(**{name: secret})
    assert name in said
    assert why in said
    assert secret not in said


@pytest.mark.parametrize("name", ["XINYI_MASTER_SECRET", "XINYI_UPSTREAM_CLIENT_SECRET"])
def test_production_refuses_a_secret_that_is_not_set(name: str) -> None:
    assert name in refused(**{name: ""})


def test_production_says_how_many_proxies_stand_in_front() -> None:
    assert "XINYI_TRUSTED_PROXIES" in refused(XINYI_TRUSTED_PROXIES="")
    assert "XINYI_TRUSTED_PROXIES" in refused(XINYI_TRUSTED_PROXIES="-1")
    assert "XINYI_LIMIT_SCALE" in refused(XINYI_LIMIT_SCALE="0")


def test_production_keeps_its_limits() -> None:
    assert "XINYI_LIMIT_SCALE" in refused(XINYI_LIMIT_SCALE="1000")
    assert load({**FIT, "XINYI_LIMIT_SCALE": "10"}).limit_scale == 10


def test_secrets_that_were_drawn_are_taken() -> None:
    for _ in range(500):
        assert load({**FIT, "XINYI_MASTER_SECRET": token_hex(16), "XINYI_UPSTREAM_CLIENT_SECRET": token_urlsafe(24)})


@pytest.mark.parametrize("name", ["XINYI_BASE_URL", "XINYI_UPSTREAM_ISSUER"])
@pytest.mark.parametrize(
    "url",
    [
        "http://xinyi.example.gov.cn",
        "https://localhost:8001",
        "https://127.0.0.1",
        "https://xinyi.example.gov.cn/",
        "https://xinyi.example.gov.cn?city=1",
        "https://",
    ],
)
def test_production_refuses_an_address_that_is_not_public_https(name: str, url: str) -> None:
    assert name in refused(**{name: url})


def test_production_refuses_the_embedded_database() -> None:
    assert "DATABASE_URL" in refused(DATABASE_URL="")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "master"
    file.write_text(FIT["XINYI_MASTER_SECRET"] + "\n")
    mounted = {**FIT, "XINYI_MASTER_SECRET_FILE": str(file)}
    del mounted["XINYI_MASTER_SECRET"]
    assert load(mounted).master_secret == FIT["XINYI_MASTER_SECRET"]
    assert "both" in refused(XINYI_MASTER_SECRET_FILE=str(file))


def test_a_file_that_is_not_there_is_named_in_one_line(tmp_path: Path) -> None:
    said = refused(XINYI_MASTER_SECRET="", XINYI_MASTER_SECRET_FILE=str(tmp_path / "nothing"))
    assert "XINYI_MASTER_SECRET_FILE" in said


def test_only_secrets_come_from_files(tmp_path: Path) -> None:
    assert load({"XINYI_BASE_URL_FILE": str(tmp_path)}).base_url.startswith("http://")


def test_the_days_of_a_signing_key_are_none_or_some() -> None:
    assert "XINYI_SIGNING_KEY_DAYS" in refused(XINYI_SIGNING_KEY_DAYS="-1")


@pytest.mark.parametrize("name", ["XINYI_POOL_SIZE", "XINYI_MAX_BODY_BYTES", "XINYI_MAX_BATCH_BYTES"])
@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_bound_is_none_at_all(name: str, number: str) -> None:
    assert name in refused(**{name: number})


def test_settings_show_no_secret_where_they_are_printed() -> None:
    settings = load({**FIT, "DATABASE_URL": "postgresql://xinyi:of-the-database@/xinyi"})
    for secret in (settings.master_secret, settings.upstream_client_secret, "of-the-database"):
        assert secret not in f"{settings} {settings!r}"


def test_webhooks_to_this_machine_are_for_a_sandbox_in_development() -> None:
    assert load({"XINYI_WEBHOOK_LOOPBACK": "true"}).webhook_loopback
    assert "XINYI_WEBHOOK_LOOPBACK" in refused(XINYI_WEBHOOK_LOOPBACK="true")
    with pytest.raises(SettingsError, match="XINYI_WEBHOOK_LOOPBACK"):
        load({"XINYI_WEBHOOK_LOOPBACK": "true", "XINYI_LIVEMODE": "true"})
