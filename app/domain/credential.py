"""The wallet credential: a name card as an SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) that the phone presents.

What is in it, for how long, and which of it the holder may show apart. Guardrails 9 and 14: nothing adverse and no
number of a person has a claim; the holder shows claim by claim, and never more than they ticked when it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from app.domain import card
from app.domain.calendar import SHANGHAI, day_of
from app.domain.card import Face, Ticks
from app.domain.errors import Refusal

TYPE = "dc+sd-jwt"
"""The `typ` of a credential (draft-ietf-oauth-sd-jwt-vc section 3.2.1)."""
TYPE_PATH = "/credentials/name-card"
LISTS_PATH = "/status-lists/"
DAYS, LONGEST_DAYS = 30, 90
LIVE_MOST = 20
"""How many credentials of one person may be good at once."""

NOT_CARRIED = frozenset({"report", "avatar"})
"""Fields of the card that no credential has: a link is no fact, and a picture is too large to show by a code."""

CLAIMS = ("name", "assurance_level", "city", "grade", "score", "volunteer_stars", "blood_donor", "role")
"""Claims that are disclosed one by one; `honours` is a list beside them, disclosed entry by entry."""
ENVELOPE = ("iss", "iat", "exp", "vct", "cnf", "status")
"""Claims that every reader sees."""


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when a credential is good; both are midnights in China.

    So all credentials of a day carry the same two times, and the times tie no two of one person together.
    """

    issued_at: datetime
    expires_at: datetime


def term(now: datetime, days: int) -> Term:
    """Good for `days` whole days after today."""
    midnight = datetime.combine(day_of(now), time(), SHANGHAI)
    return Term(midnight, midnight + timedelta(days=days + 1))


def carried(ticks: Ticks) -> Ticks:
    """Those of the card's own ticks that a credential carries."""
    return replace(ticks, fields=ticks.fields - NOT_CARRIED)


def check_carried(ticks: Ticks) -> None:
    """Raise Refusal `credential-field-not-carried` naming the first ticked field that no credential has."""
    for field in card.FIELDS:
        if field in ticks.fields & NOT_CARRIED:
            raise Refusal("credential-field-not-carried", field="/show/fields", name=field)


def claims_of(face: Face) -> dict[str, Any]:
    """What a face says, as claims: those of `CLAIMS` that show, and `honours`, which may be empty.

    A name stands together with its kind, so that no nickname can be shown as a real name; a grade with its pack, a
    role with its entity, which is named by its public code and never by our id.
    """
    shown = card.as_json(face)
    claims: dict[str, Any] = {"name": {"text": shown.pop("display_name"), "kind": shown.pop("name_kind")}}
    claims |= {name: value for name, value in shown.items() if name in CLAIMS}
    if face.role:
        claims["role"] = {"name": face.role.name, "uscc": face.role.uscc, "role": face.role.role}
    return {**claims, "honours": list(face.honours)}


def type_of(issuer: str) -> str:
    """The `vct` of this issuer's credentials, where its type metadata is found."""
    return issuer + TYPE_PATH


def is_lists(uri: object, issuer: str) -> bool:
    """Whether `uri` is a status list of this issuer."""
    lists = issuer + LISTS_PATH
    number = uri.removeprefix(lists) if isinstance(uri, str) and uri.startswith(lists) else ""
    return number.isascii() and number.isdigit() and len(number) < 10 and not number.startswith("0")


def envelope(issuer: str, term: Term, list_id: int, idx: int) -> Mapping[str, Any]:
    """The claims of `ENVELOPE`, but for `cnf`."""
    place = {"idx": idx, "uri": f"{issuer}{LISTS_PATH}{list_id}"}
    return {
        "iss": issuer,
        "iat": int(term.issued_at.timestamp()),
        "exp": int(term.expires_at.timestamp()),
        "vct": type_of(issuer),
        "status": {"status_list": place},
    }
