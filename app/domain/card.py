"""The credit name card (信用名片): what may stand on it, what its holder ticked, and what the other side then sees.

Rules: domain.md section 4, guardrails 9 and 14. A card has nothing adverse, because no field for it exists; it never
has an identity number; the score itself only where it is ticked, and then with a warning. `Face` is all that leaves us,
as JSON in an exchange and as integer-keyed claims in an offline card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from enum import StrEnum
from typing import Any

from app.domain.errors import Refusal

FIELDS = ("verified", "city", "grade", "score", "volunteer_stars", "blood_donor", "honours")
"""What a holder may tick besides the name, in the order in which a card shows it."""

PURPOSES: dict[str, frozenset[str]] = {
    "introduction": frozenset({"verified", "city", "volunteer_stars", "blood_donor", "honours"}),
    "credit": frozenset({"verified", "city", "grade", "score"}),
}
"""What an offline card may be shown for, and the fields each purpose allows."""

STAR_HOURS = (100, 300, 600, 1000, 1500)
"""Hours of service for one to five stars (民政部《志愿服务记录办法》, 2012)."""

NICKNAME_LENGTH = 20


class NameKind(StrEnum):
    """How the holder's name is shown."""

    MASKED = "masked"
    FULL = "full"
    NICKNAME = "nickname"


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a holder chose to show: the kind of name, and fields out of `FIELDS`. The least is a masked name."""

    name: NameKind = NameKind.MASKED
    fields: frozenset[str] = frozenset({"verified"})


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade's code, and the pack that gave it, without which a grade says nothing."""

    pack: str
    code: str


@dataclass(frozen=True, slots=True)
class Holder:
    """All that could stand on someone's card; badges come from active records only.

    `full_name` is None for one whose name we never learn.
    """

    full_name: str | None
    nickname: str | None
    assurance_level: str
    city: str
    grade: Grade | None = None
    score: int | None = None
    volunteer_stars: int = 0
    blood_donor: bool = False
    honours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """Exactly what the other side sees: a field that is not ticked, or has nothing to show, is None, 0, False or ()."""

    name: str
    name_kind: NameKind
    assurance_level: str | None = None
    city: str | None = None
    grade: Grade | None = None
    score: int | None = None
    volunteer_stars: int = 0
    blood_donor: bool = False
    honours: tuple[str, ...] = ()


def mask(name: str) -> str:
    """A real name with its middle hidden.

    >>> mask("张小三"), mask("张三"), mask("张")
    ('张*三', '张*', '*')
    """
    if len(name) < 2:
        return "*"
    last = name[-1] if len(name) > 2 else "*"
    return name[0] + "*" * (len(name) - 2) + last


def stars(hours: int) -> int:
    """A volunteer's stars, 0 to 5, for whole hours of service."""
    return sum(hours >= needed for needed in STAR_HOURS)


def face(holder: Holder, ticks: Ticks) -> Face:
    """What the other side sees of `holder`; raises Refusal where a nickname is wanted and none is set."""
    shown = {_ATTRIBUTE.get(field, field) for field in ticks.fields}
    values = {name: getattr(holder, name) for name in _SHOWN if name in shown}
    kind = _kind(holder, ticks.name)
    return Face(name=_name(holder, kind), name_kind=kind, **values)


def warnings(ticks: Ticks) -> tuple[str, ...]:
    """Codes of what the holder should know before showing this."""
    return ("score_is_exact",) if "score" in ticks.fields else ()


def check_purpose(ticks: Ticks, purpose: str) -> None:
    """Raise Refusal naming the first ticked field that `purpose`, a key of `PURPOSES`, does not allow."""
    for field in FIELDS:
        if field in ticks.fields and field not in PURPOSES[purpose]:
            raise Refusal("card-field-not-for-purpose", field="/show/fields", name=field, purpose=purpose)


def as_json(shown: Face) -> dict[str, Any]:
    """The face as the API and the card holder's store have it: what does not show is left out."""
    shows = {name: _plain(value) for name, value in _showing(shown).items()}
    return {"display_name": shown.name, "name_kind": str(shown.name_kind), **shows}


def from_json(body: Mapping[str, Any]) -> Face:
    """The face that `as_json` wrote."""
    values = {name: body[name] for name in _SHOWN if name in body}
    if "grade" in values:
        values["grade"] = Grade(**values["grade"])
    values["honours"] = tuple(values.get("honours", ()))
    return Face(name=body["display_name"], name_kind=NameKind(body["name_kind"]), **values)


def as_claims(shown: Face, purpose: str) -> dict[int, Any]:
    """The face as integer-keyed claims for a CWT (RFC 8392): codes instead of words, key 0 the purpose."""
    claims: dict[int, Any] = {0: _PURPOSE_CODES.index(purpose), 1: shown.name, 2: _NAME_CODES.index(shown.name_kind)}
    for name, value in _showing(shown).items():
        claims[_CLAIMS[name]] = [value.pack, value.code] if isinstance(value, Grade) else _plain(value)
    return claims


def from_claims(claims: Mapping[int, Any]) -> tuple[Face, str]:
    """The face and the purpose that `as_claims` wrote; claims of a later version are passed over.

    Raises KeyError, IndexError, TypeError or ValueError where they are not a card's.
    """
    values = {name: claims[key] for name, key in _CLAIMS.items() if key in claims}
    if "grade" in values:
        values["grade"] = Grade(*values["grade"])
    values["honours"] = tuple(values.get("honours", ()))
    return Face(name=claims[1], name_kind=_NAME_CODES[claims[2]], **values), _PURPOSE_CODES[claims[0]]


def field_names(shown: Face) -> tuple[str, ...]:
    """The names of what a face shows, for the access log: `display_name` and those of `FIELDS`."""
    showing = _showing(shown)
    return ("display_name", *(field for field in FIELDS if _ATTRIBUTE.get(field, field) in showing))


def claim_field(key: int) -> str:
    """The ticked field, or `display_name`, that a claim of `as_claims` comes from."""
    return _FIELD_OF_CLAIM.get(key, "display_name")


_ATTRIBUTE = {"verified": "assurance_level"}
_CLAIMS = {
    "assurance_level": 3,
    "city": 4,
    "grade": 5,
    "score": 6,
    "volunteer_stars": 7,
    "blood_donor": 8,
    "honours": 9,
}
_SHOWN = tuple(_CLAIMS)
_FIELD_OF_CLAIM = {key: "verified" if name == "assurance_level" else name for name, key in _CLAIMS.items()}
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in dataclass_fields(Face) if field.name in _CLAIMS}
_NAME_CODES = (NameKind.MASKED, NameKind.FULL, NameKind.NICKNAME)
_PURPOSE_CODES = tuple(PURPOSES)


def _showing(shown: Face) -> dict[str, Any]:
    values = {name: getattr(shown, name) for name in _SHOWN}
    return {name: value for name, value in values.items() if value != _DEFAULTS[name]}


def _kind(holder: Holder, wanted: NameKind) -> NameKind:
    """What can be shown: of one whose name we do not know (网号) the nickname, or a name that is all star."""
    if holder.full_name is not None or wanted is NameKind.NICKNAME:
        return wanted
    return NameKind.NICKNAME if holder.nickname else NameKind.MASKED


def _name(holder: Holder, kind: NameKind) -> str:
    name = holder.full_name or ""
    if kind is not NameKind.NICKNAME:
        return name if kind is NameKind.FULL else mask(name)
    if not holder.nickname:
        raise Refusal("nickname-missing", field="/show/name_kind")
    return holder.nickname


def _plain(value: Any) -> Any:
    if isinstance(value, Grade):
        return {"pack": value.pack, "code": value.code}
    return list(value) if isinstance(value, tuple) else value
