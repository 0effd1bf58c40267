"""An offer: what one scenario gives in one city, to whom, up to where, and how everyone else gets the service.

An offer is data (scenarios/offers/*.toml), published as it stands: no field of it depends on a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, ClassVar

from app.domain.wording import Words


class OfferError(ValueError):
    """An offer breaks a rule of its own; the message says which."""


@dataclass(frozen=True, slots=True)
class DepositWaiver:
    """免押: the service without the deposit of `amount_fen`."""

    kind: ClassVar[str] = "deposit_waiver"
    amount_fen: int

    def better(self) -> bool:
        """Whether it gives anything."""
        return self.amount_fen > 0


@dataclass(frozen=True, slots=True)
class PayLater:
    """先享后付: the service now, at most `limit_fen` to be paid within `days`."""

    kind: ClassVar[str] = "pay_later"
    limit_fen: int
    days: int

    def better(self) -> bool:
        """Whether it gives anything."""
        return self.limit_fen > 0 and self.days > 0


@dataclass(frozen=True, slots=True)
class Quota:
    """More at a time and for longer: `ordinary_count` → `count` of `unit`, for `ordinary_days` → `days`."""

    kind: ClassVar[str] = "quota"
    unit: str
    ordinary_count: int
    count: int
    ordinary_days: int
    days: int

    def better(self) -> bool:
        """Whether it gives anything, and takes nothing."""
        more, less = (self.count, self.days), (self.ordinary_count, self.ordinary_days)
        return more != less and all(high >= low >= 0 for high, low in zip(more, less, strict=True))


Benefit = DepositWaiver | PayLater | Quota

BENEFITS: dict[str, type[Benefit]] = {kind.kind: kind for kind in (DepositWaiver, PayLater, Quota)}


def benefit_as_json(benefit: Benefit) -> dict[str, Any]:
    """A benefit as it is kept: its kind and its numbers."""
    return {"kind": benefit.kind, **asdict(benefit)}


def benefit_from_json(kept: Mapping[str, Any]) -> Benefit:
    """The benefit that was kept."""
    return BENEFITS[kept["kind"]](**{name: value for name, value in kept.items() if name != "kind"})


PAYMENT_ONLY = (DepositWaiver, PayLater)
"""Benefits that touch a payment's time or a deposit and nothing else (guardrail 2)."""


@dataclass(frozen=True, slots=True)
class OrdinaryPath:
    """普通方式: how anyone gets the same service. `price_fen`: what it asks for beyond the service's own price."""

    text: Words
    steps: tuple[Words, ...]
    price_fen: int
    time: Words


@dataclass(frozen=True, slots=True)
class Limits:
    """The scenario's own caps, alike for everyone: fen an order, days a service may run, orders open at once."""

    amount_fen: int
    service_days: int
    open_orders: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that the citizen declares about himself in this scenario, such as that he holds the city card."""

    code: str
    text: Words


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

    def __post_init__(self) -> None:
        fault = next(_faults(self), None)
        if fault:
            raise OfferError(fault)

    @property
    def order_kind(self) -> str | None:
        """The kind of order it may open, `deposit_waiver` or `pay_later`; None where there is nothing to settle."""
        return self.benefit.kind if isinstance(self.benefit, PAYMENT_ONLY) else None

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
    path, limits = offer.ordinary_path, offer.limits
    for text in offer.texts():
        if not (text.zh.strip() and text.en.strip()):
            yield f"a text is empty in one language: {text}"
        if word := text.harsh_word():
            yield f"a text is not neutral, it says {word!r}"
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
    if min(limits.amount_fen, limits.service_days, limits.open_orders) < 0:
        yield "limits start at 0"
