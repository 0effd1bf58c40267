"""The life of a signing key, from its times alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import credential
from app.domain.signing_key import USES, Life, State, states
from app.services import card_tokens, eligibility
from auth import tokens
from auth.realname.credentials import ASSERTION_SECONDS

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
NEXT = BEGAN + timedelta(days=90)
FIRST, SECOND = Life("first", "token", BEGAN), Life("second", "token", NEXT)
VERIFIES = USES["token"].verifies


@pytest.mark.parametrize(
    ("at", "first", "second"),
    [
        (NEXT - timedelta(seconds=1), State.SIGNING, State.ANNOUNCED),
        (NEXT, State.RETIRED, State.SIGNING),
        (NEXT + VERIFIES - timedelta(seconds=1), State.RETIRED, State.SIGNING),
        (NEXT + VERIFIES, State.WITHDRAWN, State.SIGNING),
    ],
)
def test_a_key_is_announced_signs_is_retired_and_withdrawn(at: datetime, first: State, second: State) -> None:
    assert states([FIRST, SECOND], at) == {"first": first, "second": second}


def test_a_key_that_others_announced_signs_where_the_clock_was_set_back() -> None:
    assert states([FIRST, SECOND], BEGAN - timedelta(days=1)) == {"first": State.SIGNING, "second": State.ANNOUNCED}


def test_nothing_signs_in_place_of_a_key_that_was_stolen() -> None:
    stolen = replace(SECOND, withdrawn_at=NEXT + timedelta(minutes=5))
    assert states([FIRST, stolen], NEXT + timedelta(minutes=6)) == {"first": State.RETIRED, "second": State.WITHDRAWN}


def test_a_key_withdrawn_before_it_signed_took_over_from_no_one() -> None:
    never = replace(SECOND, withdrawn_at=NEXT - timedelta(days=1))
    assert states([FIRST, never], NEXT + timedelta(days=30))["first"] is State.SIGNING


def test_a_key_retired_by_hand_verifies_on_from_that_moment() -> None:
    retired = replace(FIRST, retired_at=BEGAN + timedelta(days=1))
    assert states([retired], BEGAN + timedelta(days=1))["first"] is State.RETIRED
    assert states([retired], BEGAN + timedelta(days=1) + VERIFIES)["first"] is State.WITHDRAWN


def test_uses_do_not_meet() -> None:
    other = Life("other", "card", NEXT)
    assert states([FIRST, other], NEXT) == {"first": State.SIGNING, "other": State.SIGNING}


@pytest.mark.parametrize(
    ("use", "longest"),
    [
        ("token", tokens.LIFETIME),
        ("decision", eligibility.VALID),
        ("card", card_tokens.LONGEST + card_tokens.CLOCK_SKEW),
        ("credential", timedelta(days=credential.LONGEST_DAYS + 1)),
        ("upstream", timedelta(seconds=ASSERTION_SECONDS)),
    ],
)
def test_a_retired_key_outlives_the_last_thing_that_it_signed(use: str, longest: timedelta) -> None:
    assert USES[use].verifies >= longest + timedelta(minutes=5)
