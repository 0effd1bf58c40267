"""Everyone who was told is told again: partners by ids alone, and only those who may still use what they were told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.remedy import Status
from app.services import consents, disputes, repairs
from app.services.cleaning import clean
from app.store import decisions
from app.store.decisions import DecisionRow
from app.store.partner_events import PartnerEvent
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World
from tests.support.members import desk
from tests.support.remedying import SAID, SOURCE, dispute, member, penalty_of, settle

EVENTS = "/partner/v1/events"
BIKE = "xm-bike-rental"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session, people=100)


@pytest.fixture
def me(session: Session, kit: Kit) -> str:
    return member(session, kit)


def reader(world: World, me: str) -> tuple[TestCaller, Any]:
    """A partner that has read the member's score, and the consent by which it did."""
    partner = world.partner(BIKE)
    consent = world.consent(me, partner, "score:read")
    assert partner.get(f"/partner/v1/citizens/{consent.citizen_ref}/score").status_code == 200
    return partner, consent


def heard(partner: TestCaller) -> list[dict[str, Any]]:
    """What the partner was told, beside that a consent began or ended."""
    return [row for row in partner.get(EVENTS).json["data"] if not row["type"].startswith("consent.")]


def test_who_read_the_score_is_told_that_it_changed_and_nothing_else(
    world: World, session: Session, kit: Kit, me: str
) -> None:
    partner, consent = reader(world, me)
    stranger = world.partner(BIKE)
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    assert heard(partner) == [], "nobody is told that something is disputed"
    settle(session, kit, asked.id, Status.WITHDRAWN)
    (notice,) = heard(partner)
    assert set(notice) == {"id", "livemode", "type", "at", "data"}
    assert notice["type"] == "score.changed"
    assert notice["data"] == {"citizen_ref": consent.citizen_ref, "consent_id": consent.consent_id}
    assert heard(stranger) == []
    assert "partner.told" in [look["action"]["code"] for look in world.looks(me)]


def test_what_stands_or_is_taken_back_is_no_news(world: World, session: Session, kit: Kit, me: str) -> None:
    partner, _ = reader(world, me)
    record = penalty_of(session, me).id
    settle(session, kit, dispute(session, kit, me, record).id, Status.UPHELD)
    again = dispute(session, kit, me, record, new_evidence="新")
    disputes.withdraw(session, kit.packs, kit.pii, me, again.id, kit.clock())
    session.commit()
    assert heard(partner) == []


def test_a_repair_is_told_too(world: World, session: Session, kit: Kit, me: str) -> None:
    partner, _ = reader(world, me)
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    assert [row["type"] for row in heard(partner)] == ["score.changed"]


def test_after_the_consent_has_ended_nothing_is_told(world: World, session: Session, kit: Kit, me: str) -> None:
    partner, consent = reader(world, me)
    consents.end(session, me, consent.consent_id, kit.clock())
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    assert heard(partner) == []


def test_a_notice_goes_with_the_consent(world: World, session: Session, kit: Kit, me: str) -> None:
    partner, consent = reader(world, me)
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    clean(session, kit.clock())
    assert len(heard(partner)) == 1
    consents.end(session, me, consent.consent_id, kit.clock())
    session.commit()
    assert heard(partner) == []
    clean(session, kit.clock())
    told = session.scalars(select(PartnerEvent.type)).all()
    assert sorted(told) == ["consent.created", "consent.ended"]


def decided(world: World, session: Session, me: str, path: str) -> tuple[TestCaller, str]:
    """A partner with a decision of this path about the member that is still valid, and its id."""
    partner = world.partner(BIKE)
    check = world.check(partner, me, BIKE).json["id"]
    row = session.get(DecisionRow, (me, check))
    assert row is not None
    row.path, row.valid_until = path, world.kit.clock() + timedelta(hours=1)
    session.commit()
    return partner, check


def test_a_live_decision_for_credit_is_reconsidered(world: World, session: Session, kit: Kit, me: str) -> None:
    partner, check = decided(world, session, me, "credit")
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    (notice,) = heard(partner)
    assert (notice["type"], notice["data"]["decision_id"]) == ("decision.reconsidered", check)
    kept = decisions.of_citizen(session, me, check)
    assert kept is not None
    assert kept.path == "credit", "what was granted stays"
    row = session.get(DecisionRow, (me, check))
    assert row is not None
    row.valid_until = kit.clock()
    session.commit()
    assert heard(partner) == [], "nor is it told of once it is over"


def test_of_a_standard_answer_nothing_is_ever_told(world: World, session: Session, kit: Kit, me: str) -> None:
    """Guardrail 5: it would tell a member from somebody who never opted in."""
    partner, _ = decided(world, session, me, "standard")
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    assert heard(partner) == []


def test_leaving_takes_the_notices_away(world: World, app: Flask, session: Session, kit: Kit, me: str) -> None:
    partner, _ = reader(world, me)
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    session.commit()
    assert as_citizen(app, session, me).delete("/citizen/v1/enrolment").status_code == 200
    assert heard(partner) == []
