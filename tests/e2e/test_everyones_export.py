"""Everyone in the demo takes their data along: each file fits the published schema and names nobody else."""

from __future__ import annotations

import json

import pytest
import requests
from jsonschema import Draft202012Validator

from app.cli.demo_data.cast import CAST
from tests.support.cities import City

SHAPES = ("hz-high", "hz-low", "hz-blank", "hz-guest", "hz-order", "hz-card-a", "xm-high", "zs-low", "xm-net")
"""Every kind of person: members with much, little and nothing, guests, orders, cards, a network identity."""
NAMES = {role.login: role.name for role in CAST}


@pytest.fixture(scope="module")
def schema(city: City) -> Draft202012Validator:
    found = requests.get(f"{city.base_url}/citizen/v1/data-exports/schema", timeout=10).json()
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("login", SHAPES)
def test_an_export_fits_its_schema_and_names_nobody_else(city: City, schema: Draft202012Validator, login: str) -> None:
    answer = city.call(login, "POST", "/citizen/v1/data-exports")
    assert answer.status_code == 200, answer.text
    assert [fault.message for fault in schema.iter_errors(answer.json())] == []
    text = json.dumps(answer.json(), ensure_ascii=False)
    assert not [name for other, name in NAMES.items() if other != login and name in text]
    assert (NAMES[login] in text) == (login != "xm-net"), "one's own name, where the platform told it"
