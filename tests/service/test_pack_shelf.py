"""The shelf: the same version in force in every process from the same midnight, whatever lies in the table."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.pack_file import parse_pack
from app.services import pack_effect, pack_views
from app.services.pack_shelf import Shelf
from app.store import enrolments, events, packs
from app.store.packs import SCHEDULED, PackVersion
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.members import make_member
from tests.support.publishing import next_text, tiny_text

DAY = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""The first moment of `DAY` in Shanghai."""


def put(session: Session, kit: Kit, text: str, *, broken: str | None = None, **more: Any) -> PackVersion:
    """A version that was approved, in force from `DAY` on; `broken`: what the table holds in its place."""
    pack = parse_pack(text, kit.packs)
    said = {"status": SCHEDULED, "effective_on": DAY, **more}
    row = packs.add(session, pack, text=broken or text, sha256="0", proposed_by="opr", now=kit.clock(), **said)
    assert row is not None
    session.commit()
    return row


def test_a_version_is_in_force_from_midnight_in_shanghai(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, next_text())
    clock.moment = MIDNIGHT.replace(hour=15, minute=59, second=59)
    assert (kit.packs["egret"].version, kit.packs.version("egret", 2) is not None) == (1, True)
    clock.advance(seconds=1)
    assert kit.packs["egret"].version == 2
    assert [pack.version for pack in kit.packs.versions("egret")] == [1, 2]


def test_what_was_withdrawn_in_the_last_second_is_not_in_force(session: Session, kit: Kit, clock: Clock) -> None:
    row = put(session, kit, next_text())
    clock.moment = MIDNIGHT.replace(hour=15, minute=59, second=30)
    assert kit.packs["egret"].version == 1
    row.status = "withdrawn"
    session.commit()
    clock.advance(seconds=30)
    assert kit.packs["egret"].version == 1


def test_it_is_looked_up_once_a_minute(session: Session, kit: Kit, clock: Clock) -> None:
    clock.moment = MIDNIGHT
    before = kit.packs
    put(session, kit, next_text())
    assert kit.packs is before
    clock.advance(minutes=1)
    assert kit.packs["egret"].version == 2


@pytest.mark.parametrize("broken", ["version = ", 'code = "egret"', next_text().replace("base = 600", "base = 1")])
def test_a_text_that_cannot_be_read_any_more_takes_nothing_down(
    session: Session, kit: Kit, clock: Clock, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(session, kit, next_text(), broken=broken)
    put(session, kit, tiny_text())
    clock.moment = MIDNIGHT
    assert (kit.packs["egret"].version, "tiny" in kit.packs) == (1, True)
    assert "cannot be read" in caplog.text


def test_of_packs_that_tell_of_one_fact_differently_the_newest_is_left_out_and_every_other_holds(
    session: Session, kit: Kit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    put(session, kit, next_text())
    late = put(session, kit, tiny_text(1, ('code = "penalty"', 'code = "honour"')))
    clock.moment = MIDNIGHT
    assert "tiny" not in kit.packs
    assert kit.packs["egret"].version == 2
    assert "tiny 1 does not go together" in caplog.text
    told = pack_views.view(session, kit.packs, late, MIDNIGHT)
    assert (told["status"], told["allowed_actions"]) == ("scheduled", []), "in force is said of what is"


def test_a_version_of_an_older_release_is_read_beside_its_own_base(session: Session, kit: Kit, clock: Clock) -> None:
    """The base that ships now is another version; the one that was kept is what counts, in force or not."""
    packs.add(
        session, kit.packs["national"], text=next_text("national", 1), sha256="0", proposed_by="", now=kit.clock()
    )
    put(session, kit, next_text())
    later = {**kit.shelf.shipped, "national": replace(kit.packs["national"], version=2, catalogue=())}
    clock.moment = MIDNIGHT
    egret = replace(kit, shelf=Shelf(later)).packs["egret"]
    assert (egret.version, egret.extends_version) == (2, 1)
    assert egret == kit.packs["egret"]


def test_while_the_database_is_away_what_was_known_is_in_force(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, next_text())
    clock.advance(minutes=1)
    assert kit.packs["egret"].version == 1

    def away() -> AbstractContextManager[NoReturn]:
        raise OperationalError(None, None, Exception())

    lost = replace(kit, statements=away)
    clock.moment = MIDNIGHT
    assert lost.packs["egret"].version == 2, "the day comes all the same"
    with pytest.raises(OperationalError):
        replace(lost, shelf=Shelf(dict(kit.packs))).packs  # noqa: B018 - the look is what fails


def test_a_city_is_told_and_made_due_part_by_part(session: Session, kit: Kit, clock: Clock) -> None:
    members = [make_member(session, kit, serial=serial) for serial in range(1, 31)]
    words = {"notice_zh": "改", "notice_en": "Changed", "event_id": "evt_1"}
    put(session, kit, next_text(), parts=3, told=0, marked=0, **words)
    steps = 0
    while pack_effect.step(session, kit.packs, kit.clock()):
        session.commit()
        steps += 1
    assert steps == 3
    assert [len(events.listed(session, each, before=None, limit=9)) for each in members] == [1] * 30
    clock.moment = MIDNIGHT
    assert pack_effect.step(session, kit.packs, clock()) == 1
    some = [each for each in members if _due(session, each) == DAY]
    assert 0 < len(some) < 30
    assert pack_effect.step(session, kit.packs, clock()) + pack_effect.step(session, kit.packs, clock()) == 2
    assert pack_effect.step(session, kit.packs, clock()) == 0
    assert {_due(session, each) for each in members} == {DAY}


def _due(session: Session, citizen_id: str) -> date | None:
    session.expire_all()
    enrolment = enrolments.get(session, citizen_id)
    return enrolment.due_on if enrolment else None
