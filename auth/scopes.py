"""Which scopes a client may ask for, by the way it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.consent import ELIGIBILITY, ORDERS, SCORE_READ
from app.services import partner_keys
from app.store.oauth import OAuthClient

LOGIN_SCOPES = {"app": ("openid", "profile", "citizen"), "desk": ("openid", "operator")}
CREDENTIAL_SCOPES = {
    "partner": partner_keys.SCOPES,
    "counter": ("partner", "card_scans", "eligibility", "orders"),
    "department": ("records", "entities"),
}
SETTLING = ("partner", "orders")
"""What a suspended partner may still ask for: its own state, and its open orders."""
SUPPORTED = sorted(
    {scope for kind in (LOGIN_SCOPES, CREDENTIAL_SCOPES) for scopes in kind.values() for scope in scopes}
)


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """What a partner asks a citizen for: one scenario, the score, or both, each a consent of its own.

    `standing`: that orders of the scenario may start without a confirmation; that is asked alone.
    """

    scenario: str | None
    score_read: bool
    standing: bool = False


def for_login(client: OAuthClient, scope: str, serves: Callable[[ConsentAsked], bool]) -> list[str] | None:
    """The scopes of an authorization request, or None where one of them is not this client's to ask for.

    `serves` tells whether the partner behind the client may serve the scenario, if any, and ask for that of it.
    """
    asked = list(dict.fromkeys(scope.split()))
    if client.kind == "partner":
        return asked if _consent_allowed(client, asked, serves) else None
    known = set(LOGIN_SCOPES.get(client.kind, ())) & set(client.scopes)
    return asked if asked and set(asked) <= known else None


def _consent_allowed(client: OAuthClient, asked: list[str], serves: Callable[[ConsentAsked], bool]) -> bool:
    consent = consent_asked(asked)
    if consent is None or not serves(consent):
        return False
    if consent.standing:
        return "orders" in client.scopes and set(asked) <= {"openid", f"{ORDERS}{consent.scenario}"}
    known = {"openid", f"{ELIGIBILITY}{consent.scenario}"} | ({SCORE_READ} & set(client.scopes))
    return set(asked) <= known


def for_credentials(client: OAuthClient, scope: str | None, *, suspended: bool = False) -> list[str] | None:
    """The scopes of a client's own token, all of its own where it names none; None where one is not its own.

    A suspended partner gets of what it asks for only that by which it settles what is open (RFC 6749 section 3.3: the
    answer tells the scope that was given).
    """
    own = [name for name in CREDENTIAL_SCOPES.get(client.kind, ()) if name in client.scopes]
    asked = list(dict.fromkeys((scope or " ".join(own)).split()))
    if not set(asked) <= set(own):
        return None
    return [name for name in asked if name in SETTLING or not suspended] or None


def consent_asked(scopes: list[str]) -> ConsentAsked | None:
    """The consent among these scopes, or None where they name several scenarios, or nothing to consent to."""
    scenarios = [scope.removeprefix(ELIGIBILITY) for scope in scopes if scope.startswith(ELIGIBILITY)]
    standing = [scope.removeprefix(ORDERS) for scope in scopes if scope.startswith(ORDERS)]
    score_read = SCORE_READ in scopes
    if standing:
        alone = len(standing) == 1 and not scenarios and not score_read
        return ConsentAsked(standing[0], score_read=False, standing=True) if alone else None
    if len(scenarios) > 1 or not (scenarios or score_read):
        return None
    return ConsentAsked(scenarios[0] if scenarios else None, score_read)
