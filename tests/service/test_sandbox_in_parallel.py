"""A sandbox under parallel calls: its bounds hold, and its clock adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import sandbox_citizens, sandbox_clock
from app.services.sandbox_citizens import Maker
from app.store import partners, sandbox
from app.web.kit import EXTENSION, Kit
from tests.support.sandbox import BIKE

AT_ONCE = 8


@pytest.fixture
def kit(real_app: Flask) -> Kit:
    found: Kit = real_app.extensions[EXTENSION]
    return found


@pytest.fixture
def partner_id(kit: Kit) -> str:
    with kit.sessions.begin() as session:
        named = {"name_zh": "商户", "name_en": "Shop", "scenarios": [BIKE]}
        return partners.add(session, **named, livemode=False, now=kit.clock()).id


def _make(kit: Kit, session: Session, partner_id: str) -> None:
    maker = Maker(kit.registry, kit.packs, kit.pii, kit.clock())
    sandbox_citizens.create(session, maker, partner_id, scenario=BIKE, outcome="credit", consent=True)


def test_parallel_makers_keep_to_the_bound(kit: Kit, partner_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_citizens, "MOST", 3)

    def act(_: int) -> str:
        try:
            with kit.sessions.begin() as session:
                _make(kit, session, partner_id)
        except Refusal as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = Counter(pool.map(act, range(AT_ONCE)))
    assert done == {"made": 3, "sandbox-citizens-full": AT_ONCE - 3}


def patiently(act: Callable[[], None]) -> None:
    """As a partner does that is told that its sandbox is being moved: again."""
    while True:
        try:
            return act()
        except Refusal as refusal:
            if refusal.code != "sandbox-busy":
                raise


def test_nobody_waits_for_a_sandbox_that_is_being_moved(kit: Kit, partner_id: str) -> None:
    """It takes seconds, and whoever waited would keep a connection that live partners need."""
    with kit.sessions.begin() as moving, kit.sessions() as session:
        sandbox_clock.advance(moving, partner_id, timedelta(hours=1), kit.clock())
        for asks in (
            lambda: _make(kit, session, partner_id),
            lambda: sandbox_clock.advance(session, partner_id, timedelta(hours=1), kit.clock()),
            lambda: sandbox_citizens.reset(session, partner_id, kit.clock()),
        ):
            with pytest.raises(Refusal, match="sandbox-busy"):
                asks()
    with kit.sessions.begin() as session:
        _make(kit, session, partner_id)


def test_parallel_advances_add_up(kit: Kit, partner_id: str) -> None:
    with kit.sessions.begin() as session:
        _make(kit, session, partner_id)

    def act() -> None:
        with kit.sessions.begin() as session:
            sandbox_clock.advance(session, partner_id, timedelta(hours=1), kit.clock())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: patiently(act), range(AT_ONCE)))
    with kit.sessions() as session:
        assert sandbox.offset(session, partner_id) == timedelta(hours=AT_ONCE)


def test_a_removal_waits_for_whoever_acts_and_leaves_nothing(kit: Kit, partner_id: str) -> None:
    """Makers and one who resets at once: what is left afterwards is whole, and a second reset takes it all."""

    def act(number: int) -> None:
        with kit.sessions.begin() as session:
            if number % 3:
                _make(kit, session, partner_id)
            else:
                sandbox_citizens.reset(session, partner_id, kit.clock())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: patiently(lambda: act(number)), range(12)))
    with kit.sessions.begin() as session:
        left = sandbox.count(session, partner_id)
        assert sandbox_citizens.reset(session, partner_id, kit.clock()) == left
        assert sandbox.count(session, partner_id) == 0
