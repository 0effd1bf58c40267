"""The credit name card (信用名片): what may stand on it, what its holder ticked, and what the other side then sees.

Rules: domain.md section 4, guardrails 9 and 14. A card has nothing adverse, because no field for it exists; it never
has an identity number; the score itself only where it is ticked, and then with a warning. `Face` is all that leaves us,
as JSON in an exchange and as integer-keyed claims in an offline card (app/domain/card_claims.py).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.entity import Role
from app.domain.errors import Refusal
from app.domain.report import ReportLink

FIELDS = (
    "verified",
    "city",
    "grade",
    "score",
    "volunteer_stars",
    "blood_donor",
    "honours",
    "legal_role",
    "report",
    "avatar",
)
"""What a holder may tick besides the name, in the order in which a card shows it."""

PURPOSES: dict[str, frozenset[str]] = {
    "introduction": frozenset({"verified", "city", "volunteer_stars", "blood_donor", "honours", "legal_role"}),
    "credit": frozenset({"verified", "city", "grade", "score"}),
}
"""What an offline card may be shown for, and the fields each purpose allows. A face is too large for one, and a link is
no fact that a signature could vouch for."""

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
    """What a holder chose to show: the kind of name, and fields out of `FIELDS`. The least is a masked name.

    `honours`: which of them, by code (None: all that there are); `entity`: the id of the one in which the role is.
    """

    name: NameKind = NameKind.MASKED
    fields: frozenset[str] = frozenset({"verified"})
    honours: frozenset[str] | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade's code, and the pack that gave it, without which a grade says nothing."""

    pack: str
    code: str


@dataclass(frozen=True, slots=True)
class Holder:
    """All that could stand on someone's card; badges come from active records only.

    `full_name` is None for one whose name we never learn. `report`: one that others may read now. `avatar`: a picture
    as `app/services/avatars.py` made it.
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
    roles: tuple[Role, ...] = ()
    report: ReportLink | None = None
    avatar: bytes | None = None


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
    role: Role | None = None
    report: ReportLink | None = None
    avatar: bytes | None = None


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
    """What the other side sees of `holder`; raises Refusal where a nickname is wanted and none is set.

    A role shows only of the very entity that is ticked: of one that was not settled, none does.
    """
    shown = {_ATTRIBUTE.get(field, field) for field in ticks.fields}
    values = {name: _had(holder, ticks, name) for name in _SHOWN if name in shown}
    kind = _kind(holder, ticks.name)
    return Face(name=_name(holder, kind), name_kind=kind, **values)


def settled(holder: Holder, ticks: Ticks) -> Ticks:
    """`ticks` with what they leave open said: where a role is ticked, in which entity, so that no other comes instead.

    Raises Refusal `entity-not-yours`, the same for one that there is not, or `entity-unsaid` where there are several.
    """
    honours = ticks.honours if "honours" in ticks.fields else None
    entity = _entity(holder, ticks.entity) if "legal_role" in ticks.fields else None
    return replace(ticks, honours=honours, entity=entity)


def warnings(ticks: Ticks) -> tuple[str, ...]:
    """Codes of what the holder should know before showing this."""
    return tuple(code for field, code in _WARNINGS.items() if field in ticks.fields)


def check_purpose(ticks: Ticks, purpose: str) -> None:
    """Raise Refusal naming the first ticked field that `purpose`, a key of `PURPOSES`, does not allow."""
    for field in FIELDS:
        if field in ticks.fields and field not in PURPOSES[purpose]:
            raise Refusal("card-field-not-for-purpose", field="/show/fields", name=field, purpose=purpose)


def as_json(shown: Face) -> dict[str, Any]:
    """The face as the API and the card holder's store have it: what does not show is left out."""
    shows = {name: _plain(value) for name, value in showing(shown).items()}
    return {"display_name": shown.name, "name_kind": str(shown.name_kind), **shows}


def from_json(body: Mapping[str, Any]) -> Face:
    """The face that `as_json` wrote."""
    values = {name: _READ[name](body[name]) if name in _READ else body[name] for name in _SHOWN if name in body}
    return Face(name=body["display_name"], name_kind=NameKind(body["name_kind"]), **values)


def showing(shown: Face) -> dict[str, Any]:
    """What shows of a face besides the name, by its attribute, in the order of a card."""
    values = {name: getattr(shown, name) for name in _SHOWN}
    return {name: value for name, value in values.items() if value != _DEFAULTS[name]}


def in_order(fields: frozenset[str]) -> list[str]:
    """Ticked fields in the order in which a card shows them."""
    return [field for field in FIELDS if field in fields]


def field_names(shown: Face) -> tuple[str, ...]:
    """The names of what a face shows, for the access log: `display_name` and those of `FIELDS`."""
    seen = showing(shown)
    return ("display_name", *(field for field in FIELDS if _ATTRIBUTE.get(field, field) in seen))


_ATTRIBUTE = {"verified": "assurance_level", "legal_role": "role"}
_WARNINGS = {"score": "score_is_exact", "report": "report_is_readable"}
_SHOWN = tuple(field.name for field in dataclass_fields(Face) if field.name not in ("name", "name_kind"))
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in dataclass_fields(Face) if field.name in _SHOWN}
_READ: dict[str, Callable[[Any], Any]] = {
    "grade": lambda told: Grade(**told),
    "honours": tuple,
    "role": lambda told: Role(**told),
    "report": lambda told: ReportLink(told["code"], datetime.fromisoformat(told["expires_at"])),
    "avatar": base64.b64decode,
}


def _had(holder: Holder, ticks: Ticks, name: str) -> Any:
    if name == "role":
        return next((role for role in holder.roles if role.entity == ticks.entity), None)
    if name == "honours" and ticks.honours is not None:
        return tuple(code for code in holder.honours if code in ticks.honours)
    return getattr(holder, name)


def _entity(holder: Holder, wanted: str | None) -> str | None:
    own = [role.entity for role in holder.roles]
    if wanted is None and len(own) > 1:
        raise Refusal("entity-unsaid", field="/show/entity")
    if wanted is not None and wanted not in own:
        raise Refusal("entity-not-yours", field="/show/entity")
    return wanted or next(iter(own), None)


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
    if isinstance(value, (Grade, Role)):
        return asdict(value)
    if isinstance(value, ReportLink):
        return {"code": value.code, "expires_at": value.expires_at.isoformat()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return list(value) if isinstance(value, tuple) else value
