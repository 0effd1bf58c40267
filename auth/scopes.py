"""Which scopes a client may ask for, by the way it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.consent import ELIGIBILITY, SCORE_READ
from app.store.oauth import OAuthClient

LOGIN_SCOPES = {"app": ("openid", "profile", "citizen"), "desk": ("openid", "operator")}
CREDENTIAL_SCOPES = {
    "partner": ("partner", "card_scans", "eligibility", "orders", SCORE_READ),
    "counter": ("partner", "card_scans", "eligibility", "orders"),
    "department": ("records",),
}
SUPPORTED = sorted(
    {scope for kind in (LOGIN_SCOPES, CREDENTIAL_SCOPES) for scopes in kind.values() for scope in scopes}
)


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """What a partner asks a citizen for: one scenario, the score, or both, each a consent of its own."""

    scenario: str | None
    score_read: bool


def for_login(client: OAuthClient, scope: str, serves: Callable[[str | None], bool]) -> list[str] | None:
    """The scopes of an authorization request, or None where one of them is not this client's to ask for.

    `serves` tells whether the partner behind the client may serve a scenario, with None whether it may serve at all.
    """
    asked = list(dict.fromkeys(scope.split()))
    if client.kind == "partner":
        return asked if _consent_allowed(client, asked, serves) else None
    known = set(LOGIN_SCOPES.get(client.kind, ())) & set(client.scopes)
    return asked if asked and set(asked) <= known else None


def _consent_allowed(client: OAuthClient, asked: list[str], serves: Callable[[str | None], bool]) -> bool:
    consent = consent_asked(asked)
    if consent is None or not serves(consent.scenario):
        return False
    known = {"openid", f"{ELIGIBILITY}{consent.scenario}"} | ({SCORE_READ} & set(client.scopes))
    return set(asked) <= known


def for_credentials(client: OAuthClient, scope: str | None) -> list[str] | None:
    """The scopes of a client's own token, all of its own where it names none; None where one is not its own."""
    own = [name for name in CREDENTIAL_SCOPES.get(client.kind, ()) if name in client.scopes]
    asked = list(dict.fromkeys((scope or " ".join(own)).split()))
    return asked if asked and set(asked) <= set(own) else None


def consent_asked(scopes: list[str]) -> ConsentAsked | None:
    """The consent among these scopes, or None where they name several scenarios, or nothing to consent to."""
    scenarios = [scope.removeprefix(ELIGIBILITY) for scope in scopes if scope.startswith(ELIGIBILITY)]
    score_read = SCORE_READ in scopes
    if len(scenarios) > 1 or not (scenarios or score_read):
        return None
    return ConsentAsked(scenarios[0] if scenarios else None, score_read)
