"""No unguarded route: every view names the scope that it needs, or why it is open to all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.kit import EXTENSION
from app.web.spec import path_of
from tests.support.callers import TestCaller, as_citizen, as_department, as_operator, as_partner
from tests.support.people import make_citizen

AUDIENCES = {
    "/citizen/v1": {"citizen"},
    "/partner/v1": {"partner", "card_scans", "eligibility", "orders", "score:read", "sandbox", "webhooks"},
    "/department/v1": {"records", "entities"},
    "/operator/v1": {"operator"},
}
FILES = {"static"}
"""Endpoints that are files, not views."""


@dataclass(frozen=True)
class Route:
    """One method of one rule, and the view behind it."""

    method: str
    path: str
    endpoint: str
    view: Callable[..., Any]

    @property
    def shown(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def url(self) -> str:
        """The path with an id that nothing has."""
        return "/".join("nobody" if part.startswith("{") else part for part in self.path.split("/"))

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """The scopes that the guard asks for; None for a view without guard."""
        found: tuple[str, ...] | None = self.view.__dict__.get("guard")
        return found

    @property
    def audience(self) -> str | None:
        return next((prefix for prefix in AUDIENCES if self.path.startswith(prefix + "/")), None)


def routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in FILES:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            whole = app.view_functions[rule.endpoint]
            view = getattr(getattr(whole, "view_class", None), method.lower(), whole)
            yield Route(method, path_of(rule.rule), rule.endpoint, view)


def test_every_route_is_guarded_or_says_why_it_is_open(app: Flask) -> None:
    neither = [
        route.shown
        for route in routes(app)
        if (route.scopes is None) == (len(str(route.view.__dict__.get("public", ""))) < 10)
    ]
    assert not neither


def test_every_route_of_an_audience_needs_that_audiences_scope(app: Flask) -> None:
    elsewhere = [
        f"{route.shown}: {route.scopes}"
        for route in routes(app)
        if route.audience
        and route.scopes is not None
        and (not route.scopes or not set(route.scopes) <= AUDIENCES[route.audience])
    ]
    assert not elsewhere


def test_routes_outside_the_audiences_are_identity_pages_and_public_facts(app: Flask) -> None:
    known = ("/oauth/", "/.well-known/", "/app", "/counter", "/desk", "/problems", "/healthz", "/readyz")
    known += ("/credentials/name-card", "/status-lists/", "/reports/")
    strange = [route.shown for route in routes(app) if not route.audience and not route.path.startswith(known)]
    assert set(strange) <= {"GET /"}


def test_without_a_token_every_guarded_route_is_a_401(app: Flask, client: FlaskClient) -> None:
    """Also with a broken body: who may not ask learns nothing about the question."""
    for route in routes(app):
        if route.scopes is not None:
            answer = client.open(route.url, method=route.method, data="{", content_type="application/json")
            assert answer.status_code == 401, route.shown
            assert answer.mimetype == "application/problem+json", route.shown
            assert answer.headers["WWW-Authenticate"].startswith("DPoP "), route.shown
            assert answer.json is not None
            assert answer.json["code"] == "invalid-token", route.shown


@pytest.fixture
def callers(app: Flask, session: Session) -> dict[str, TestCaller]:
    """One caller of each audience with all that audience's scopes."""
    kit = app.extensions[EXTENSION]
    citizen = make_citizen(session, kit.pii, kit.clock(), serial=1)
    clerk = make_citizen(session, kit.pii, kit.clock(), serial=2)
    return {
        "/citizen/v1": as_citizen(app, session, citizen),
        "/partner/v1": as_partner(app, session, "par_test"),
        "/department/v1": as_department(app, session, "library"),
        "/operator/v1": as_operator(app, session, clerk, "opr_test"),
    }


@pytest.mark.parametrize("role", AUDIENCES)
def test_another_roles_token_is_a_403_everywhere(app: Flask, callers: dict[str, TestCaller], role: str) -> None:
    """Function level (quality.md, line 21): the scope that is missing is named, and nothing else."""
    for route in routes(app):
        if route.scopes and route.audience not in (role, None):
            answer = callers[role].request(route.method, route.url, data="{", content_type="application/json")
            assert (answer.status_code, answer.mimetype) == (403, "application/problem+json"), (role, route.shown)
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"], (role, route.shown)


def test_a_partner_needs_the_very_scope_of_each_route(app: Flask, session: Session) -> None:
    for scope in AUDIENCES["/partner/v1"]:
        narrow = as_partner(app, session, "par_test", [scope])
        for route in routes(app):
            if route.audience == "/partner/v1" and route.scopes and scope not in route.scopes:
                answer = narrow.request(route.method, route.url, data="{", content_type="application/json")
                assert answer.status_code == 403, (scope, route.shown)
