"""Legal entities (法人和非法人组织): what a public register says of one, who speaks for it, and what its card shows.

An entity is named by its unified social credit code (USCC, GB 32100-2015), in which characters 9 to 17 are the
organisation code with a check digit of its own (GB 11714-1997). Everything here is a public fact of the entity; none
is an input to a person's score (guardrail 1), and nothing adverse is ever on its card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.pack import LegalClass


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
    """A public record, by the number of the document that it rests on; the first and the last day on which it counts.

    `expires_on` None: until further notice, which a penalty never is. `legal_class` is there for a penalty only, and
    `repaired_on` once it was repaired: then it is shown to nobody any more.
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
        over = self.expires_on is not None and day > self.expires_on
        return not over and self.repaired_on is None


_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "0X987654321"


def organisation_code_holds(uscc: str) -> bool:
    """Whether characters 9 to 17 of an 18-character USCC are an organisation code whose check digit is right.

    >>> organisation_code_holds("91110000600037341L"), organisation_code_holds("911100006000373420")
    (True, False)
    """
    values = [int(char, 36) for char in uscc[8:16]]
    return _CHECK[sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11] == uscc[16]
