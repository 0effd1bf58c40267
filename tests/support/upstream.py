"""Logging in by hand through a real-name platform that a test controls."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.browser import Page
from app.cli.client import XinyiClient
from app.store.citizens import Citizen
from tests.support.hostile_platform import HostilePlatform
from tests.support.identity import City, connect
from tests.support.oauth import authorize_url, browser, par
from tests.support.wire import WsgiAdapter


def take_over(city: City) -> HostilePlatform:
    """A hostile platform in the place of the sandbox."""
    settings, clock = city.kit.settings, city.kit.clock
    hostile = HostilePlatform(settings.upstream_issuer, settings.upstream_client_id, lambda: clock().timestamp())
    mount(city, WsgiAdapter(hostile.app))
    return hostile


def mount(city: City, adapter: BaseAdapter) -> None:
    """Let the app reach this platform and no other."""
    connect(city.app, city.kit.settings.upstream_issuer, adapter)


def visit(client: XinyiClient) -> tuple[str, dict[str, str]]:
    """Start a login; returns the request's page and what the browser carries to the platform."""
    url, left = leave(client)
    assert left.status_code == 303, left.text
    query = parse_qs(urlsplit(left.headers["Location"]).query)
    return url, {name: values[0] for name, values in query.items()}


def leave(client: XinyiClient) -> tuple[str, requests.Response]:
    """Press "log in"; returns the request's page and the answer: a redirect to the platform, if all is well."""
    page = browser(client).get(authorize_url(client, par(client)))
    form = page.form_with("start_login")
    assert form is not None, page.html
    return page.url, client.http.post(client.base_url + form.action, data=form.fields, allow_redirects=False)


def there(client: XinyiClient) -> Page:
    """The platform's first page."""
    return browser(client).get(leave(client)[1].headers["Location"])


def come_back(
    client: XinyiClient, platform: HostilePlatform, sent: dict[str, str], **changes: str | None
) -> requests.Response:
    """Return from the platform with what it was sent; a parameter can be changed, None takes it away."""
    platform.nonce = sent["nonce"]
    answer = {"code": "c", "state": sent["state"], "iss": platform.issuer, **changes}
    query = urlencode({name: value for name, value in answer.items() if value is not None})
    return client.http.get(f"{client.base_url}/oauth/login/callback?{query}", allow_redirects=False)


def log_in(city: City, platform: HostilePlatform, **changes: str | None) -> requests.Response:
    """There and back, in a fresh browser."""
    client = city.client()
    _, sent = visit(client)
    return come_back(client, platform, sent, **changes)


def citizens(session: Session) -> int:
    """How many people there are."""
    return session.scalar(select(func.count()).select_from(Citizen)) or 0
