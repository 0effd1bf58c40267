"""Legal entities (法人和非法人组织): what a public register says of one, who speaks for it, and what its card shows.

An entity is named by its unified social credit code (USCC, GB 32100-2015), in which characters 9 to 17 are the
organisation code with a check digit of its own (GB 11714-1997). Everything here is a public fact of the entity; none
is an input to a person's score (guardrail 1), and nothing adverse is ever on its card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import add_months, day_of
from app.domain.id_number import birth_date
from app.domain.pack import LONGEST_SHOWN_MONTHS, LegalClass


class EntityKind(StrEnum):
    """Kinds of entities, by the register that keeps them (民法典 chapters 3 and 4)."""

    COMPANY = "company"
    INDIVIDUAL_BUSINESS = "individual_business"
    PARTNERSHIP = "partnership"
    COOPERATIVE = "cooperative"
    PUBLIC_INSTITUTION = "public_institution"
    SOCIAL_ORGANISATION = "social_organisation"
    BRANCH = "branch"


class EntityStatus(StrEnum):
    """What the register says of its life: 存续, 吊销, 注销. Only an active entity has a card."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DEREGISTERED = "deregistered"


class RecordKind(StrEnum):
    """Kinds of public records of an entity: 行政许可, 表彰荣誉, 行政处罚."""

    PERMIT = "permit"
    HONOUR = "honour"
    PENALTY = "penalty"


ROLES: dict[EntityKind, str] = {
    EntityKind.COMPANY: "legal_representative",
    EntityKind.INDIVIDUAL_BUSINESS: "operator",
    EntityKind.PARTNERSHIP: "managing_partner",
    EntityKind.COOPERATIVE: "legal_representative",
    EntityKind.PUBLIC_INSTITUTION: "legal_representative",
    EntityKind.SOCIAL_ORGANISATION: "legal_representative",
    EntityKind.BRANCH: "responsible_person",
}
"""As what the one who speaks for an entity of each kind is registered: 法定代表人, 经营者, 执行事务合伙人, 负责人."""


@dataclass(frozen=True, slots=True)
class Role:
    """What someone is in an active entity: `entity` is its id here, `role` one of the values of `ROLES`."""

    entity: str
    name: str
    uscc: str
    role: str


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """A public record, by the number of the document that it rests on; from `expires_on` on it is shown no more.

    `expires_on` None: until further notice, which a penalty never is. `legal_class` is there for a penalty only.
    `repaired_on`: since when it is shown to nobody any more.
    """

    kind: RecordKind
    document_no: str
    title: str
    issuer: str
    decided_on: date
    expires_on: date | None = None
    legal_class: LegalClass | None = None
    repaired_on: date | None = None

    def shows_on(self, day: date) -> bool:
        """Whether it is public on `day`: neither over nor repaired."""
        return self.repaired_on is None and (self.expires_on is None or day < self.expires_on)


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """All that a register says of one entity at the moment `as_of`; what it does not say any more is gone.

    `representative`: the identity number of the one who speaks for it, which nobody keeps; None where there is none.
    """

    name: str
    kind: EntityKind
    status: EntityStatus
    city: str
    established_on: date
    as_of: datetime
    representative: str | None = None
    records: tuple[EntityRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityFault:
    """Something that a register may not say: where (a JSON Pointer), and one of `FAULTS`."""

    pointer: str
    code: str


FAULTS = (
    "uscc-format", "uscc-check-digit", "organisation-code-check-digit", "id-number-invalid", "date-in-future",
    "penalty-without-class", "penalty-without-end", "end-too-late", "end-before-start", "class-of-no-penalty",
    "repeated",
)  # fmt: skip
CLOCK_SKEW = timedelta(minutes=5)


def faults(facts: EntityFacts, now: datetime) -> Iterator[EntityFault]:
    """Everything in `facts` that may not be, in order. Registers' clocks may be `CLOCK_SKEW` ahead of ours."""
    if facts.as_of > now + CLOCK_SKEW:
        yield EntityFault("/as_of", "date-in-future")
    if facts.established_on > day_of(now):
        yield EntityFault("/established_on", "date-in-future")
    if facts.representative is not None and birth_date(facts.representative) is None:
        yield EntityFault("/representative/id_number", "id-number-invalid")
    seen: set[tuple[RecordKind, str]] = set()
    for number, record in enumerate(facts.records):
        for field, code in _record_faults(record, day_of(now)):
            yield EntityFault(f"/records/{number}/{field}", code)
        if (key := (record.kind, record.document_no)) in seen:
            yield EntityFault(f"/records/{number}/document_no", "repeated")
        seen.add(key)


def _record_faults(record: EntityRecord, today: date) -> Iterator[tuple[str, str]]:
    if record.decided_on > today:
        yield "decided_on", "date-in-future"
    if record.repaired_on is not None and record.repaired_on > today:
        yield "repaired_on", "date-in-future"
    if record.expires_on is not None and record.expires_on <= record.decided_on:
        yield "expires_on", "end-before-start"
    if record.kind is RecordKind.PENALTY:
        yield from _penalty_faults(record)
    elif record.legal_class is not None:
        yield "class", "class-of-no-penalty"


def _penalty_faults(record: EntityRecord) -> Iterator[tuple[str, str]]:
    """A penalty has a class, and shows no longer than its class allows (国办发〔2025〕22号)."""
    if record.legal_class is None:
        yield "class", "penalty-without-class"
    elif record.expires_on is None:
        yield "expires_on", "penalty-without-end"
    elif record.expires_on > add_months(record.decided_on, LONGEST_SHOWN_MONTHS[record.legal_class]):
        yield "expires_on", "end-too-late"


_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "0X987654321"


def organisation_check_digit(body: str) -> str:
    """The check digit of an organisation code's eight characters (GB 11714-1997).

    >>> organisation_check_digit("60003734")
    '1'
    """
    values = (int(char, 36) for char in body)
    return _CHECK[sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11]


def organisation_code_holds(uscc: str) -> bool:
    """Whether characters 9 to 17 of an 18-character USCC are an organisation code whose check digit is right."""
    return organisation_check_digit(uscc[8:16]) == uscc[16]
