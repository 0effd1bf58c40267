"""Every (status, action, actor) of the order's machine: the written table, and a refusal for every other pair.

Written by hand from payscore-anchors.md 5.3, at three moments: within every window, five days on, and after the last
day of collecting; each with and without an open dispute, which takes away what is marked `calm` and opens `disputed`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import TABLE, Action, Status, allowed_actions, decide
from tests.support.order_makers import NOW, ask, in_status

ACTORS = ("citizen", "partner", "department", "operator", "system")

IN_TIME = """
pending_confirmation  confirm           citizen   active         order.confirmed            any
pending_confirmation  decline           citizen   declined       order.declined             any
pending_confirmation  cancel            citizen   canceled       order.canceled             any
pending_confirmation  cancel            partner   canceled       order.canceled             any
active                cancel            citizen   canceled       order.canceled             any
active                agree-extension   citizen   active         order.extended             any
active                refuse-extension  citizen   active         order.extension_refused    any
"""
LATE = """
pending_confirmation  expire            system    expired        order.expired              any
active                agree-extension   citizen   active         order.extended             any
active                refuse-extension  citizen   active         order.extension_refused    any
active                end-passed        system    active         order.end_passed           any
payment_due           fall-overdue      system    overdue        order.overdue              calm
overdue               collect           partner   completed      order.paid                 calm
"""
AFTER_COLLECTING = """
pending_confirmation  expire            system    expired        order.expired              any
active                end-passed        system    active         order.end_passed           any
payment_due           fall-overdue      system    overdue        order.overdue              calm
overdue               write-off         system    written_off    order.written_off          calm
"""
ALWAYS = """
active                cancel            partner   canceled       order.canceled             any
active                complete          partner   payment_due    order.payment_due          any
active                extend            partner   active         order.extension_proposed   any
payment_due           adjust            partner   payment_due    order.adjusted             any
payment_due           mark-paid         partner   completed      order.paid                 any
payment_due           pay               citizen   completed      order.paid                 any
overdue               adjust            partner   overdue        order.adjusted             any
overdue               mark-paid         partner   completed      order.paid                 any
overdue               pay               citizen   completed      order.paid                 any
overdue               write-off         partner   written_off    order.written_off          calm
completed             refund            partner   completed      refund.succeeded           any
active                close             operator  completed      order.completed            disputed
completed             refund            operator  completed      refund.succeeded           disputed
written_off           mark-paid         partner   written_off    order.paid                 any
written_off           pay               citizen   written_off    order.paid                 any
active                dispute           citizen   active         dispute.opened             calm
payment_due           dispute           citizen   payment_due    dispute.opened             calm
overdue               dispute           citizen   overdue        dispute.opened             calm
completed             dispute           citizen   completed      dispute.opened             calm
payment_due           adjust            operator  payment_due    order.adjusted             disputed
overdue               adjust            operator  overdue        order.adjusted             disputed
"""
SETTLED_BY = ("citizen", "partner", "operator", "system")
RESOLVED = "".join(
    f"{status} resolve {actor} {status} dispute.resolved disputed\n"
    for status, actor in product(
        ("active", "payment_due", "overdue", "completed", "canceled", "written_off"), SETTLED_BY
    )
)

TIMES = {
    "in time": (NOW, IN_TIME),
    "late": (NOW + timedelta(days=3, hours=1), LATE),
    "after collecting": (NOW + timedelta(days=34), AFTER_COLLECTING),
}
MOODS = ("calm", "disputed")


def written(when, mood):
    """(status, action, actor) → (status, event), as written above for this moment and mood."""
    rows = (line.split() for line in (TIMES[when][1] + ALWAYS + RESOLVED).split("\n") if line)
    return {tuple(pair): (to, event) for *pair, to, event, on in rows if on in ("any", mood)}


def _order(status, mood):
    return in_status(status) if mood == "calm" else replace(in_status(status), disputed_at=NOW)


SETTINGS = list(product(TIMES, MOODS))


@pytest.mark.parametrize(("when", "mood"), SETTINGS)
@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_a_pair_makes_its_one_transition_or_says_what_is_allowed(status, action, when, mood):
    now, order = TIMES[when][0], _order(status, mood)
    for actor in ACTORS:
        expected = written(when, mood).get((status, action, actor))
        wish = ask(action, ActorKind(actor), now=now)
        if expected is None:
            with pytest.raises(Refusal) as refused:
                decide(order, wish)
            assert refused.value.code == "state-conflict", actor
            assert refused.value.allowed_actions == allowed_actions(order, ActorKind(actor), now)
            continue
        step = decide(order, wish)
        assert (step.order.status, step.event) == expected
        assert (step.before, step.action, step.actor, step.at) == (status, action, actor, now)
        assert step.order.version == order.version + 1


@pytest.mark.parametrize(("when", "mood"), SETTINGS)
@pytest.mark.parametrize("actor", ACTORS)
def test_allowed_actions_are_the_table_s(when, mood, actor):
    for status in Status:
        expected = {action for at, action, who in written(when, mood) if (at, who) == (status, actor)}
        assert set(allowed_actions(_order(status, mood), ActorKind(actor), TIMES[when][0])) == expected


def test_every_row_of_the_code_is_written_here():
    here = {pair for when, mood in SETTINGS for pair in written(when, mood)}
    coded = {(status, rule.action, rule.actor) for rule in TABLE for status in rule.sources}
    elsewhere = {  # the clock's collect and close, and a refund of a written-off order: test_order_collection.py
        ("overdue", "collect", "system"),
        ("active", "close", "system"),
        ("written_off", "refund", "partner"),
        ("written_off", "refund", "operator"),
    }
    assert coded - elsewhere == here


def test_a_final_status_is_left_by_nobody():
    finals = {"completed", "canceled", "declined", "expired", "written_off"}
    for when, mood in SETTINGS:
        moved = {(before, to) for (before, _, _), (to, _) in written(when, mood).items() if before in finals}
        assert all(before == to for before, to in moved)


def test_there_is_no_cancelling_after_completion():
    assert "cancel" not in allowed_actions(in_status(Status.PAYMENT_DUE), ActorKind.PARTNER, NOW)


def test_there_is_no_raising_and_no_deleting():
    assert not {"raise", "delete", "reopen"} & {action.value for action in Action}
