"""A merchant with a key of its own: it authenticates and signs as it would from outside."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, Key
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services import partner_keys
from app.store import partners
from app.web.kit import EXTENSION, Kit
from auth import dpop, nonces
from auth.clients import ASSERTION_TYPE
from tests.support.callers import TestCaller
from tests.support.shop import BIKE


def public(key: Key) -> dict[str, Any]:
    """The public half of a key as a JWK without kid."""
    return {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}


@dataclass
class Merchant:
    """A partner's own client and one of its keys; each process (`app`) may be asked as the same merchant."""

    app: Flask
    partner_id: str
    client_id: str
    key: Any

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    def form(self, path: str, key: Any = None, *, dpop_key: Any = None, **fields: str) -> TestResponse:
        """A form to the authorization server, signed by `key` (its own by default)."""
        moment, issuer = self.kit.clock(), self.kit.settings.base_url
        signing = key or self.key
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": issuer, "iat": int(moment.timestamp()),
            "exp": int(moment.timestamp()) + 60, "jti": uuid.uuid4().hex,
        }  # fmt: skip
        alg = "ES256" if isinstance(signing, ECKey) else "Ed25519"
        assertion = jwt.encode({"alg": alg}, claims, signing, algorithms=[alg])
        proof = dpop.prove(
            dpop_key or ECKey.generate_key("P-256"), method="POST", url=issuer + path, now=moment,
            jti=uuid.uuid4().hex, nonce=nonces.current(self.kit.pii, moment),
        )  # fmt: skip
        sent = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **fields}
        return self.app.test_client().post(path, data=sent, headers={"DPoP": proof})

    def tokens(self, key: Any = None, *, scope: str = "", dpop_key: Any = None) -> TestResponse:
        """The token endpoint's answer to client credentials."""
        asked = {"scope": scope} if scope else {}
        return self.form("/oauth/token", key, dpop_key=dpop_key, grant_type="client_credentials", **asked)

    def caller(self, key: Any = None) -> TestCaller:
        """One who calls the API with a fresh token that `key` led to."""
        bound = ECKey.generate_key("P-256")
        answer = self.tokens(key, dpop_key=bound)
        assert answer.status_code == 200, answer.json
        return TestCaller(self.app.test_client(), self.kit, answer.json["access_token"], bound, self.client_id, "")


def merchant(app: Flask, session: Session, **terms: Any) -> Merchant:
    """A sandbox partner as two operators take it on, with a key; committed."""
    kit, key = app.extensions[EXTENSION], ECKey.generate_key("P-256")
    named = {"name_zh": "鹭岛单车", "name_en": "Egret Bikes", "scenarios": [BIKE], "livemode": False}
    partner = partners.add(session, **{**named, **terms}, now=kit.clock())
    jwk = partner_keys.checked(public(key))
    client_id = partner_keys.first_client(session, partner, [jwk], by="desk", now=kit.clock())
    session.commit()
    return Merchant(app, partner.id, client_id, key)
