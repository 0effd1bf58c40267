"""Every (status, action, actor) of the order's machine: the written table, and a refusal for every other pair."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Status, allowed_actions, decide
from tests.support.order_makers import NOW, ask, in_status

ACTORS = ("citizen", "partner", "department", "operator", "system")

IN_TIME = """
pending_confirmation  confirm       citizen  active                order.confirmed
pending_confirmation  decline       citizen  declined              order.declined
pending_confirmation  cancel        citizen  canceled              order.canceled
pending_confirmation  cancel        partner  canceled              order.canceled
active                cancel        citizen  canceled              order.canceled
active                cancel        partner  canceled              order.canceled
active                complete      partner  payment_due           order.payment_due
payment_due           adjust        partner  payment_due           order.adjusted
payment_due           mark-paid     partner  completed             order.paid
payment_due           pay           citizen  completed             order.paid
overdue               adjust        partner  overdue               order.adjusted
overdue               mark-paid     partner  completed             order.paid
overdue               pay           citizen  completed             order.paid
"""

LATE = """
pending_confirmation  expire        system   expired               order.expired
active                cancel        partner  canceled              order.canceled
active                complete      partner  payment_due           order.payment_due
active                end-passed    system   active                order.end_passed
payment_due           adjust        partner  payment_due           order.adjusted
payment_due           mark-paid     partner  completed             order.paid
payment_due           pay           citizen  completed             order.paid
payment_due           fall-overdue  system   overdue               order.overdue
overdue               adjust        partner  overdue               order.adjusted
overdue               mark-paid     partner  completed             order.paid
overdue               pay           citizen  completed             order.paid
"""

TIMES = {"in time": (NOW, IN_TIME), "late": (NOW + timedelta(days=5), LATE)}


def _table(text):
    rows = (line.split() for line in text.split("\n") if line)
    return {(status, action, actor): (to, event) for status, action, actor, to, event in rows}


PAIRS = [
    pytest.param(*pair, when, id="-".join((*pair, when))) for pair in product(Status, Action, ACTORS) for when in TIMES
]


@pytest.mark.parametrize(("status", "action", "actor", "when"), PAIRS)
def test_a_pair_makes_its_one_transition_or_says_what_is_allowed(status, action, actor, when):
    now, text = TIMES[when]
    order = in_status(status)
    expected = _table(text).get((status, action, actor))
    if expected is None:
        with pytest.raises(Refusal) as refused:
            decide(order, ask(action, ActorKind(actor), now=now))
        assert refused.value.code == "state-conflict"
        assert refused.value.allowed_actions == allowed_actions(order, ActorKind(actor), now)
        return
    step = decide(order, ask(action, ActorKind(actor), now=now))
    assert (step.order.status, step.event) == expected
    assert (step.before, step.action, step.actor, step.at) == (status, action, actor, now)
    assert step.order.version == order.version + 1


@pytest.mark.parametrize(("when", "actor"), list(product(TIMES, ACTORS)))
def test_allowed_actions_are_the_table_s(when, actor):
    now, text = TIMES[when]
    for status in Status:
        expected = {action for at, action, who in _table(text) if (at, who) == (status, actor)}
        assert set(allowed_actions(in_status(status), ActorKind(actor), now)) == expected


def test_final_states_are_left_by_nobody():
    finals = {"completed", "canceled", "declined", "expired", "written_off"}
    for _, text in TIMES.values():
        assert not finals & {status for status, _, _ in _table(text)}


def test_there_is_no_cancelling_after_completion():
    assert "cancel" not in allowed_actions(in_status(Status.PAYMENT_DUE), ActorKind.PARTNER, NOW)
