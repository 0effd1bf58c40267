"""An offer: what one scenario gives in one city, to whom, up to where, and how everyone else gets the service.

An offer is data (scenarios/offers/*.toml), published as it stands: no field of it depends on a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.benefit import (
    BENEFITS,
    ORDER_KINDS,
    PAYMENT_ONLY,
    Benefit,
    DepositReduction,
    DepositWaiver,
    Fee,
    PayLater,
    Price,
    Quota,
    Reservation,
    ReviewSkip,
    Term,
    benefit_as_json,
    benefit_from_json,
)
from app.domain.wording import Words

__all__ = [
    "BENEFITS",
    "PAYMENT_ONLY",
    "Benefit",
    "Condition",
    "DepositReduction",
    "DepositWaiver",
    "Fee",
    "Group",
    "Limits",
    "Offer",
    "OfferError",
    "OrdinaryPath",
    "PayLater",
    "Price",
    "Quota",
    "Reservation",
    "ReviewSkip",
    "Standing",
    "Subject",
    "Term",
    "benefit_as_json",
    "benefit_from_json",
]


class OfferError(ValueError):
    """An offer breaks a rule of its own; the message says which."""


class Group(StrEnum):
    """The 信易+ group under which people look for it: 信易批, 租, 行, 游, 医, 阅, 购; `other` where none fits."""

    APPROVE = "approve"
    RENT = "rent"
    TRAVEL = "travel"
    TOUR = "tour"
    MEDICAL = "medical"
    READ = "read"
    SHOP = "shop"
    OTHER = "other"


class Subject(StrEnum):
    """Whose score is read, always by that person's own consent: for oneself, for one's household or one's firm."""

    OWN = "own"
    HOUSEHOLD_MEMBER = "household_member"
    LEGAL_REPRESENTATIVE = "legal_representative"


@dataclass(frozen=True, slots=True)
class OrdinaryPath:
    """普通方式: how anyone gets the same service. `price_fen`: what it asks for beyond the service's own price."""

    text: Words
    steps: tuple[Words, ...]
    price_fen: int
    time: Words


@dataclass(frozen=True, slots=True)
class Standing:
    """Up to where a citizen may agree beforehand that orders start without a confirmation each time, in fen."""

    per_order_fen: int
    per_day_fen: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The scenario's own caps, alike for everyone: fen an order, days a service may run, orders open at once.

    `daily`: how many orders on credit the whole offer has in a day (Asia/Shanghai), None where it is not limited.
    `standing`: None where each order is confirmed by its citizen.
    """

    amount_fen: int
    service_days: int
    open_orders: int
    daily: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that the citizen declares about himself in this scenario, such as that he holds the city card.

    `needed` says that without it the answer is the ordinary way.
    """

    code: str
    text: Words
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One scenario in one city: from `threshold` on, in points of the `packs`, and open to their citizens alone.

    `illustrative` names the numbers that no source gives and that the city must set. Raises OfferError when made
    against the rules: neutral words, an ordinary path, payment alone touched in a basic public service.
    """

    code: str
    family: str
    version: int
    city: str
    packs: tuple[str, ...]
    name: Words
    service: Words
    threshold: int
    benefit: Benefit
    limits: Limits
    ordinary_path: OrdinaryPath
    basic_public_service: bool
    valid_from: date
    legal_basis: str
    source: str
    conditions: tuple[Condition, ...] = ()
    illustrative: tuple[str, ...] = ()
    valid_until: date | None = None
    group: Group = Group.OTHER
    subject: Subject = Subject.OWN

    def __post_init__(self) -> None:
        fault = next(_faults(self), None)
        if fault:
            raise OfferError(fault)

    @property
    def order_kind(self) -> str | None:
        """`deposit_waiver`, `pay_later` or `reservation`: the kind of order it may open; None where it opens none."""
        return ORDER_KINDS.get(self.benefit.kind)

    @property
    def needed(self) -> frozenset[str]:
        """The codes of the conditions without which the answer is the ordinary way."""
        return frozenset(condition.code for condition in self.conditions if condition.needed)

    @property
    def scope(self) -> str:
        """The OAuth scope of a consent to it (api.md, Identity)."""
        return f"eligibility:{self.code}"

    def in_force(self, day: date) -> bool:
        """Whether it is offered on `day`; `valid_until` is the first day that it is not."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def texts(self) -> Iterator[Words]:
        """Every text of it that a person reads."""
        path = self.ordinary_path
        yield from (self.name, self.service, path.text, path.time, *path.steps)
        yield from (condition.text for condition in self.conditions)


def _faults(offer: Offer) -> Iterator[str]:
    path = offer.ordinary_path
    yield from _spoken_badly(offer.texts())
    if not path.steps or path.price_fen < 0:
        yield "the ordinary path needs steps and a price of 0 fen or more"
    if not offer.packs:
        yield "it names no score pack"
    if offer.threshold < 0 or offer.version < 1:
        yield "threshold starts at 0, version at 1"
    if not offer.benefit.better():
        yield "the benefit gives nothing over the ordinary path"
    if offer.basic_public_service and not isinstance(offer.benefit, PAYMENT_ONLY):
        yield "in a basic public service only a payment's time or the deposit may differ"
    if offer.subject is not Subject.OWN and not offer.needed:
        yield "for a household or a firm, the person whose score is read says so by a needed condition"
    yield from _unsound(offer.limits)


def _spoken_badly(texts: Iterable[Words]) -> Iterator[str]:
    for text in texts:
        if not (text.zh.strip() and text.en.strip()):
            yield f"a text is empty in one language: {text}"
        if word := text.harsh_word():
            yield f"a text is not neutral, it says {word!r}"


def _unsound(limits: Limits) -> Iterator[str]:
    if min(limits.amount_fen, limits.service_days, limits.open_orders, limits.daily or 0) < 0:
        yield "limits start at 0"
    if limits.standing and not 0 < limits.standing.per_order_fen <= limits.standing.per_day_fen:
        yield "standing orders need a cap for an order, and one for a day that is not below it"
