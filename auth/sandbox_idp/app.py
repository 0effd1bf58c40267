"""The sandbox provider's Flask app: discovery, JWKS, login page, token, UserInfo."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request, session

from app.domain.calendar import day_of
from auth.sandbox_idp.provider import SCOPES, RelyingParty, build_server, signing_key
from auth.sandbox_idp.state import SandboxState
from auth.sandbox_idp.texts import texts_for

COOKIE = "sandbox_idp"
CLAIMS = ("sub", "name", "id_number", "city", "assurance_level", "network_id", "age_over_18")

idp = Blueprint("sandbox_idp", __name__, template_folder="templates", static_folder="static")


class SandboxRefused(RuntimeError):
    """The sandbox was asked to serve where real people live."""


class Issuer(IssuerParameter):
    """Names the issuer in every authorization response (RFC 9207)."""

    def get_issuer(self) -> str:
        issuer: str = current_app.config["ISSUER"]
        return issuer


def create_idp(
    accounts_path: str | Path,
    issuer: str,
    *,
    client_id: str,
    client_secret: str,
    redirect_uris: tuple[str, ...],
    state_path: str | Path | None = None,
    mode: str = "development",
    clock: Callable[[], float] = time.time,
) -> Flask:
    """A real-name provider at `issuer` for the people in `accounts_path` (NDJSON: see accounts.FIELDS).

    `state_path` is its SQLite file (default: next to the accounts). Raises SandboxRefused in production and
    AccountsError for a line that is not an account.
    """
    if mode == "production":
        raise SandboxRefused("the sandbox real-name platform does not run in production")
    state = SandboxState(Path(state_path or f"{accounts_path}.state"), clock)
    state.index(Path(accounts_path))
    app = Flask("auth.sandbox_idp", static_folder=None)
    app.config.update(
        ISSUER=issuer,
        MAX_CONTENT_LENGTH=16_384,
        SECRET_KEY=state.fact("cookie-secret", lambda: secrets.token_hex(32)),
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=issuer.startswith("https://"),
    )
    key = signing_key(state)
    party = RelyingParty(client_id, client_secret, redirect_uris)
    server = build_server(state, party, issuer, key)
    server.register_extension(lambda server: Issuer()(server))
    app.extensions["sandbox_idp"] = (state, server, key)
    app.register_blueprint(idp, url_prefix=urlsplit(issuer).path.rstrip("/") or None)
    app.after_request(_harden)
    return app


@idp.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """OpenID Provider metadata; `sandbox` lets a production server refuse to be configured with this one."""
    issuer = current_app.config["ISSUER"]
    return jsonify(
        issuer=issuer,
        sandbox=True,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/jwks",
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["ES256"],
        token_endpoint_auth_methods_supported=["client_secret_basic"],
        code_challenge_methods_supported=["S256"],
        scopes_supported=list(SCOPES),
        claims_supported=list(CLAIMS),
        authorization_response_iss_parameter_supported=True,
    )


@idp.get("/jwks")
def jwks() -> Response:
    """The public signing key."""
    _, _, key = _parts()
    return jsonify(keys=[key.as_dict(private=False)])


@idp.route("/authorize", methods=["GET", "POST"])
def authorize() -> Any:
    """The login page; a right login and password go back to the relying party with a code."""
    state, server, _ = _parts()
    try:
        grant = server.get_consent_grant(end_user=None)
    except OAuth2Error as error:
        return _refuse(server, error)
    if request.method == "GET":
        return _login_page()
    if not _csrf_holds():
        return _login_page("expired", 400)
    account = state.account(login=request.form.get("login", ""))
    if account is None or not account.accepts(request.form.get("password", "")):
        return _login_page("wrong", 401)
    return server.create_authorization_response(grant_user=account, grant=grant)


@idp.post("/token")
def token() -> Any:
    """The token endpoint: a code and its verifier for an ID token and an access token."""
    _, server, _ = _parts()
    return server.create_token_response()


@idp.get("/userinfo")
def userinfo() -> Any:
    """The real-name identity, or what is told of one who gives results only (accounts.Account.told)."""
    state, _, _ = _parts()
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    kept = state.look(value) if scheme.lower() == "bearer" else None
    account = state.account(sub=kept["sub"]) if kept else None
    if kept is None or account is None:
        return Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if "realname" not in kept["scope"].split():
        return jsonify(sub=account.sub)
    return jsonify(account.told(day_of(datetime.fromtimestamp(state.clock(), UTC))))


def _parts() -> tuple[SandboxState, Any, Any]:
    parts: tuple[SandboxState, Any, Any] = current_app.extensions["sandbox_idp"]
    return parts


def _login_page(problem: str | None = None, status: int = 200) -> tuple[str, int]:
    session.setdefault("csrf", secrets.token_urlsafe(24))
    texts = texts_for(request.args.get("ui_locales"), request.accept_languages.best_match(["zh", "en"]))
    return render_template("sandbox_login.html", t=texts, problem=problem, csrf=session["csrf"]), status


def _csrf_holds() -> bool:
    sent, kept = request.form.get("csrf", ""), session.get("csrf", "")
    return bool(kept) and hmac.compare_digest(sent.encode(), kept.encode())


def _refuse(server: Any, error: OAuth2Error) -> Any:
    response = server.handle_error_response(server.create_oauth2_request(None), error)
    Issuer().add_issuer_parameter(server, response)
    return response


def _harden(response: Response) -> Response:
    # No form-action: browsers apply it to the redirect back, whose chain may end in a native app's own scheme.
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
