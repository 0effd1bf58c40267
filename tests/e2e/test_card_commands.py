"""A card made in the running city verifies with the saved keys and no server, as a stranger would do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.support.cities import ROOT, City


def xinyi(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`xinyi …` in the folder of a city."""
    environment = {**os.environ, "XINYI_VAR_DIR": str(var)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def keys(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published keys, saved while there was a network."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    path.write_bytes(requests.get(city.base_url + "/oauth/jwks", timeout=10).content)
    return path


def test_a_stranger_verifies_a_card_from_the_command_line(city: City, keys: Path, tmp_path: Path) -> None:
    fields = ("--fields", "verified,city,grade", "--name", "full", "--purpose", "credit")
    issued = xinyi(city.var, "card", "issue", "--citizen", "hz-high", *fields)
    assert issued.returncode == 0, issued.stderr
    card = issued.stdout.strip()
    told = xinyi(tmp_path, "card", "verify", card, "--keys", str(keys))
    assert told.returncode == 0, told.stderr
    shown = json.loads(told.stdout)
    assert shown["purpose"] == "credit"
    assert set(shown["card"]) == {"display_name", "name_kind", "assurance_level", "city", "grade"}
    assert shown["card"]["city"] == "hangzhou"
    spoilt = xinyi(tmp_path, "card", "verify", card[:-3] + "000", "--keys", str(keys))
    assert (spoilt.returncode, "tampered" in spoilt.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--citizen", "nobody"), "nobody"),
        (("--citizen", "hz-high", "--fields", "verified,phone"), "Must be one of: verified"),
        (("--citizen", "hz-high", "--fields", "score"), "score"),
        (("--citizen", "hz-high", "--minutes", "1"), "minutes"),
    ],
)
def test_what_cannot_be_issued_is_said(city: City, options: tuple[str, ...], reason: str) -> None:
    refused = xinyi(city.var, "card", "issue", *options)
    assert refused.returncode != 0
    assert refused.stdout == ""
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_whole_citys_log_is_proven(city: City) -> None:
    proven = xinyi(city.var, "log", "verify")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert proven.stdout.strip().endswith("0 broken")
