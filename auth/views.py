"""The addresses a browser visits on its way to a code: /oauth/authorize, the request's own page, the way back."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_smorest import Blueprint

from app.domain.consent import TERM_DAYS
from app.services import entity_roles
from app.store import citizens, logins
from app.store.logins import UpstreamLogin
from app.web import limits
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from auth import browser, flow, pages, second_factor, standing
from auth.answers import View
from auth.flow import Flow, Need
from auth.grants import hash_of, new_secret
from auth.realname.credentials import Credentials
from auth.realname.oidc import OidcProvider
from auth.realname.platform import Platform
from auth.realname.provider import Attempt, LoginRefused, ProviderAway, RealNameProvider

log = logging.getLogger(__name__)
EXTENSION = "xinyi.realname"
CALLBACK = "/oauth/login/callback"
LIFE = timedelta(minutes=10)
"""How long a person may take to log in and decide."""

blueprint = ApiBlueprint(
    "login", __name__, url_prefix="/oauth", description="Login and consent", template_folder="templates"
)


@blueprint.record_once
def _connect(state: BlueprintSetupState) -> None:
    """Give the app its real-name platform; it is asked nothing before the first login."""
    settings = state.app.extensions["xinyi"].settings
    credentials = Credentials(
        client_id=settings.upstream_client_id,
        client_secret=settings.upstream_client_secret,
        method=settings.upstream_client_auth,
        dpop=settings.upstream_dpop,
        signer=lambda: kit().keys.current("upstream"),
    )
    state.app.extensions[EXTENSION] = OidcProvider(
        platform=Platform(settings.upstream_issuer, settings.production),
        credentials=credentials,
        algorithms=tuple(settings.upstream_algorithms.replace(" ", "").split(",")),
        redirect_uri=settings.base_url + CALLBACK,
        home_city=settings.upstream_city,
    )


def page(path: str, *methods: str) -> Any:
    """A page of the login, bound to the browser by its cookie; unknown query parameters are ignored (RFC 6749 3.1).

    Counted by address and by browser, never by whom someone claims to be.
    """
    html: dict[str, Any] = {"schema": {"type": "string"}, "content_type": "text/html"}

    def decorate(view: View) -> View:
        opened: View = Blueprint.doc(security=[])(limits.documented("login")(_counted(view)))
        opened.__dict__["public"] = "bound to the browser's cookie and, where it changes something, a form token"
        opened = blueprint.alt_response(303, description="onwards", **html)(opened)
        opened = blueprint.alt_response(429, description="too often; says when to try again", **html)(opened)
        opened = blueprint.alt_response(503, description="the real-name platform does not answer", **html)(opened)
        opened = blueprint.alt_response(400, description="not this browser's, or past its time", **html)(opened)
        opened = blueprint.response(200, {"type": "string"}, content_type="text/html")(opened)
        routed: View = blueprint.route(path, methods=list(methods))(opened)
        return routed

    return decorate


def _counted(view: View) -> View:
    @wraps(view)
    def counted(**values: str) -> Response:
        try:
            limits.hit("login", subject=browser.known_as())
            if request.method == "HEAD":  # a preview or a link checker, which must not use up what works once
                return Response(mimetype="text/html")
            return cast(Response, view(**values))
        except limits.TooManyRequests as refused:
            return pages.later_page(refused.seconds)

    return counted


@page("/authorize", "GET")
def authorize() -> Response:
    """Open a pushed request: once, in one browser. `client_id` and `request_uri` are all that counts here."""
    client_id, uri = request.args.get("client_id", ""), request.args.get("request_uri", "")
    if _twice():
        return pages.trouble_page("request-unknown", 400)
    with transaction() as session:
        here, secret = browser.current(session), ""
        if here is None:
            here, secret = browser.begin(session)
        opened = logins.open_request(
            session,
            uri_hash=hash_of(uri),
            client_id=client_id.replace("\0", ""),
            session_id=here.id,
            now=now(),
            expires_at=now() + LIFE,
        )
        if opened is None:
            session.rollback()  # a browser that gets no cookie needs no row
            return pages.trouble_page("request-unknown", 400)
        answer = pages.go(f"/oauth/requests/{opened.id}")
    return browser.set_cookie(answer, secret) if secret else answer


@page("/requests/<request_id>", "GET")
def continue_request(request_id: str) -> Response:
    """Where a request stands: a login page, a consent page, or straight back to the client."""
    with transaction() as session:
        found = flow.load(session, request_id, browser.current(session))
        return _next(found) if found else pages.trouble_page("request-over", 400)


def _next(found: Flow) -> Response:
    wanted = flow.need(found)
    if wanted is Need.NOTHING:
        return pages.go(flow.allow(found, granted=found.scopes))
    if found.silent or wanted is Need.SURER_LOGIN:
        return pages.go(flow.refuse(found, wanted.value))
    if wanted is Need.SECOND_FACTOR:
        return second_factor.ask(found)
    return pages.login_page(found) if wanted is Need.LOGIN else pages.consent_page(found)


@page("/requests/<request_id>/login", "POST")
def start_login(request_id: str) -> Response:
    """Send the person to the real-name platform."""
    with transaction() as session:
        found = flow.load(session, request_id, browser.current(session))
        if found is None or not browser.form_is_ours(request_id):
            return pages.trouble_page("form-over", 400)
        session_id, lang = found.browser.id, pages.language_of(found)
    limits.hit("failed-login", subject=browser.known_as(), cost=0)
    attempt = Attempt(new_secret(), new_secret(), new_secret())
    try:
        location = _platform().start(attempt, locale={"zh": "zh-CN"}.get(lang, lang), now=now().timestamp())
    except (ProviderAway, LoginRefused) as error:
        return _trouble(error, request_id)
    with transaction() as session:
        logins.start_upstream(
            session,
            state_hash=hash_of(attempt.state),
            session_id=session_id,
            request_id=request_id,
            sealed=_sealed(attempt),
            expires_at=now() + LIFE,
        )
    return pages.go(location)


@page("/login/callback", "GET")
def finish_login() -> Response:
    """Where the real-name platform sends the person back to."""
    state = request.args.get("state", "")
    if _twice():
        return pages.trouble_page("login-unknown", 400)
    with transaction() as session:
        here = browser.current(session)
        visit = logins.take_upstream(session, hash_of(state), here.id, now()) if here and state else None
        if here is None or visit is None:
            return pages.trouble_page("login-unknown", 400)
        request_id, session_id, attempt = visit.request_id, here.id, _unsealed(visit, state)
    try:
        known = _platform().finish(attempt, request.args.to_dict(), now=now().timestamp())
    except LoginRefused as refused:
        answer = _trouble(refused, request_id)
        limits.hit("failed-login", subject=browser.known_as())
        return answer
    except ProviderAway as away:
        return _trouble(away, request_id)
    with transaction() as session:
        here = browser.current(session)
        if here is None or here.id != session_id:
            return pages.trouble_page("login-unknown", 400)
        citizen_id = citizens.upsert(session, kit().pii, known.person, now(), livemode=kit().settings.livemode)
        entity_roles.at_login(session, kit().pii, citizen_id, known.person, now())
        secret = browser.renew(here, citizen_id, known.acr, known.auth_time)
    return browser.set_cookie(pages.go(f"/oauth/requests/{request_id}"), secret)


@page("/requests/<request_id>/second-factor", "POST")
def prove_second_factor(request_id: str) -> Response:
    """An operator's one-time code, or the invitation that sets one up."""
    with transaction() as session:
        found = flow.load(session, request_id, browser.current(session))
        if found is None or not browser.form_is_ours(request_id):
            return pages.trouble_page("form-over", 400)
        if flow.need(found) is not Need.SECOND_FACTOR:
            return _next(found)
        citizen_id = found.browser.citizen_id or ""
    limits.hit("second-factor", subject=citizen_id)
    with transaction() as session:
        found = flow.load(session, request_id, browser.current(session))
        return second_factor.answer(found, request.form) if found else pages.trouble_page("form-over", 400)


@page("/requests/<request_id>/decision", "POST")
def decide(request_id: str) -> Response:
    """A citizen agrees, for a term and with or without the score, or does not."""
    with transaction() as session:
        found = flow.load(session, request_id, browser.current(session))
        if found is None or not browser.form_is_ours(request_id):
            return pages.trouble_page("form-over", 400)
        if flow.need(found) is not Need.CONSENT:
            return _next(found)
        granted = flow.agreed_scopes(found, score_read=request.form.get("score_read") == "yes")
        term = request.form.get("term_days", "")
        if request.form.get("decision") != "allow" or set(granted) <= {"openid"}:
            return pages.go(flow.refuse(found, "access_denied"))
        if term not in [str(days) for days in TERM_DAYS]:
            return pages.consent_page(found)
        caps = standing.agreed_caps(found, request.form)
        if caps is None and standing.asked_for(found):
            gone = standing.most_of(found) is None
            return pages.go(flow.refuse(found, "access_denied")) if gone else pages.consent_page(found, caps_wrong=True)
        agreed = {"term_days": int(term)} | ({"caps": asdict(caps)} if caps else {})
        return pages.go(flow.allow(found, granted=granted, agreed=agreed))


def _twice() -> bool:
    """Whether a parameter of the address comes more than once, which none may (RFC 6749 section 3.1)."""
    return any(len(values) > 1 for _, values in request.args.lists())


def _platform() -> RealNameProvider:
    platform: RealNameProvider = current_app.extensions[EXTENSION]
    return platform


def _sealed(attempt: Attempt) -> bytes:
    return kit().pii.encrypt(json.dumps([attempt.nonce, attempt.code_verifier]), context=_context(attempt.state))


def _unsealed(visit: UpstreamLogin, state: str) -> Attempt:
    return Attempt(state, *json.loads(kit().pii.decrypt(visit.sealed, context=_context(state))))


def _context(state: str) -> str:
    return f"upstream-login:{hash_of(state)}"


def _trouble(error: ProviderAway | LoginRefused, request_id: str) -> Response:
    log.warning("real-name login: %s: %s", type(error).__name__, error)
    if isinstance(error, ProviderAway):
        return pages.trouble_page("platform-away", 503, request_id=request_id)
    return pages.trouble_page("login-refused", 400, request_id=request_id)
