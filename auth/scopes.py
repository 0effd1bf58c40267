"""Which scopes a client may ask for, by the way it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.store.oauth import OAuthClient

ELIGIBILITY = "eligibility:"
SCORE_READ = "score:read"
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
    """What a partner asks a citizen for: one scenario, and apart from it whether it may read the score or grade."""

    scenario: str
    score_read: bool


def for_login(client: OAuthClient, scope: str, serves: Callable[[str], bool]) -> list[str] | None:
    """The scopes of an authorization request, or None where one of them is not this client's to ask for.

    `serves` tells whether the partner behind the client may serve a scenario.
    """
    asked = list(dict.fromkeys(scope.split()))
    if client.kind == "partner":
        consent = consent_asked(asked)
        known = (
            {"openid", SCORE_READ, ELIGIBILITY + consent.scenario} if consent and serves(consent.scenario) else set()
        )
    else:
        known = set(LOGIN_SCOPES.get(client.kind, ())) & set(client.scopes)
    return asked if asked and set(asked) <= known else None


def for_credentials(client: OAuthClient, scope: str | None) -> list[str] | None:
    """The scopes of a client's own token, all of its own where it names none; None where one is not its own."""
    own = [name for name in CREDENTIAL_SCOPES.get(client.kind, ()) if name in client.scopes]
    asked = list(dict.fromkeys((scope or " ".join(own)).split()))
    return asked if asked and set(asked) <= set(own) else None


def consent_asked(scopes: list[str]) -> ConsentAsked | None:
    """The consent among these scopes, or None where they do not name exactly one scenario."""
    scenarios = [scope.removeprefix(ELIGIBILITY) for scope in scopes if scope.startswith(ELIGIBILITY)]
    return ConsentAsked(scenarios[0], SCORE_READ in scopes) if len(scenarios) == 1 else None
