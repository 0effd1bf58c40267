"""`Xinyi-Version: YYYY-MM-DD` at the partner interface (payscore-anchors.md section 4.4).

A client is written for one version and keeps it: the one that was newest when it was registered, until it pins another
(PUT /partner/v1/version). A request may name another for itself. Whatever only adds is in every version; a new date is
for what breaks, and comes with `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) on the older one. There is none yet.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request

from app.domain.errors import Refusal
from app.domain.partner import VERSIONS
from app.web.kit import kit

NAME = "Xinyi-Version"
ROOM = "/partner/v1/"
PARAMETER: dict[str, Any] = {
    "in": "header",
    "name": NAME,
    "required": False,
    "schema": {"type": "string"},
    "description": "the version that this request is written for; yours, as GET /me tells, where you name none",
}


def install(app: Flask) -> None:
    """Refuse versions that there are not with `version-unknown`, and say in each answer which one it is of."""

    @app.before_request
    def _known() -> None:
        asked = request.headers.get(NAME)
        if asked is not None and request.path.startswith(ROOM) and asked not in VERSIONS:
            raise Refusal("version-unknown", field=f"/{NAME}", known=", ".join(VERSIONS))

    @app.after_request
    def _said(answer: Response) -> Response:
        if request.path.startswith(ROOM):
            answer.headers[NAME] = version()
        return answer


def version() -> str:
    """The version that this request is answered in: that which it names, its client's, else the newest."""
    asked = request.headers.get(NAME)
    if asked in VERSIONS:
        return asked
    who = g.get("caller")
    client = kit().clients.last_seen(who.client_id) if who is not None else None
    return (client.api_version if client else None) or VERSIONS[-1]
