"""What every request and answer carries: request ids, cache rules, security headers, ETags, log lines."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Collection

from flask import Flask, Response, g, request

from app.domain.errors import Refusal
from app.store.base import new_id

log = logging.getLogger("xinyi.request")

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'{form_action}",
        "frame-ancestors 'none'",
    )
)
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
"""The policy of an answer that is no page, should a browser ever open it as one; files of the pages need none."""
DEVICES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
"""Permissions-Policy: what no page of ours, nor anything within it, may ask a person for unless the page names it."""
_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")


def install(app: Flask, *, https: bool) -> None:
    """Add the hooks.

    A page may set `g.form_action`: further origins that its forms lead to, such as a partner's; and `g.devices`: those
    of DEVICES that it, and nothing within it, may ask the person for.
    """

    @app.before_request
    def _start() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _ID.fullmatch(given) else new_id("req")
        g.started = time.perf_counter()
        if "\x00" in request.path:  # PostgreSQL knows no such text, so nothing of ours has such an id
            raise Refusal("not-found")

    @app.after_request
    def _finish(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers.setdefault("Cache-Control", "no-store")
        if answer.mimetype == "text/html":
            _guard_page(answer)
        elif request.endpoint != "static":
            answer.headers.setdefault("Content-Security-Policy", NO_PAGE)
        if https:
            answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if _tagged(answer):
            answer.add_etag()
            answer.make_conditional(request)
        _log(answer)
        return answer


def _guard_page(answer: Response) -> None:
    """In no one's frame, in no one's window group, with nothing but its own scripts, forms and styles."""
    elsewhere = f" {g.form_action}" if "form_action" in g else ""
    answer.headers["Content-Security-Policy"] = CSP.format(form_action=elsewhere)
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Permissions-Policy"] = _devices(g.get("devices", ()))


def _devices(asked: Collection[str]) -> str:
    return ", ".join(f"{device}=(self)" if device in asked else f"{device}=()" for device in DEVICES)


def _tagged(answer: Response) -> bool:
    return request.method == "GET" and answer.status_code == 200 and request.path.startswith("/citizen/")


def _log(answer: Response) -> None:
    rule = request.url_rule.rule if request.url_rule else "-"
    spent = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    log.info("%s %s %s %d %.1fms", g.get("request_id", "-"), request.method, rule, answer.status_code, spent)
