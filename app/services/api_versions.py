"""The versions of the partner interface, and which one a client is pinned to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.store import oauth

VERSIONS = ("2026-11-21",)
"""Every version that is answered, oldest first."""


def pin(session: Session, client_id: str, version: str) -> None:
    """Answer this client in `version`, one of VERSIONS, from now on, where a request names no other."""
    client = oauth.held_client(session, client_id)
    if client is not None:
        client.api_version = version
        session.flush()
