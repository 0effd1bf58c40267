"""The pages a person sees: log in, agree, and what went wrong; for a phone, in Chinese and English."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, redirect, render_template

from app.domain.consent import TERM_DAYS
from app.store import citizens, partners
from app.web.kit import kit
from app.web.texts import language, say
from auth import scopes, standing
from auth.browser import form_token
from auth.flow import Flow


def language_of(flow: Flow | None) -> str:
    """`zh` or `en`: what the client asked for, else what the browser prefers."""
    wanted = str(flow.request.params.get("ui_locales", "")).split() if flow else []
    return next((locale[:2] for locale in wanted if locale[:2] in ("zh", "en")), language())


def go(location: str) -> Response:
    """Send the browser on, by GET."""
    answer = redirect(location, 303)
    return Response(answer.get_data(), 303, {"Location": location}, mimetype="text/html")


def login_page(flow: Flow) -> Response:
    """Where a login starts: who asks, where it leads, one button."""
    allow_form_to(kit().settings.upstream_issuer)
    lang = language_of(flow)
    token = form_token(flow.request.id)
    return render("login", lang, flow=flow, form_token=token, client_name=client_name(flow, lang))


def consent_page(flow: Flow, *, caps_wrong: bool = False) -> Response:
    """What a partner asks for, in words: for what, for how long, what it learns and what it never learns.

    `caps_wrong`: the caps that came back are no amounts, or above those that the scenario publishes.
    """
    allow_form_to(flow.request.params["redirect_uri"], kit().settings.upstream_issuer)
    lang = language_of(flow)
    asked = scopes.consent_asked(flow.scopes)
    person = citizens.vouched(flow.session, kit().pii, flow.browser.citizen_id or "")
    offer = kit().registry.offer(asked.scenario) if asked and asked.scenario else None
    return render(
        "consent",
        lang,
        flow=flow,
        form_token=form_token(flow.request.id),
        asked=asked,
        offer=offer,
        partner_name=client_name(flow, lang),
        person_name=masked(person.name) if person and person.name else "",
        terms=TERM_DAYS,
        caps=standing.shown(flow),
        caps_wrong=caps_wrong,
    )


def client_name(flow: Flow, lang: str) -> str:
    """Who asks, in the language of the page."""
    partner = partners.get(flow.session, flow.client.partner_id or "")
    return str(getattr(partner, f"name_{lang}")) if partner else flow.client.name


def trouble_page(code: str, status: int, flow: Flow | None = None, request_id: str = "") -> Response:
    """What went wrong, in words, and what to do; `request_id` where one can try again."""
    answer = render("trouble", language_of(flow), code=code, request_id=request_id)
    answer.status_code = status
    if status == 503:
        answer.headers["Retry-After"] = "30"
    return answer


def later_page(seconds: int) -> Response:
    """A limit is used up: when to try again, and that nothing is lost."""
    answer = render("later", language_of(None), minutes=-(-seconds // 60))
    answer.status_code = 429
    return answer


def allow_form_to(*addresses: str) -> None:
    """Let this page's forms end at these origins: browsers apply `form-action` to the redirects that follow, too."""
    g.form_action = " ".join(sorted({_source(address) for address in addresses}))


def _source(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def masked(name: str) -> str:
    """The first character of a name, so that a person knows it is theirs and a bystander does not learn it."""
    return name[:1] + "*" * (len(name) - 1)


def render(template: str, lang: str, **values: Any) -> Response:
    """A page of the login in this language; its `t(code)` says `login.{code}`."""

    def t(code: str, **params: object) -> str:
        return say(f"login.{code}", lang, **params)

    html = render_template(f"oauth/{template}.html", lang=lang, t=t, **values)
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Language"] = {"zh": "zh-CN"}.get(lang, lang)
    return answer
