"""openapi.yaml is what the code serves: all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.web.spec import METHODS, as_yaml, operations, path_of
from tests.architecture.source import ROOT
from tests.support.documented import document_of

NOT_AN_API = {"static": "the files of the pages"}
"""Endpoints (or blueprints) that the document leaves out, and why."""


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    return document_of(app)


def test_the_committed_document_is_the_generated_one(spec: dict[str, Any]) -> None:
    committed = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert committed == as_yaml(spec), "the API changed: run `make spec` and commit openapi.yaml"


def test_it_is_valid_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(yaml.safe_load(as_yaml(spec))).validate()


def test_every_route_is_in_it(app: Flask, spec: dict[str, Any]) -> None:
    documented = {(path, method) for path, method, _ in operations(spec)}
    served = {
        (path_of(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] not in NOT_AN_API
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served - documented == set(), "served but not documented"
    assert documented - served == set(), "documented but not served"


def test_every_operation_says_what_it_is(spec: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(spec)]
    assert len(ids) == len(set(ids)), sorted({name for name in ids if ids.count(name) > 1})
    for path, method, operation in operations(spec):
        assert operation["summary"], (method, path)
        assert len(operation["summary"]) <= 120, (method, path)
        assert operation["tags"], (method, path)
        assert "security" in operation, f"{method} {path}: neither guarded nor open"


def test_every_operation_has_an_answer_with_a_schema(spec: dict[str, Any]) -> None:
    for path, method, operation in operations(spec):
        good = {status: answer for status, answer in operation["responses"].items() if status[0] in "23"}
        assert good, (method, path)
        for status, answer in good.items():
            empty = status == "204" or status.startswith("3")
            assert empty or all("schema" in media for media in _contents(answer)), (method, path, status)


def _contents(answer: dict[str, Any]) -> list[dict[str, Any]]:
    contents = list(answer.get("content", {}).values())
    assert contents, answer
    return contents


def test_every_refusal_is_a_problem_document(spec: dict[str, Any]) -> None:
    """OAuth's own endpoints answer as RFC 6749 says."""
    for path, method, operation in operations(spec):
        refusals = {status: answer for status, answer in operation["responses"].items() if status[0] not in "123"}
        assert refusals, (method, path)
        if not path.startswith("/oauth/"):
            for status, answer in refusals.items():
                name = "TooManyRequests" if status == "429" else "Problem"
                assert answer == {"$ref": f"#/components/responses/{name}"}, (path, status)


def test_every_request_body_is_closed(spec: dict[str, Any]) -> None:
    """Unknown fields are refused, so the schema says so."""
    for schema in _request_schemas(spec):
        assert schema.get("additionalProperties") is False, schema


def _request_schemas(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _, _, operation in operations(spec):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media == "application/json":
                yield _resolved(spec, content["schema"])


def _resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = spec["components"]["schemas"][name] if name else schema
    return found


def test_methods_are_the_usual_ones(spec: dict[str, Any]) -> None:
    allowed = {*METHODS, "parameters", "summary", "description"}
    assert not [path for path, item in spec["paths"].items() if set(item) - allowed]
