"""The shelf of offers: one version of each in force in every process from one midnight, whatever lies in the table."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.offer import Offer
from app.domain.offer_file import offer_text, parse_offer
from app.services.offer_shelf import OfferShelf
from app.store.offers import VERSIONS, OfferVersion
from app.store.versions import SCHEDULED
from app.web.kit import Kit
from tests.conftest import Clock

DAY = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""The first moment of `DAY` in Shanghai."""
BIKE = "xm-bike-rental"


def put(session: Session, kit: Kit, offer: Offer, *, broken: str | None = None, **more: Any) -> OfferVersion:
    """A version that was approved, in force from `DAY` on; `broken`: what the table holds in its place."""
    named = {"code": offer.code, "version": offer.version, "city": offer.city, "cities": [offer.city]}
    said = {"status": SCHEDULED, "effective_on": DAY, **named, **more}
    text = broken or offer_text(offer)
    values = VERSIONS.values(text=text, sha256="0", proposed_by="opr", now=kit.clock(), **said)
    (row,) = VERSIONS.add(session, values)
    session.commit()
    return row


def following(kit: Kit, code: str = BIKE, **changes: Any) -> Offer:
    """The next version of an offer that ships."""
    shipped: Offer = kit.offers.shipped.offer(code)
    return replace(shipped, version=shipped.version + 1, **changes)


def test_every_offer_that_ships_reads_as_itself(kit: Kit) -> None:
    for offer in kit.offers.shipped.offers():
        assert parse_offer(offer_text(offer)) == offer


def test_a_version_is_in_force_from_midnight_in_shanghai(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, following(kit, threshold=620))
    clock.moment = MIDNIGHT.replace(hour=15, minute=59, second=59)
    assert kit.registry.offer(BIKE).version == 1
    clock.advance(seconds=1)
    assert (kit.registry.offer(BIKE).threshold, kit.registry.rule(BIKE)) == (620, "bikes 1.0, offer 2")


def test_it_is_looked_up_once_a_minute(session: Session, kit: Kit, clock: Clock) -> None:
    clock.moment = MIDNIGHT
    before = kit.registry
    put(session, kit, following(kit))
    assert kit.registry is before
    clock.advance(minutes=1)
    assert kit.registry.offer(BIKE).version == 2


def test_two_processes_read_the_same_in_the_same_minute(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, following(kit, threshold=620))
    other = replace(kit, offers=OfferShelf(kit.offers.shipped))
    for clock.moment in (MIDNIGHT, MIDNIGHT.replace(day=30, month=12)):
        assert kit.registry.offers() == other.registry.offers()


@pytest.mark.parametrize("broken", ["version = ", "[a]\nb = 1", 'city = "x"', "[" * 900])
def test_a_text_that_cannot_be_read_any_more_takes_nothing_down(
    session: Session, kit: Kit, clock: Clock, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    others = [offer for offer in kit.registry.offers() if offer.code != BIKE]
    put(session, kit, following(kit, threshold=620))
    put(session, kit, replace(following(kit), version=3), broken=broken)
    clock.moment = MIDNIGHT
    assert kit.registry.offer(BIKE).threshold == 620
    assert [offer for offer in kit.registry.offers() if offer.code != BIKE] == others
    assert "cannot be read" in caplog.text


def test_a_version_whose_family_is_not_installed_leaves_the_one_before_it(
    session: Session, kit: Kit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    put(session, kit, following(kit, threshold=620))
    put(session, kit, replace(following(kit), version=3, family="balloons"))
    clock.moment = MIDNIGHT
    assert kit.registry.offer(BIKE).version == 2
    assert "balloons" in caplog.text
    assert len(kit.registry.offers()) == len(kit.offers.shipped.offers())


def test_a_new_offer_joins_the_others_and_an_ended_one_stays_known(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, replace(following(kit), code="xm-bike-night", version=1))
    put(session, kit, following(kit, valid_until=DAY))
    clock.moment = MIDNIGHT
    assert "xm-bike-night" in kit.registry
    assert not kit.registry.offer(BIKE).in_force(DAY)


def test_while_the_database_is_away_what_was_known_is_in_force(session: Session, kit: Kit, clock: Clock) -> None:
    put(session, kit, following(kit))
    assert kit.registry.offer(BIKE).version == 1

    def away() -> AbstractContextManager[NoReturn]:
        raise OperationalError(None, None, Exception())

    lost = replace(kit, statements=away)
    clock.moment = MIDNIGHT
    assert lost.registry.offer(BIKE).version == 2, "the day comes all the same"
