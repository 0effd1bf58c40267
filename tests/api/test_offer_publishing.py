"""Publishing an offer: a text that is checked, a simulation, a notice, a second person, a day on which it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.calendar import day_of
from app.services import offer_effect
from app.services.offer_versions import SERIES
from app.services.version_publishing import LONGEST_SIMULATED, NOTICE_DAYS
from app.store import access_log, events
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import make_member
from tests.support.offering import OFFERS, approve, next_offer, path, propose, publish, published, simulated
from tests.support.office import OFFICE, operator
from tests.support.people import make_citizen
from tests.support.publishing import work
from tests.support.shop import BIKE


@pytest.fixture
def one(app, session) -> TestCaller:
    return operator(app, session, "office", serial=901, name="甲")


@pytest.fixture
def other(app, session) -> TestCaller:
    return operator(app, session, "office", serial=902, name="乙")


@pytest.fixture
def later(app, session, at) -> Callable[..., TestCaller]:
    """Another day: `later(days=7)` moves the clock and logs in again."""

    def wait(**amount) -> TestCaller:
        at(**amount)
        return operator(app, session, "office", serial=904)

    return wait


@pytest.fixture
def lower(kit):
    """The bikes from 600 points on instead of 650."""
    return next_offer(kit, threshold=600)


def refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    return answer.json


def test_the_whole_road_of_a_new_version(one, other, session, kit, app, at, later, lower):
    member = make_member(session, kit)
    published(one, other, session, kit, lower)
    told = one.get(path(lower)).json
    assert (told["status"], told["proposed_by"], told["approved_by"]) == ("scheduled", "甲", "乙")
    event = events.listed(session, member, before=None, limit=1)[0]
    assert (event.kind, event.data["version"]) == ("offer.announced", 2)
    inbox = as_citizen(app, session, member)
    assert "免押门槛降低。" in inbox.get("/citizen/v1/events").json["data"][0]["text"]
    at(days=NOTICE_DAYS - 1)
    work(kit)
    assert kit.registry.offer(BIKE).threshold == 650
    now = later(days=1)
    assert (kit.registry.offer(BIKE).threshold, kit.registry.rule(BIKE)) == (600, "bikes 1.0, offer 2")
    states = [(row["version"], row["status"]) for row in now.get(f"{OFFERS}/{BIKE}/versions").json["data"]]
    assert states == [(2, "in_force"), (1, "retired")]


def test_a_version_shows_its_text_its_difference_and_what_may_be_done(one, session, kit, lower):
    work(kit)
    asked = propose(one, lower, reason="门槛过高")
    assert (asked.status_code, asked.json["allowed_actions"]) == (201, ["simulate", "withdraw"])
    session.commit()
    work(kit)
    told = one.get(path(lower)).json
    assert {"-threshold = 650", "+threshold = 600"} <= set(told["diff"].splitlines())
    changes = {change["field"]: (change["before"], change["after"]) for change in told["changes"]}
    assert changes == {"version": ("1", "2"), "threshold": ("650", "600")}
    assert told["allowed_actions"] == ["publish", "simulate", "withdraw"]
    assert [(row["code"], row["version"]) for row in one.get(OFFERS).json["open"]] == [(BIKE, 2)]


def test_a_simulation_says_how_many_gain_and_lose_by_cohort_and_each_one_read_sees_it(one, session, kit):
    """All begin at 600 points: a line of 600 lets every one of them in."""
    members = [make_member(session, kit, serial=serial) for serial in range(1, 44)]
    lower = next_offer(kit, threshold=600)
    simulated(one, session, kit, lower)
    figures = one.get(path(lower)).json["simulation"]
    assert (figures["people"], figures["against"]) == (40, 1), "43, to the nearest 20"
    assert figures["ways"] == {"gain": 40, "lose": 0, "keep": 0, "neither": 0}
    assert {cohort["attribute"] for cohort in figures["cohorts"]} <= {"sex", "age_band"}
    assert all(cohort["people"] >= 20 for cohort in figures["cohorts"])
    assert not [each for each in members if each in str(figures)]
    assert all("simulated" in [row.action for row in access_log.rows(session, each)] for each in members)


def test_a_simulation_of_a_small_city_tells_of_nobody(one, session, kit, lower):
    make_member(session, kit)
    simulated(one, session, kit, lower)
    figures = one.get(path(lower)).json["simulation"]
    assert not {"people", "members", "ways"} & set(figures)
    assert figures["cohorts"] == []


def test_withdrawing_an_offer_is_a_change_like_any(one, other, session, kit, later):
    """From its last day on nobody has the benefit: those who had it are counted, and told."""
    [make_member(session, kit, serial=serial) for serial in range(1, 22)]
    open_to_all = next_offer(kit, threshold=500)
    published(one, other, session, kit, open_to_all)
    now = later(days=NOTICE_DAYS)
    other = operator(now.client.application, session, "office", serial=905)
    end = replace(open_to_all, version=3, valid_until=day_of(kit.clock()) + timedelta(days=NOTICE_DAYS))
    published(now, other, session, kit, end)
    assert other.get(path(end)).json["simulation"]["ways"] == {"gain": 0, "lose": 20, "keep": 0, "neither": 0}
    later(days=NOTICE_DAYS)
    assert not kit.registry.offer(BIKE).in_force(day_of(kit.clock()))


def test_the_one_who_proposed_either_can_never_approve(app, one, other, session, kit, lower):
    simulated(one, session, kit, lower)
    asked = publish(other, kit, lower)
    refused(approve(other, asked), 403, "approval-own")
    refused(approve(one, asked), 403, "approval-own")
    assert approve(operator(app, session, "office", serial=903), asked).status_code == 200


def test_nothing_is_published_without_a_simulation_of_the_last_month(one, session, kit, lower, at, later):
    propose(one, lower)
    refused(publish(one, kit, lower), 409, "offer-not-simulated")
    session.commit()
    work(kit)
    now = later(days=LONGEST_SIMULATED.days + 1)
    refused(publish(now, kit, lower), 409, "offer-not-simulated")
    assert now.post(path(lower, "simulate"), json={}).status_code == 202
    session.commit()
    work(kit)
    assert publish(now, kit, lower).status_code == 202


def test_of_two_versions_that_wait_one_is_approved_and_the_other_simulated_anew(one, other, session, kit, later):
    second, third = next_offer(kit, threshold=640), next_offer(kit, version=3, threshold=630)
    simulated(one, session, kit, second)
    simulated(one, session, kit, third)
    asked = [publish(one, kit, each) for each in (second, third)]
    assert approve(other, asked[0]).status_code == 200
    refused(approve(other, asked[1]), 409, "offer-scheduled")
    now = later(days=NOTICE_DAYS)
    refused(publish(now, kit, third), 409, "offer-not-simulated")
    now.post(path(third, "simulate"), json={})
    session.commit()
    work(kit)
    assert now.get(path(third)).json["simulation"]["against"] == 2


@pytest.mark.parametrize("days", [-1, 0, NOTICE_DAYS - 1, 366, 4000])
def test_a_day_without_notice_is_refused(one, session, kit, lower, days):
    simulated(one, session, kit, lower)
    problem = refused(publish(one, kit, lower, days=days), 422, "validation")
    assert [error["pointer"] for error in problem["errors"]] == ["/effective_on"]


@pytest.mark.parametrize(
    "changes",
    [
        {"notice_zh": ""},
        {"notice_en": "x" * 1001},
        {"notice_zh": None},
        {"notice_en": 7},
        {"effective_on": "soon"},
        {"effective_on": "2026-02-30"},
        {"notice_zh": "从右\u202e到左"},
        {"approved": True},
    ],
)
def test_a_bad_publication_is_refused_by_field(one, session, kit, lower, changes):
    simulated(one, session, kit, lower)
    problem = refused(publish(one, kit, lower, **changes), 422, "validation")
    assert f"/{next(iter(changes))}" in [error["pointer"] for error in problem["errors"]]
    assert one.get(path(lower)).json["status"] == "simulated"


def test_what_was_withdrawn_or_simulated_since_cannot_be_approved(one, other, session, kit, lower, at):
    simulated(one, session, kit, lower)
    asked = publish(one, kit, lower)
    assert one.get(path(lower)).json["approval_id"] == asked.json["id"]
    at(seconds=1)
    one.post(path(lower, "simulate"), json={})
    session.commit()
    work(kit)
    refused(approve(other, asked), 409, "approval-stale")
    one.post(path(lower, "withdraw"), json={})
    refused(approve(other, asked), 409, "approval-stale")
    refused(publish(one, kit, lower), 409, "offer-settled")


def test_withdrawing_leaves_what_is_in_force_and_tells_those_who_were_told(one, other, session, kit, lower, later):
    member = make_member(session, kit)
    published(one, other, session, kit, lower)
    assert one.post(path(lower, "withdraw"), json={}).json["status"] == "withdrawn"
    work(kit)
    kinds = [row.kind for row in events.listed(session, member, before=None, limit=2)]
    assert kinds == ["offer.withdrawn", "offer.announced"]
    now = later(days=NOTICE_DAYS)
    assert kit.registry.offer(BIKE).version == 1
    for deed in ("withdraw", "simulate"):
        refused(now.post(path(lower, deed), json={}), 409, "offer-settled")


def test_what_is_in_force_is_neither_withdrawn_nor_overwritten(one, other, session, kit, lower, later):
    published(one, other, session, kit, lower)
    now = later(days=NOTICE_DAYS)
    refused(now.post(path(lower, "withdraw"), json={}), 409, "offer-settled")
    for offer in (lower, replace(lower, version=1), replace(lower, version=9)):
        errors = refused(propose(now, offer), 422, "validation")["errors"]
        assert [error["code"] for error in errors] == ["version-not-next"]


def test_a_release_changes_no_offer_unannounced(session, kit):
    shipped = list(kit.offers.shipped.offers())
    assert offer_effect.keep_shipped(session, shipped, kit.packs, kit.clock()) == len(shipped)
    newer = [next_offer(kit, threshold=1) if offer.code == BIKE else offer for offer in shipped]
    assert offer_effect.keep_shipped(session, newer, kit.packs, kit.clock()) == 1
    assert offer_effect.keep_shipped(session, newer, kit.packs, kit.clock()) == 0
    states = [(row.version, row.status) for row in SERIES.rows.of_code(session, BIKE)]
    assert states == [(2, "proposed"), (1, "scheduled")]


@pytest.mark.parametrize("version", ["0", "x", "1e9", "-1", "9" * 30, "7"])
@pytest.mark.parametrize("deed", ["", "/simulate", "/publish", "/withdraw"])
def test_a_version_that_is_none_is_not_found(one, kit, version, deed):
    where = f"{OFFERS}/{BIKE}/versions/{version}{deed}"
    body = {"notice_zh": "改", "notice_en": "Changed", "effective_on": "2026-12-20"} if deed == "/publish" else {}
    refused(one.post(where, json=body) if deed else one.get(where), 404, "not-found")


def test_a_pending_publication_is_asked_for_once(one, session, kit, lower):
    simulated(one, session, kit, lower)
    assert publish(one, kit, lower).status_code == 202
    refused(publish(one, kit, lower), 409, "approval-pending")


def test_those_elsewhere_hear_nothing(one, other, session, kit, lower):
    elsewhere = make_member(session, kit, serial=7, city="hangzhou")
    make_citizen(session, kit.pii, kit.clock(), serial=8)
    published(one, other, session, kit, lower)
    assert "offer.announced" not in [row.kind for row in events.listed(session, elsewhere, before=None, limit=9)]


def test_an_auditor_reads_and_changes_nothing(app, session, kit, lower):
    auditor = operator(app, session, "auditor", serial=906)
    assert auditor.get(OFFERS).status_code == 200
    refused(propose(auditor, lower), 403, "role-missing")
    assert auditor.get(f"{OFFICE}/actions").status_code == 200
