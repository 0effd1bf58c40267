"""Grants: the devices a citizen is logged in on, ended by hand or with their consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import events, factors, logins, oauth, oauth_codes
from app.store.oauth import Grant


@dataclass(frozen=True, slots=True)
class Device:
    """One place where a citizen is logged in. `current` is the one that asks."""

    id: str
    client_name: str
    device: str
    current: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


def devices(
    session: Session, citizen_id: str, *, current: str, now: datetime, before: str | None, limit: int
) -> list[Device]:
    """A citizen's live sessions, newest first, up to one more than `limit`."""
    rows = oauth.sessions_of(session, citizen_id, now, before=before, limit=limit + 1)
    return [_device(grant, name, current) for grant, name in rows]


def _device(grant: Grant, client_name: str, current: str) -> Device:
    return Device(
        id=grant.id,
        client_name=client_name,
        device=grant.device,
        current=grant.id == current,
        created_at=grant.created_at,
        last_used_at=grant.used_at or grant.created_at,
        expires_at=grant.expires_at,
    )


def end_device(session: Session, citizen_id: str, grant_id: str, *, now: datetime) -> None:
    """End one of a citizen's sessions with all its tokens; raises Refusal `not-found`.

    The login pages forget the citizen too: a lost device would be logged in again by one tap.
    """
    if not oauth.end_grant(session, grant_id, now, citizen_id=citizen_id):
        raise Refusal("not-found")
    logins.log_out(session, citizen_id)


def end_grant(session: Session, grant_id: str, *, now: datetime) -> None:
    """End a grant, such as that of a consent that ended; one that is over already stays so."""
    oauth.end_grant(session, grant_id, now)


def opened(session: Session, grant: Grant, *, now: datetime) -> None:
    """A login began: an earlier one by the same key is over, and who has logins elsewhere hears of a new device."""
    oauth.end_sessions_before(session, grant, now)
    if oauth.is_new_device(session, grant):
        events.tell(session, grant.citizen_id, "session.opened", {"device": grant.device}, now)


def end_for_replay(session: Session, grant: Grant, *, now: datetime) -> None:
    """End the family of a refresh token that came twice, and tell its citizen (RFC 9700 section 4.14.2)."""
    if oauth.end_grant(session, grant.id, now):
        logins.log_out(session, grant.citizen_id)
        events.tell(session, grant.citizen_id, "session.replayed", {"device": grant.device}, now)


def prune(session: Session, now: datetime) -> None:
    """Forget what identity needs no longer: used jtis, codes, requests and login attempts past their time."""
    oauth.prune(session, now)
    logins.prune(session, now)
    oauth_codes.prune(session, now)
    factors.prune(session, now)
