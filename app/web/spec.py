"""The OpenAPI 3.1 document: generated from the code, committed as openapi.yaml, compared by a test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma
import yaml
from flask import Flask
from flask_smorest import Api

from app.web import versions
from app.web.api import Schema
from app.web.limits import DOCUMENTED

METHODS = ("get", "post", "put", "patch", "delete")
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
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
                    "description": "An `at+jwt` (RFC 9068), sent as `Authorization: DPoP`, with a proof in `DPoP`. A "
                    "partner's proof carries the nonce of the last answer's `DPoP-Nonce` (RFC 9449 section 9); a 401 "
                    "`use-dpop-nonce` brings one. Some steps need a login of the last five minutes (RFC 9470).",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": "/oauth/authorize",
                            "tokenUrl": "/oauth/token",
                            "scopes": {
                                "openid": "who is logged in, to this client",
                                "citizen": "the citizen's own data",
                                "operator": "the credit office",
                            },
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
    violated_policies = ma.fields.List(ma.fields.String(), metadata={"description": "the limits that are used up"})
    possible_from = ma.fields.Date(metadata={"description": "the first day on which it is possible"})


def response_of_problem() -> dict[str, Any]:
    """The shared response of every refusal."""
    return {
        "description": "Refused: a problem document",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": kind}}


RATE_LIMIT_HEADERS: dict[str, Any] = {
    "RateLimit-Policy": _header('the limits of this route: `"token-client";q=1200;w=60` is 1200 in 60 seconds'),
    "RateLimit": _header('what is left of each, and for how long: `"token-client";r=0;t=17`'),
    "Retry-After": _header("seconds after which it works again", "integer"),
}
"""draft-ietf-httpapi-ratelimit-headers-10; the first two come with every answer of a limited route."""


def response_of_too_many() -> dict[str, Any]:
    """The shared response of a limit that is used up."""
    return response_of_problem() | {"description": "Too many requests", "headers": RATE_LIMIT_HEADERS}


def document(app: Flask, api: Api) -> dict[str, Any]:
    """The OpenAPI document of the app: every operation with its id, and its refusals as problem documents."""
    spec: dict[str, Any] = api.spec.to_dict()
    endpoints = _endpoints(app)
    for path, method, operation in operations(spec):
        operation.setdefault("operationId", _operation_id(path, method, endpoints[path, method]))
        operation["summary"] = operation.get("summary", "").strip().rstrip(".")
        if path.startswith(versions.ROOM):
            operation["parameters"] = [*operation.get("parameters", []), versions.PARAMETER]
        _refusals(operation, has_ids="{" in path)
        _body_may_be_empty(spec, operation)
    components = spec["components"]
    components["responses"] = {name: components["responses"][name] for name in ("Problem", "TooManyRequests")}
    for unused in ("Error", "PaginationMetadata"):
        components["schemas"].pop(unused, None)
    _no_null_defaults(spec)
    return {"openapi": spec.pop("openapi"), "info": spec.pop("info"), **spec}


def _no_null_defaults(node: object) -> None:
    """A field that is None in our code where it is absent has no default for the client, and may not be null."""
    if isinstance(node, dict):
        if node.get("default", node) is None:
            del node["default"]
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        _no_null_defaults(child)


def operations(spec: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation) of a document, methods in lower case as OpenAPI has them."""
    for path, item in spec["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def path_of(rule: str) -> str:
    """A Flask rule as OpenAPI writes it: `/orders/<order_id>` is `/orders/{order_id}`."""
    return _CONVERTER.sub(r"{\1}", rule)


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    return {
        (path_of(rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _operation_id(path: str, method: str, endpoint: str) -> str:
    """`citizen_list_orders`: the audience (or blueprint) and the view's name (of a class: its method and name)."""
    room, _, view = endpoint.rpartition(".")
    if view[:1].isupper():
        view = f"{method}_{_INNER_CAPITAL.sub('_', view).lower()}"
    return f"{path.split('/')[1] if '/v1/' in path else room}_{view}"


def _refusals(operation: dict[str, Any], *, has_ids: bool) -> None:
    """Our problem documents instead of smorest's errors: the statuses of the operation's shape, else `default`."""
    responses = operation.setdefault("responses", {})
    for status in [status for status, answer in responses.items() if "$ref" in answer]:
        del responses[status]
    statuses = _refused_statuses(operation) | ({"404"} if has_ids else set())
    for status in (*sorted(statuses), "default"):
        responses.setdefault(status, {"$ref": "#/components/responses/Problem"})
    if DOCUMENTED in operation:
        limited = responses.setdefault("429", {"$ref": "#/components/responses/TooManyRequests"})
        limited.update({} if "$ref" in limited else {"headers": RATE_LIMIT_HEADERS})


def _body_may_be_empty(spec: dict[str, Any], operation: dict[str, Any]) -> None:
    """A body is required where one of its fields is."""
    body = operation.get("requestBody", {})
    for media in body.get("content", {}).values():
        name = media.get("schema", {}).get("$ref", "").split("/")[-1]
        if name and not spec["components"]["schemas"][name].get("required"):
            body["required"] = False


def _refused_statuses(operation: dict[str, Any]) -> set[str]:
    parameters = operation.get("parameters", [])
    statuses = set()
    if operation.get("security"):
        statuses |= {"401", "403", "422"}
    if "requestBody" in operation:
        statuses |= {"400", "413", "415", "422"}
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        statuses |= {"400", "409", "422"}
    return statuses


def as_yaml(spec: dict[str, Any]) -> str:
    """The document as it is committed."""
    return str(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False, width=120))
