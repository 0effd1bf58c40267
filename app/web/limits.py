"""Abuse limits: `limited("room")` above a view, or `hit("room", …)` where the keys are known only inside.

What counts is an authenticated client, a person's or device's own id, and the network address; never a name that
somebody merely claims, so no one can use up another's quota. A quota that is used up opens again when its window ends,
which is what `Retry-After` says; asking in the meantime does not make it longer.
Headers: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), `Retry-After` (RFC 9110 10.2.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple, Protocol, cast

from flask import Flask, Response, g, request
from flask_smorest import Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.store.limit_leases import Window
from app.web.kit import kit, now
from app.web.limit_policies import Policy, policies

View = Callable[..., Any]
DOCUMENTED = "x-rate-limit-policies"
"""The operation's member in the API document that names its policies."""
_CLIENTS = (ActorKind.PARTNER, ActorKind.DEPARTMENT)


class TooManyRequests(Refusal):
    """One quota or more is used up; `seconds` from now all of them are open again."""

    def __init__(self, violated: Sequence[str], seconds: int) -> None:
        super().__init__(
            "too-many-requests", policy=", ".join(violated), seconds=seconds, violated_policies=list(violated)
        )
        self.violated, self.seconds = tuple(violated), seconds


@dataclass
class Keys:
    """Who is counted besides the address: an authenticated client, or a subject (a person, device or browser)."""

    client: str = ""
    subject: str = ""


class _Caller(Protocol):
    kind: ActorKind
    client_id: str
    citizen_id: str


class _Quota(NamedTuple):
    policy: Policy
    who: str


def limited(room: str, subject: Callable[..., str] | None = None) -> Callable[[View], View]:
    """Count each call of a guarded view; raises TooManyRequests (429). Stands directly below `needs`.

    Counted by client for partners and departments, by address, and by subject: the citizen who calls, or what
    `subject` makes of the view's arguments, such as the citizen whom a partner asks about.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted_view(*args: Any, **kwargs: Any) -> Any:
            caller = cast(_Caller, g.caller)
            whose = f"{caller.client_id}/{subject(**kwargs)}" if subject else caller.citizen_id
            hit(room, client=caller.client_id if caller.kind in _CLIENTS else "", subject=whose)
            return view(*args, **kwargs)

        return documented(room)(counted_view)

    return decorate


def documented(*rooms: str) -> Callable[[View], View]:
    """Name the rooms' policies in the API document, with the answer 429, for a view that counts by itself."""

    def decorate(view: View) -> View:
        names = [policy.name for room in rooms for policy in policies("", 1)[room]]
        told: View = Blueprint.doc(**{DOCUMENTED: names})(view)
        return told

    return decorate


def hit(room: str, *, client: str = "", subject: str = "", cost: int = 1) -> None:
    """Count one request in the room's policies whose keys are known; raises TooManyRequests where one is used up.

    One statement that commits by itself, so it counts whatever becomes of the request; call it outside a transaction,
    as it takes a connection of its own. `cost=0` only asks whether there is room for one more.
    """
    quotas = _quotas(room, client, subject)
    if not quotas:
        return
    _refuse_used_up(quotas)
    windows = kit().limiter.hit_all([_named(quota) for quota in quotas], cost)
    _refuse([(quota, window) for quota, window in zip(quotas, windows, strict=True)], more=0 if cost else 1)


@contextmanager
def counted(room: str) -> Iterator[Keys]:
    """Count the block once, whether it succeeds or not; it fills in the keys when it has proven them.

    Whoever is known to be over the limit by address is refused before the block.
    """
    _refuse_used_up(_quotas(room, "", ""))
    keys = Keys()
    try:
        yield keys
    finally:
        hit(room, client=keys.client, subject=keys.subject)


def address() -> str:
    """The caller's network address, IPv6 as its /64 (one household); empty where none is known, as on a socket file."""
    return _household(request.remote_addr or "")


@lru_cache(maxsize=4096)
def _household(remote: str) -> str:
    try:
        known = ip_address(remote)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped or ip_network((int(known), 64), strict=False))
    return str(known)


def _quotas(room: str, client: str, subject: str) -> list[_Quota]:
    known = {"client": client, "subject": subject, "address": address()}
    settings = kit().settings
    found = policies(settings.limits, settings.limit_scale)[room]
    return [_Quota(policy, known[policy.per]) for policy in found if known[policy.per]]


def _named(quota: _Quota) -> tuple[Any, str]:
    return quota.policy.item, f"{quota.policy.name}/{quota.who}"


def _refuse_used_up(quotas: list[_Quota]) -> None:
    windows = kit().limiter.used_up([_named(quota) for quota in quotas])
    _refuse([(quota, window) for quota, window in zip(quotas, windows, strict=True) if window])


def _refuse(standing: list[tuple[_Quota, Window]], more: int = 0) -> None:
    told = g.setdefault("limits", {})
    told.update({quota.policy.name: (quota.policy, window) for quota, window in standing})
    over = [(quota.policy, window) for quota, window in standing if window.hits + more > quota.policy.item.amount]
    if over:
        g.retry_after = max(_seconds_left(window) for _, window in over)
        raise TooManyRequests([policy.name for policy, _ in over], g.retry_after)


def _seconds_left(window: Window) -> int:
    return max(1, math.ceil((window.ends_at - now()).total_seconds()))


def install(app: Flask, settings: Settings) -> None:
    """Believe the trusted proxies about addresses, and tell each counted request where it stands."""
    policies(settings.limits, settings.limit_scale)
    if settings.trusted_proxies:
        trusting = ProxyFix(app.wsgi_app, settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0)
        app.__dict__["wsgi_app"] = trusting
    app.after_request(_tell)


def _tell(answer: Response) -> Response:
    told: dict[str, tuple[Policy, Window]] = g.get("limits") or {}
    if told:
        answer.headers["RateLimit-Policy"] = ", ".join(
            f'"{name}";q={policy.item.amount};w={policy.item.get_expiry()}' for name, (policy, _) in told.items()
        )
        answer.headers["RateLimit"] = ", ".join(
            f'"{name}";r={max(0, policy.item.amount - window.hits)};t={_seconds_left(window)}'
            for name, (policy, window) in told.items()
        )
    if answer.status_code == 429 and "retry_after" in g:
        answer.headers["Retry-After"] = str(g.retry_after)
    return answer
