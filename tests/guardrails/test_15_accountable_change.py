"""Guardrail 15: what decides is versioned, simulated, announced, and changed by two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.statistics import LEAST
from app.services.approval_kinds import KINDS
from app.services.pack_publishing import NOTICE_DAYS
from app.services.remedy_approval import REMEDIES
from app.store import access_log, approvals, events, packs
from app.store.outbox import Message
from app.web.kit import Kit
from tests.support import offering
from tests.support.members import make_member
from tests.support.office import OFFICE, both, operator
from tests.support.publishing import PACKS, next_text, propose, publish, work
from tests.support.remedying import dispute, member, overdue, penalty_of
from tests.support.shop import BIKE


def test_every_pack_and_offer_has_a_version(kit: Kit) -> None:
    assert all(pack.version >= 1 for pack in kit.packs.values())
    assert all(offer.version >= 1 for offer in kit.registry.offers())


def test_a_decision_names_the_versions_that_made_it(kit: Kit) -> None:
    for offer in kit.registry.offers():
        assert f"offer {offer.version}" in kit.registry.rule(offer.code)


def test_packs_and_offers_change_by_publishing_alone(app: Flask) -> None:
    writes = {"POST", "PUT", "PATCH", "DELETE"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/operator/v1/")]
    changing = [rule.rule for rule in rules if writes & (rule.methods or set())]
    assert [rule for rule in changing if "scenario" in rule] == []
    for kind in ("pack", "offer"):
        version = f"/operator/v1/{kind}s/<code>/versions/<version>"
        assert {rule for rule in changing if kind in rule} == {
            f"/operator/v1/{kind}s",
            *(f"{version}/{deed}" for deed in ("simulate", "publish", "withdraw")),
        }


def test_an_offer_changes_with_a_simulation_a_notice_and_a_second_person(
    app: Flask, session: Session, kit: Kit, at: Callable[..., datetime]
) -> None:
    """Leave one of them out, and the answer stays as it is; one that only gives more goes the same way."""
    one, other = (operator(app, session, "admin", "office", serial=serial) for serial in (901, 902))
    member = make_member(session, kit)
    lower = offering.next_offer(kit, threshold=kit.registry.offer(BIKE).threshold - 50)
    offering.propose(one, lower)
    assert offering.publish(one, kit, lower).json["code"] == "offer-not-simulated"
    session.commit()
    work(kit)
    for missing in ({"notice_zh": ""}, {"notice_en": ""}, {"days": NOTICE_DAYS - 1}):
        assert offering.publish(one, kit, lower, **missing).status_code == 422
    asked = offering.publish(one, kit, lower)
    assert offering.approve(one, asked).json["code"] == "approval-own"
    assert offering.approve(other, asked).status_code == 200
    work(kit)
    told = [event.kind for event in events.listed(session, member, before=None, limit=5)]
    assert "offer.announced" in told, "the members know before it takes effect"
    assert kit.registry.offer(BIKE).version == 1
    at(days=NOTICE_DAYS)
    assert kit.registry.offer(BIKE).version == 2


def test_a_pack_changes_with_a_simulation_a_notice_and_a_second_person(
    app: Flask, session: Session, kit: Kit, at: Callable[..., datetime]
) -> None:
    """Leave one of them out, and the score stays as it is."""
    one, other = (operator(app, session, "admin", "office", serial=serial) for serial in (901, 902))
    member = make_member(session, kit)
    propose(one, next_text())
    assert publish(one, kit, "egret", 2).json["code"] == "pack-not-simulated"
    session.commit()
    work(kit)
    for missing in ({"notice_zh": ""}, {"notice_en": ""}, {"days": NOTICE_DAYS - 1}):
        assert publish(one, kit, "egret", 2, **missing).status_code == 422
    asked = publish(one, kit, "egret", 2).json["id"]
    assert one.post(f"{OFFICE}/approvals/{asked}/approve", json={}).json["code"] == "approval-own"
    assert other.post(f"{OFFICE}/approvals/{asked}/approve", json={}).status_code == 200
    work(kit)
    told = [event.kind for event in events.listed(session, member, before=None, limit=5)]
    assert "pack.announced" in told, "the members know before it takes effect"
    assert kit.packs["egret"].version == 1
    at(days=NOTICE_DAYS)
    assert kit.packs["egret"].version == 2


def test_a_simulation_of_people_of_long_ago_publishes_nothing(
    app: Flask, session: Session, kit: Kit, at: Callable[..., datetime]
) -> None:
    propose(operator(app, session, "office", serial=901), next_text())
    session.commit()
    work(kit)
    at(days=31)
    asked = publish(operator(app, session, "office", serial=902), kit, "egret", 2)
    assert (asked.status_code, asked.json["code"]) == (409, "pack-not-simulated")


def test_a_published_text_is_never_changed(app: Flask, session: Session, kit: Kit) -> None:
    clerk = operator(app, session, "office", serial=901)
    assert propose(clerk, next_text()).status_code == 201
    again = propose(clerk, next_text("egret", 2, ("base = 600", "base = 601")))
    assert again.json["errors"][0]["code"] == "version-not-next"
    kept = packs.get(session, "egret", 2)
    assert kept is not None
    assert kept.text == next_text()


def test_a_simulation_tells_of_no_person_and_each_one_read_sees_it(app: Flask, session: Session, kit: Kit) -> None:
    """Sex and age are counted in groups of 20 or more, never kept beside a score (guardrails 6, 13, 14)."""
    members = [make_member(session, kit, serial=serial) for serial in range(1, 44)]
    clerk = operator(app, session, "office", serial=901)
    propose(clerk, next_text())
    session.commit()
    work(kit)
    figures = clerk.get(f"{PACKS}/egret/versions/2").json["simulation"]
    assert (figures["members"], figures["people"]) == (40, 40), "43, to the nearest 20"
    assert {cohort["attribute"]: cohort["people"] for cohort in figures["cohorts"]}["age_band"] == 40
    assert all(cohort["people"] >= LEAST for cohort in figures["cohorts"])
    text = str(figures)
    assert not [each for each in members if each in text]
    assert all("simulated" in [row.action for row in access_log.rows(session, each)] for each in members)


def test_who_may_ask_about_citizens_is_changed_by_two_people(app: Flask, session: Session) -> None:
    one, other = (operator(app, session, "office", serial=serial) for serial in (901, 902))
    shop = {"name_zh": "某店", "name_en": "A shop", "scenarios": [BIKE]}
    asked = one.post(f"{OFFICE}/partners", json=shop).json
    assert one.post(f"{OFFICE}/approvals/{asked['id']}/approve", json={}).status_code == 403
    assert one.get(f"{OFFICE}/partners").json["data"] == []
    assert both(one, other, "/partners", shop).json["result"]["partner_id"]
    assert {
        "partners.create",
        "partners.suspend",
        "partners.resume",
        "operators.add",
        "packs.publish",
        "offers.publish",
    } <= set(KINDS)


def test_the_worker_is_told_which_answer_was_approved_and_gives_no_other(
    app: Flask, session: Session, kit: Kit
) -> None:
    """For each kind of answer: tests/api/test_approved_answers.py."""
    me = member(session, kit)
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    overdue(session, kit)
    one, other = (operator(app, session, "office", serial=serial) for serial in (901, 902))
    said = {"outcome": "withdrawn", "reason": "部门未举证"}
    proposal = one.post(f"{OFFICE}/disputes/{asked.id}/answer", json=said).json["approval_id"]
    assert other.post(f"{OFFICE}/approvals/{proposal}/approve", json={}).status_code == 200
    seen = approvals.get(session, proposal)
    assert seen is not None
    told = session.scalars(select(Message).where(Message.topic == REMEDIES.topic)).one()
    assert told.data == {"asked_id": asked.id, **seen.seen}
