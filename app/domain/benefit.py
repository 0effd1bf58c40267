"""Benefits (信易+ 优惠): what the credit path gives over the ordinary one, as typed values. Money in fen, time in days.

Each says what everyone gets and what credit gets, so that anyone can see that it gives something and takes nothing.
Source: the generic kinds of domain.md 2.3. FAST_LANE is a Reservation on added capacity; REDEEM a Quota of gifts;
MISSING_DOC_PLEDGE a ReviewSkip, the pledge itself being open to all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from functools import lru_cache
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class DepositWaiver:
    """免押: the service without the deposit of `amount_fen`.

    Where the deposit is one of each `unit`, such as a printer, `amount_fen` is the most for all of them together, and
    one of them costs `each_from_fen` to `each_to_fen`.
    """

    kind: ClassVar[str] = "deposit_waiver"
    amount_fen: int
    unit: str = ""
    each_from_fen: int = 0
    each_to_fen: int = 0

    def better(self) -> bool:
        """Whether it gives anything."""
        return self.amount_fen > 0 and 0 <= self.each_from_fen <= self.each_to_fen <= self.amount_fen


@dataclass(frozen=True, slots=True)
class DepositReduction:
    """减押: of the deposit of `ordinary_fen`, `percent` hundredths are not asked."""

    kind: ClassVar[str] = "deposit_reduction"
    ordinary_fen: int
    percent: int

    @property
    def amount_fen(self) -> int:
        """The part of the deposit that is not asked, in whole fen."""
        return self.ordinary_fen * self.percent // 100

    def better(self) -> bool:
        """Whether it gives anything."""
        return 0 < self.percent <= 100 and self.amount_fen > 0


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


@dataclass(frozen=True, slots=True)
class Term:
    """延时: the same for longer, `ordinary_length` → `length` of `unit` (`minutes`, `hours`, `days`)."""

    kind: ClassVar[str] = "term"
    unit: str
    ordinary_length: int
    length: int

    def better(self) -> bool:
        """Whether it is longer."""
        return 0 <= self.ordinary_length < self.length


@dataclass(frozen=True, slots=True)
class Fee:
    """减费: a fee of `fen` in the place of `ordinary_fen`; 0 is none."""

    kind: ClassVar[str] = "fee"
    ordinary_fen: int
    fen: int

    def better(self) -> bool:
        """Whether it is less."""
        return 0 <= self.fen < self.ordinary_fen


@dataclass(frozen=True, slots=True)
class Price:
    """优惠价: `from_percent` to `to_percent` hundredths of the ordinary price (5-7折 is 50 to 70)."""

    kind: ClassVar[str] = "price"
    from_percent: int
    to_percent: int

    def better(self) -> bool:
        """Whether it is less."""
        return 0 <= self.from_percent <= self.to_percent < 100


@dataclass(frozen=True, slots=True)
class ReviewSkip:
    """免审: ready after `days` in the place of a review of `ordinary_from_days` to `ordinary_days` working days."""

    kind: ClassVar[str] = "review_skip"
    ordinary_from_days: int
    ordinary_days: int
    days: int

    def better(self) -> bool:
        """Whether it is sooner than the soonest review."""
        return 0 <= self.days < self.ordinary_from_days <= self.ordinary_days


@dataclass(frozen=True, slots=True)
class Reservation:
    """预约: `count` of `unit`, such as a seat or a parking space, kept for one up to `ahead_days` ahead, unpaid."""

    kind: ClassVar[str] = "reservation"
    unit: str
    count: int
    ahead_days: int

    def better(self) -> bool:
        """Whether anything is kept."""
        return self.count > 0 and self.ahead_days > 0


Benefit = DepositWaiver | DepositReduction | PayLater | Quota | Term | Fee | Price | ReviewSkip | Reservation

KINDS: tuple[type[Benefit], ...] = (
    *(DepositWaiver, DepositReduction, PayLater),
    *(Quota, Term, Fee, Price, ReviewSkip, Reservation),
)
BENEFITS: dict[str, type[Benefit]] = {kind.kind: kind for kind in KINDS}

PAYMENT_ONLY = (DepositWaiver, DepositReduction, PayLater)
"""Benefits that touch a payment's time or a deposit and nothing else (guardrail 2)."""

ORDER_KINDS: Mapping[str, str] = {
    DepositWaiver.kind: "deposit_waiver",
    DepositReduction.kind: "deposit_waiver",
    PayLater.kind: "pay_later",
    Reservation.kind: "reservation",
}
"""Kind of benefit → kind of the order that it may open; the others have nothing to settle."""


def benefit_as_json(benefit: Benefit) -> dict[str, Any]:
    """A benefit as it is kept: its kind and its numbers, without those that stand at their default."""
    return dict(_kept(benefit))


@lru_cache(maxsize=1024)
def _kept(benefit: Benefit) -> tuple[tuple[str, Any], ...]:
    unsaid = {field.name: field.default for field in fields(benefit) if field.default is not MISSING}
    said = {name: value for name, value in asdict(benefit).items() if name not in unsaid or value != unsaid[name]}
    return tuple({"kind": benefit.kind, **said}.items())


def benefit_from_json(kept: Mapping[str, Any]) -> Benefit:
    """The benefit that was kept."""
    return BENEFITS[kept["kind"]](**{name: value for name, value in kept.items() if name != "kind"})
