"""The browser at our login pages: one cookie, one session, and forms that only its own pages can send."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from app.store import logins
from app.store.logins import BrowserSession
from app.web.kit import kit, now
from auth.grants import hash_of, new_secret

LIFE = timedelta(minutes=30)
"""How long a login counts for further clients without asking again."""
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def cookie_name() -> str:
    """`__Host-` ties the cookie to this very host wherever it can be Secure; a demo on plain http cannot."""
    return "__Host-xinyi_login" if kit().settings.secure_cookies else "xinyi_login"


def current(session: Session) -> BrowserSession | None:
    """The session of this browser, or None."""
    secret = request.cookies.get(cookie_name(), "")
    return logins.browser_session(session, hash_of(secret), now()) if secret else None


def known_as() -> str:
    """What limits count this browser by: the hash of its cookie, empty where it has none."""
    secret = request.cookies.get(cookie_name(), "")
    return hash_of(secret) if secret else ""


def begin(session: Session) -> tuple[BrowserSession, str]:
    """A fresh session and the cookie value that finds it."""
    secret = new_secret()
    return logins.start_session(session, hash_of(secret), now(), LIFE), secret


def renew(row: BrowserSession, citizen_id: str, acr: str, auth_time: int) -> str:
    """Log a person in: the session gets a new cookie value, so that one known before the login is worth nothing."""
    secret = new_secret()
    row.secret_hash = hash_of(secret)
    row.citizen_id, row.acr, row.auth_time = citizen_id, acr, auth_time
    row.logged_in_at, row.expires_at, row.wrong_codes = now(), now() + LIFE, 0
    return secret


def set_cookie(answer: Response, secret: str) -> Response:
    """Give the browser its cookie: for this site only, not for scripts, and sent along when a login comes back."""
    secure = kit().settings.secure_cookies
    answer.set_cookie(cookie_name(), secret, path="/", httponly=True, secure=secure, samesite="Lax")
    return answer


def form_token(request_id: str) -> str:
    """What a form of this browser for this request carries, made from a cookie that no other site can read."""
    secret = request.cookies.get(cookie_name(), "")
    return hmac.new(secret.encode(), f"form\n{request_id}".encode(), hashlib.sha256).hexdigest()


def form_is_ours(request_id: str) -> bool:
    """Whether the posted form came from our page in this browser."""
    sent = request.form.get("form_token", "")
    elsewhere = request.headers.get("Origin", kit().settings.base_url) not in (kit().settings.base_url, "null")
    return not elsewhere and hmac.compare_digest(sent.encode(), form_token(request_id).encode())


def device_name() -> str:
    """A coarse name of the device for the citizen's list of sessions; the rest of the header is not kept."""
    agent = request.headers.get("User-Agent", "")
    return next((name for mark, name in _DEVICES if mark in agent), "")
