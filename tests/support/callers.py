"""Callers with real tokens and real proofs, so that API tests go through the same door as the world."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services.partners import COUNTER_SCOPES
from app.store.base import new_id
from app.store.oauth import Grant, OAuthClient
from app.web.kit import EXTENSION, Kit
from auth import dpop, nonces, tokens
from auth.acr import OPERATOR_OTP

APP_SCOPES = ["openid", "profile", "citizen"]
DEPARTMENT_SCOPES = ["records", "entities"]
PARTNER_SCOPES = ["partner", "card_scans", "eligibility", "orders", "score:read", "webhooks", "sandbox"]


class TestCaller:
    """A client with a token bound to a key of its own; each request carries a fresh DPoP proof."""

    __test__ = False

    def __init__(self, client: FlaskClient, kit: Kit, token: str, key: ECKey, client_id: str, grant_id: str) -> None:
        self.client, self.kit, self.token, self.key = client, kit, token, key
        self.client_id, self.grant_id = client_id, grant_id

    def request(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", {}))
        url = self.kit.settings.base_url + unquote(path.split("?")[0])
        proof = dpop.prove(
            self.key,
            method=method,
            url=url,
            now=self.kit.clock(),
            jti=uuid.uuid4().hex,
            access_token=self.token,
            nonce=kwargs.pop("nonce", nonces.current(self.kit.pii, self.kit.clock())),
        )
        headers = {"Authorization": f"DPoP {self.token}", "DPoP": proof} | headers
        if method in ("POST", "PUT", "PATCH", "DELETE") and path.startswith(("/partner/", "/department/")):
            headers.setdefault("Idempotency-Key", uuid.uuid4().hex)
        return self.client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("DELETE", path, **kwargs)


def _kit(app: Flask) -> Kit:
    kit: Kit = app.extensions[EXTENSION]
    return kit


def make_client(
    session: Session,
    kit: Kit,
    *,
    client_id: str,
    kind: str,
    scopes: list[str],
    name: str = "测试客户端",
    partner_id: str | None = None,
    department_id: str | None = None,
    livemode: bool = False,
) -> None:
    """An OAuth client's row, unless it is there; committed to the app's sight."""
    row = OAuthClient(
        client_id=client_id,
        kind=kind,
        profile="app" if kind in ("app", "desk") else "fapi2",
        name=name,
        jwks={"keys": []},
        redirect_uris=[],
        scopes=scopes,
        partner_id=partner_id,
        department_id=department_id,
        active=True,
        livemode=livemode,
        created_at=kit.clock(),
    )
    session.merge(row)
    session.commit()


def _caller(
    app: Flask,
    session: Session,
    client_id: str,
    scopes: list[str],
    citizen_id: str = "",
    operator_id: str | None = None,
) -> TestCaller:
    kit, key, grant_id = _kit(app), ECKey.generate_key("P-256"), ""
    if citizen_id:
        grant_id = new_id("grt")
        moment = kit.clock()
        session.add(
            Grant(
                id=grant_id,
                citizen_id=citizen_id,
                client_id=client_id,
                operator_id=operator_id,
                scopes=scopes,
                device="test",
                created_at=moment,
                expires_at=moment.replace(year=moment.year + 1),
            )
        )
        session.commit()
    token = tokens.issue(
        kit.keys,
        issuer=kit.settings.base_url,
        client_id=client_id,
        subject=kit.pii.pairwise_subject(client_id, citizen_id or client_id),
        scopes=scopes,
        jkt=key.thumbprint(),
        now=kit.clock(),
        grant_id=grant_id,
        acr=OPERATOR_OTP if operator_id else "urn:xinyi:al2",
        auth_time=int(kit.clock().timestamp()) if citizen_id else 0,
    )
    return TestCaller(app.test_client(), kit, token, key, client_id, grant_id)


def as_citizen(app: Flask, session: Session, citizen_id: str, scopes: list[str] | None = None) -> TestCaller:
    """The citizen app, logged in as this citizen."""
    make_client(session, _kit(app), client_id="xinyi-app", kind="app", scopes=APP_SCOPES, name="信易+ App")
    return _caller(app, session, "xinyi-app", scopes or APP_SCOPES, citizen_id)


def as_partner(
    app: Flask,
    session: Session,
    partner_id: str,
    scopes: list[str] | None = None,
    name: str = "测试商户",
    *,
    livemode: bool = False,
) -> TestCaller:
    """A partner by client credentials, of the sandbox or `livemode`; the partner's own row is the test's business."""
    client_id = f"{'live' if livemode else 'client'}-{partner_id}"
    make_client(
        session, _kit(app), client_id=client_id, kind="partner", scopes=PARTNER_SCOPES, name=name,
        partner_id=partner_id, livemode=livemode,
    )  # fmt: skip
    return _caller(app, session, client_id, scopes or PARTNER_SCOPES)


def as_counter(app: Flask, session: Session, partner_id: str) -> TestCaller:
    """A counter of a partner, paired: a client of its own with a counter's scopes."""
    client_id = f"counter-{partner_id}"
    make_client(
        session, _kit(app), client_id=client_id, kind="counter", scopes=list(COUNTER_SCOPES), partner_id=partner_id
    )
    return _caller(app, session, client_id, list(COUNTER_SCOPES))


def as_department(
    app: Flask, session: Session, department_id: str, name: str = "测试部门", scopes: list[str] | None = None
) -> TestCaller:
    """A department by client credentials."""
    client_id = f"client-{department_id}"
    make_client(
        session,
        _kit(app),
        client_id=client_id,
        kind="department",
        scopes=DEPARTMENT_SCOPES,
        name=name,
        department_id=department_id,
    )
    return _caller(app, session, client_id, scopes or DEPARTMENT_SCOPES)


def as_operator(app: Flask, session: Session, citizen_id: str, operator_id: str) -> TestCaller:
    """The operators' desk, logged in as the operator who is also this citizen."""
    make_client(
        session, _kit(app), client_id="xinyi-desk", kind="desk", scopes=["openid", "operator"], name="信用办工作台"
    )
    return _caller(app, session, "xinyi-desk", ["openid", "operator"], citizen_id, operator_id)
