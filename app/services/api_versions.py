"""Which version of the partner interface a client is pinned to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.store import oauth


def pin(session: Session, client_id: str, version: str) -> None:
    """Answer this client in `version` (one of app/domain/partner.py) from now on, where a request names no other."""
    client = oauth.held_client(session, client_id)
    if client is not None:
        client.api_version = version
        session.flush()
