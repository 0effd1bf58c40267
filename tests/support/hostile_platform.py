"""A real-name platform under a test's control: right by default, wrong in the one way that the test chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, request
from joserfc.jwk import ECKey

from auth.realname.idtoken import half_hash
from tests.support.oauth import sign
from tests.support.people import id_number

ACCESS_TOKEN = "platform-access-token"


@dataclass(frozen=True)
class Asked:
    """A request that reached the platform."""

    endpoint: str
    form: dict[str, str]
    headers: dict[str, str]


class HostilePlatform:
    """Set `claims`, `header`, `userinfo`, `metadata` or `id_token` to bend it; `nonce` is that of the login.

    `answers` replaces what an endpoint answers, by its name, and `statuses` its status only; `asked` lists the requests
    that reached it.
    """

    def __init__(self, issuer: str, client_id: str, clock: Callable[[], float]) -> None:
        self.issuer, self.client_id, self.clock = issuer, client_id, clock
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.published: list[dict[str, Any]] = [self.key.as_dict(private=False)]
        self.signer: Any = self.key
        self.nonce = ""
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.id_token: str | None = None
        self.tokens: dict[str, Any] = {}
        self.answers: dict[str, Response] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[Asked] = []
        self.app = self._app()

    def good_claims(self) -> dict[str, Any]:
        now = int(self.clock())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "at_hash": half_hash(ACCESS_TOKEN, "ES256"),
        }

    def token(self) -> str:
        claims = self.good_claims() | self.claims
        header = {"alg": "ES256", "kid": self.key.kid, **self.header}
        kept = {name: value for name, value in claims.items() if value is not None}
        return sign(self.signer, kept, **{name: value for name, value in header.items() if value is not None})

    def _person(self) -> dict[str, Any]:
        person = {
            "sub": "person-1",
            "name": "林小满",
            "id_number": id_number(1),
            "city": "xiamen",
            "assurance_level": "al2",
            **self.userinfo,
        }
        return {name: value for name, value in person.items() if value is not None}

    def _described(self) -> dict[str, Any]:
        endpoints = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        described: dict[str, Any] = {name: f"{self.issuer}/{name}" for name in endpoints}
        described |= {"issuer": self.issuer, "authorization_response_iss_parameter_supported": True}
        return described | self.metadata

    def _app(self) -> Flask:
        app = Flask("hostile_platform")
        app.add_url_rule("/.well-known/openid-configuration", "metadata", lambda: jsonify(self._described()))
        app.add_url_rule("/jwks_uri", "jwks_uri", lambda: jsonify(keys=self.published))
        app.add_url_rule("/userinfo_endpoint", "userinfo_endpoint", lambda: jsonify(self._person()))
        app.add_url_rule("/token_endpoint", "token_endpoint", self._tokens, methods=["POST"])
        app.add_url_rule("/par", "par", lambda: (jsonify(request_uri="urn:x:1", expires_in=60), 201), methods=["POST"])
        app.before_request(self._first)
        app.after_request(self._last)
        return app

    def _first(self) -> Response | None:
        endpoint = str(request.endpoint)
        self.asked.append(Asked(endpoint, request.form.to_dict(), dict(request.headers)))
        return self.answers.get(endpoint)

    def _last(self, answer: Response) -> Response:
        answer.status_code = self.statuses.get(str(request.endpoint), answer.status_code)
        return answer

    def _tokens(self) -> Response:
        token = self.token() if self.id_token is None else self.id_token
        tokens = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300, "id_token": token}
        return jsonify(tokens | self.tokens)
