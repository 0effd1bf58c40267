"""A year in the life of a small city: every promise is kept on every night of it, and it can be lived again.

Its clock moves by itself; people, departments and the office act through the services, the worker by its ticks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.factory import build_kit
from app.store import embedded
from app.store.pool import engine_on
from tests.conftest import Clock
from tests.support.databases import own_name
from tests.support.publishing import next_text
from tests.year import promises, rights, state
from tests.year.town import Town, founded

SEED, PEOPLE, DAYS = 2027, 22, 366
MIDNIGHT = datetime(2027, 1, 3, 16, 10, tzinfo=UTC)
"""Ten past midnight in Shanghai, on the first day."""
VOLUNTEERING = 'items = [{ code = "volunteer_service", centipoints = 300 }]'
PROPOSED, PUBLISHED, NOTICE = 150, 152, 14
RUNS = (98, PUBLISHED + NOTICE, 301)
"""Days on which whole cities are scored at once; on the second everybody is due: the new rules begin."""
HAPPENED = (
    "joined", "left", "accepted", "corrected", "duplicates", "refused", "not_stored", "entered", "taken back",
    "stated", "rules published", "dsp upheld", "dsp corrected", "dsp withdrawn", "dsp retracted", "dsp overdue",
    "rpr repaired", "rpr refused", "rev stands", "rev changed", "scored by a run", "repair: repair-too-early",
)  # fmt: skip
KINDS = ("received", "corrected", "withdrawn", "disputed", "upheld", "dispute_retracted", "repaired", "expired")


def comings_and_goings(town: Town, day: int) -> None:
    """Who joins, leaves or comes back on a day of the year."""
    for who in town.everyone:
        if day in (who.joins, who.returns):
            town.join(who)
        elif day == who.leaves:
            town.leave(who)


def news(town: Town, day: int) -> None:
    """What departments learn, find wrong, tell by the API, take back, and hand in as files."""
    codes, draw = sorted(town.books), town.random.random
    one = town.books[town.random.choice(codes)]
    for _ in range(town.random.randrange(3)):
        one.learn(town.random, town.random.choice(town.everyone), town.today, town.today)
    if draw() < 0.2:
        town.mend(one)
    if draw() < 0.12:
        town.increment(one)
    if draw() < 0.08:
        town.take_back(one)
    if day % 8 == 4:
        town.hand_in(town.books[codes[day // 8 % len(codes)]])
    if town.today.day < 3:
        town.hand_in(town.books[codes[town.today.month % len(codes)]], whole=True)


def asked_and_answered(town: Town) -> None:
    """What people ask for, and the answers whose day has come."""
    chances = ((rights.dispute, 0.25), (rights.repair, 0.2), (rights.state, 0.08), (rights.review, 0.08))
    for ask, chance in chances:
        if town.random.random() < chance:
            ask(town)
    rights.answer_due(town)


def rules(town: Town, day: int) -> None:
    """The city counts volunteering for more: simulated, announced, in force on its day."""
    if day == PROPOSED:
        rights.propose_rules(town, next_text("egret", 2, (VOLUNTEERING, VOLUNTEERING.replace("300", "900"))))
    if day == PUBLISHED:
        rights.publish_rules(town, "egret", 2, NOTICE)


def lived(town: Town, *, watched: bool) -> dict[str, Any]:
    """The whole year, and all that is left of it; `watched`: every promise is looked after on every night.

    A night on which nothing is due is passed over; on every seventh such, nothing may happen.
    """
    for day in range(DAYS):
        last = day == DAYS - 1
        if town.due() or last or day in RUNS:
            if day in RUNS:
                rights.run_over_everyone(town)
            town.night()
            if watched:
                promises.hold(town, whole=last or day in RUNS)
        elif day % 7 == 0 and watched:
            before = state.scored(town)
            town.night()
            assert state.scored(town) == before, "nothing was due"
            promises.hold(town, whole=False)
        live(town, day)
        town.clock.moment = MIDNIGHT + timedelta(days=day + 1)
    promises.the_gone_are_forgotten(town)
    return state.told(town)


def live(town: Town, day: int) -> None:
    """What happens at ten in the morning, every second day."""
    town.clock.moment = MIDNIGHT + timedelta(days=day, hours=10)
    if day % 2 == 0:
        comings_and_goings(town, day)
        news(town, day)
        asked_and_answered(town)
        rules(town, day)
        town.settle()


@pytest.fixture
def years(server: str, template: str, settings: Settings, tmp_path: Path) -> Iterator[list[Town]]:
    """The same city twice, each in a database of its own."""
    towns = []
    for name in ("year1", "year2"):
        clock, folder = Clock(MIDNIGHT), tmp_path / name
        folder.mkdir()
        engine = engine_on(embedded.create_database(server, own_name(name), template), 4)
        kit = build_kit(settings, engine=engine, clock=clock)
        towns.append(founded(kit, clock, folder, seed=SEED, people=PEOPLE))
    yield towns
    for name, town in zip(("year1", "year2"), towns, strict=True):
        town.kit.engine.dispose()
        embedded.drop_database(server, own_name(name))


def test_a_year_keeps_every_promise_and_can_be_lived_again(years: list[Town]) -> None:
    one, other = lived(years[0], watched=True), lived(years[1], watched=False)
    assert state.digest(one) == state.digest(other), [part for part in one if one[part] != other[part]]
    assert not [what for what in HAPPENED if not one["tally"].get(what)], one["tally"]
    assert not [kind for kind in KINDS if not any(f'"{kind}"' in event for event in one["events"])], "it all happened"
    assert [change for change in one["snapshots"] if '"pack"]' in change], "the new rules were felt"
    assert one["deletions"]
