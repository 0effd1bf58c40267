"""What an order is at one moment: its status, what is owed, what runs beside it; and what may be asked of it.

Money, dispute and record stand beside the one flat status, never in it. Source: payscore-anchors.md section 5.1, 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.access import ActorKind
from app.domain.offer import Limits
from app.domain.order_terms import Bill, Payment, Terms
from app.domain.scenario import Path


class Status(StrEnum):
    """Where an order stands."""

    PENDING_CONFIRMATION = "pending_confirmation"
    ACTIVE = "active"
    PAYMENT_DUE = "payment_due"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    CANCELED = "canceled"
    DECLINED = "declined"
    EXPIRED = "expired"
    WRITTEN_OFF = "written_off"


class Outcome(StrEnum):
    """How a completed order was settled."""

    NO_CHARGE = "no_charge"
    PAID = "paid"
    PAID_ELSEWHERE = "paid_elsewhere"
    WAIVED = "waived"


class Action(StrEnum):
    """What may be done to an order; the last four are the clock's alone."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    COMPLETE = "complete"
    EXTEND = "extend"
    AGREE_EXTENSION = "agree-extension"
    REFUSE_EXTENSION = "refuse-extension"
    ADJUST = "adjust"
    PAY = "pay"
    COLLECT = "collect"
    MARK_PAID = "mark-paid"
    WRITE_OFF = "write-off"
    REFUND = "refund"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    EXPIRE = "expire"
    END_PASSED = "end-passed"
    CLOSE = "close"
    FALL_OVERDUE = "fall-overdue"


PENDING, ACTIVE, DUE = (Status.PENDING_CONFIRMATION,), (Status.ACTIVE,), (Status.PAYMENT_DUE,)
LATE, GIVEN_UP, DONE = (Status.OVERDUE,), (Status.WRITTEN_OFF,), (Status.COMPLETED,)
OWED = (*DUE, *LATE)
FINAL = frozenset({Status.COMPLETED, Status.CANCELED, Status.DECLINED, Status.EXPIRED, Status.WRITTEN_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it stands. `version` counts its transitions and numbers its events; amounts are fen.

    `charge` is the id of the payment under way, while which nothing else touches what is owed. `attempts` counts the
    collections that failed, `told_at` is when the citizen last heard of one to come. `held`: how long disputes stopped
    its clocks, `disputed_at` since when one does.
    """

    terms: Terms
    created_at: datetime
    status: Status = Status.PENDING_CONFIRMATION
    path: Path | None = None
    bill: Bill | None = None
    amount_due: int = 0
    amount_paid: int = 0
    amount_collected: int = 0
    amount_refunded: int = 0
    amount_refunding: int = 0
    due_at: datetime | None = None
    outcome: Outcome | None = None
    return_overdue: bool = False
    payment: Payment | None = None
    charge: str | None = None
    attempts: int = 0
    told_at: datetime | None = None
    proposed_end_by: datetime | None = None
    disputed_at: datetime | None = None
    held: timedelta = timedelta(0)
    closed_at: datetime | None = None
    version: int = 1

    @property
    def disputed(self) -> bool:
        """Whether an open dispute stops its clocks, its collection and its record."""
        return self.disputed_at is not None

    @property
    def refundable(self) -> int:
        """What of the money that went through us can still be given back, in fen."""
        return self.amount_collected - self.amount_refunded - self.amount_refunding


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An action that somebody asks for, and what comes with it.

    `path` and `credit` (what the scenario answers at this moment) go with confirm; `bill` and `due_at` with complete;
    `end_by` and `limits` with extend, `end_by` with agree-extension as the end that the citizen has read; `amount`
    (fen) with adjust and refund; `payment` with pay and mark-paid, and with the result of a collection or refund
    that succeeded, `charge` being the payment whose result it is. `reason_code` says why; `version`, where given,
    is the one that the asker has seen.
    """

    action: Action
    actor: ActorKind
    now: datetime
    reason_code: str = ""
    path: Path | None = None
    credit: bool = False
    bill: Bill | None = None
    due_at: datetime | None = None
    end_by: datetime | None = None
    limits: Limits | None = None
    amount: int | None = None
    payment: Payment | None = None
    charge: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an order's history, never changed: from where (None: newly made) to `order`, by whom and why.

    `amount` (fen) is what it moved: paid, given back, taken off what is due, or written off.
    """

    before: Status | None
    order: Order
    action: str
    actor: ActorKind
    reason_code: str
    at: datetime
    event: str
    amount: int = 0
