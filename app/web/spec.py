"""The OpenAPI 3.1 document: generated from the code, committed as openapi.yaml, compared by a test."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import yaml
from flask import Flask
from flask_smorest import Api

from app.web.api import Schema

TITLE = "信易+ (XinYi+)"
ABOUT = (
    "The open backend of a city's citizen credit app. Times are RFC 3339 with offset, money is whole fen, unknown "
    "fields are refused, errors are RFC 9457 problem documents. Tokens are bound to the caller's key (RFC 9449)."
)
SPEC: dict[str, Any] = {
    "API_TITLE": TITLE,
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/", "description": "this deployment"}],
        "components": {
            "securitySchemes": {
                "access_token": {
                    "type": "oauth2",
                    "description": "An `at+jwt` (RFC 9068), sent as `Authorization: DPoP`, with a proof in `DPoP`.",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": "/oauth/authorize",
                            "tokenUrl": "/oauth/token",
                            "scopes": {"citizen": "the citizen's own data", "operator": "the credit office"},
                        },
                        "clientCredentials": {
                            "tokenUrl": "/oauth/token",
                            "scopes": {
                                "partner": "own rights and scenarios",
                                "card_scans": "scan a citizen's code",
                                "eligibility": "ask for a scenario",
                                "orders": "credit service orders",
                                "score:read": "a grade or score that the citizen agreed to give",
                                "records": "hand in records",
                            },
                        },
                    },
                }
            }
        },
    },
}


class FieldProblem(Schema):
    """One fault in the input."""

    pointer = ma.fields.String(required=True, metadata={"description": "JSON Pointer (RFC 6901)"})
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type = ma.fields.String(required=True, metadata={"format": "uri"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True, metadata={"description": "stable, never translated"})
    request_id = ma.fields.String(required=True)
    retryable = ma.fields.Boolean(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldProblem))
    allowed_actions = ma.fields.List(ma.fields.String())


def response_of_problem() -> dict[str, Any]:
    """The shared response of every refusal."""
    return {
        "description": "Refused: a problem document",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def document(app: Flask, api: Api) -> dict[str, Any]:
    """The OpenAPI document of the app, errors as problem documents."""
    spec: dict[str, Any] = api.spec.to_dict()
    for path in spec["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                _refusals(operation)
    components = spec["components"]
    components["responses"] = {"Problem": components["responses"]["Problem"]}
    components["schemas"].pop("Error", None)
    components["schemas"].pop("PaginationMetadata", None)
    return spec


def _refusals(operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    for status in [status for status, answer in responses.items() if isinstance(answer, dict) and "$ref" in answer]:
        del responses[status]
    needed = ["401", "403"] if operation.get("security") else []
    for status in [*needed, "4XX"]:
        responses.setdefault(status, {"$ref": "#/components/responses/Problem"})


def as_yaml(spec: dict[str, Any]) -> str:
    """The document as it is committed."""
    return str(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False, width=120))
