"""The benches run, on tiny rounds; what they measure here means nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bench import merchant, population, token_endpoint, webhooks
from bench.servers import node_missing


@pytest.mark.skipif(node_missing() is not None, reason=str(node_missing()))
def test_our_token_endpoint_is_measured_against_npm_oidc_provider(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server)
    shown = CliRunner().invoke(token_endpoint.main, ["--rounds", "1", "--requests", "4", "--workers", "1"])
    assert shown.exit_code == 0, shown.output
    assert "ratio XinYi+ / oidc-provider, in memory:" in shown.output
    assert "ratio XinYi+ / oidc-provider, PostgreSQL:" in shown.output


def test_a_population_is_scored_in_every_way_and_compared_with_the_plain_definition() -> None:
    shown = CliRunner().invoke(population.main, ["--size", "tiny", "--rounds", "1"])
    assert shown.exit_code == 0, shown.output
    assert "citizens have the plain definition's scores" in shown.output
    assert shown.output.count("x floor") == 6


def test_merchants_requests_are_measured_against_a_floor(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server)
    shown = CliRunner().invoke(merchant.main, ["--people", "40", "--rounds", "1", "--requests", "4"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("ratio") == len(merchant.KINDS)


def test_webhooks_are_measured_against_a_floor(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server)
    shown = CliRunner().invoke(webhooks.main, ["--rounds", "1", "--events", "30", "--endpoints", "3"])
    assert shown.exit_code == 0, shown.output
    assert "webhooks delivered" in shown.output
