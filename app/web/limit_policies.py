"""The abuse limits as data: in which room, keyed by what, how many in how long.

Numbers are for a city where a campus or a phone network stands behind one address, so those per address are wide and
those per subject are what a person or a device never meets. `XINYI_LIMITS` changes single ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from limits import RateLimitItem, parse

from app.config import SettingsError

CLIENT, SUBJECT, ADDRESS = "client", "subject", "address"
"""What a policy counts by: an authenticated client, a person (or device, or browser), a network address."""

QUOTAS: Mapping[str, Mapping[str, str]] = {
    "login": {SUBJECT: "120/minute", ADDRESS: "3000/minute"},
    "failed-login": {SUBJECT: "10/10minute", ADDRESS: "600/10minute"},
    "second-factor": {SUBJECT: "10/10minute", ADDRESS: "600/10minute"},
    "par": {CLIENT: "600/minute", ADDRESS: "3000/minute"},
    "token": {CLIENT: "1200/minute", SUBJECT: "60/minute", ADDRESS: "12000/minute"},
    "token-state": {CLIENT: "6000/minute", SUBJECT: "60/minute", ADDRESS: "12000/minute"},
    "pairing": {ADDRESS: "60/minute"},
    "card-scan": {CLIENT: "1200/minute", ADDRESS: "12000/minute"},
    "check": {CLIENT: "3000/minute", ADDRESS: "12000/minute"},
    "score-read": {SUBJECT: "120/minute", ADDRESS: "12000/minute"},
    "card-choice": {SUBJECT: "240/minute", ADDRESS: "12000/minute"},
    "card-code": {SUBJECT: "60/minute"},
    "card-exchange": {SUBJECT: "30/minute", ADDRESS: "3000/minute"},
    "code-picture": {CLIENT: "600/minute", SUBJECT: "12/minute", ADDRESS: "3000/minute"},
    "avatar": {SUBJECT: "20/hour", ADDRESS: "600/minute"},
    "held-cards": {SUBJECT: "240/hour"},
    "shake": {SUBJECT: "60/day", ADDRESS: "3000/minute"},
    "shake-look": {SUBJECT: "120/minute", ADDRESS: "12000/minute"},
    "shake-confirm": {SUBJECT: "60/minute"},
    "credential": {SUBJECT: "60/hour", ADDRESS: "3000/minute"},
    "status-list": {ADDRESS: "3000/minute"},
    "report-read": {SUBJECT: "60/minute", ADDRESS: "6000/minute"},
    "report-make": {SUBJECT: "30/day", ADDRESS: "600/minute"},
    "report-look": {SUBJECT: "60/hour"},
    "report-check": {SUBJECT: "12000/minute", ADDRESS: "60/minute"},
    "shared-score": {CLIENT: "1200/minute", SUBJECT: "60/hour", ADDRESS: "12000/minute"},
    "order": {CLIENT: "3000/minute", SUBJECT: "60/minute", ADDRESS: "12000/minute"},
    "order-list": {CLIENT: "60/minute"},
    "event-list": {CLIENT: "1200/minute"},
    "webhook": {CLIENT: "120/minute"},
    "sandbox": {CLIENT: "600/minute"},
    "look": {CLIENT: "3000/minute", SUBJECT: "240/hour", ADDRESS: "12000/minute"},
    "places": {SUBJECT: "120/minute", ADDRESS: "6000/minute"},
    "enrolment": {SUBJECT: "10/hour"},
    "data-export": {SUBJECT: "6/hour", ADDRESS: "600/minute"},
    "correction": {SUBJECT: "30/10minute", ADDRESS: "600/minute"},
    "remedy": {SUBJECT: "30/10minute", ADDRESS: "600/minute"},
    "leaving": {SUBJECT: "30/minute", ADDRESS: "600/minute"},
}
"""Room → key → quota in the notation of the library `limits`. The policy's name is room and key: `token-client`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One quota: `item` is its number and window, `per` one of the three keys."""

    name: str
    per: str
    item: RateLimitItem


@cache
def policies(overrides: str, scale: int) -> Mapping[str, tuple[Policy, ...]]:
    """The policies of each room; `overrides` as in `XINYI_LIMITS`, quotas times `scale`; raises SettingsError."""
    changed = _parsed(overrides)
    found = {
        room: tuple(
            _policy(f"{room}-{per}", per, changed.pop(f"{room}-{per}", quota), scale) for per, quota in of.items()
        )
        for room, of in QUOTAS.items()
    }
    if changed:
        raise SettingsError(f"XINYI_LIMITS: no policy is called {next(iter(changed))}")
    return found


def _parsed(overrides: str) -> dict[str, str]:
    entries = [entry.strip() for entry in overrides.split(",") if entry.strip()]
    return {name.strip(): quota.strip() for name, _, quota in (entry.partition("=") for entry in entries)}


def _policy(name: str, per: str, quota: str, scale: int) -> Policy:
    try:
        item = parse(quota)
    except ValueError:
        raise SettingsError(f"XINYI_LIMITS: {name}={quota} is not like 600/minute") from None
    if item.amount < 1 or item.get_expiry() > 86_400:
        raise SettingsError(f"XINYI_LIMITS: {name}={quota} must allow one, and last a day at most")
    return Policy(name, per, type(item)(item.amount * scale, item.multiples))
