"""Publishing a pack: a text that is checked, a simulation, a notice, a second person, and a day on which it begins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.calendar import day_of
from app.domain.pack_file import parse_pack
from app.services import pack_effect, standing
from app.services.pack_publishing import NOTICE_DAYS
from app.store import access_log, events, packs, scores
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import a_row, days_ago, file_rows, make_member
from tests.support.office import OFFICE, operator
from tests.support.people import make_citizen
from tests.support.publishing import PACKS, next_text, propose, publish, published, work

VOLUNTEERING = 'items = [{ code = "volunteer_service", centipoints = 300 }]'
MORE = next_text("egret", 2, (VOLUNTEERING, VOLUNTEERING.replace("300", "900")))


@pytest.fixture
def one(app, session) -> TestCaller:
    return operator(app, session, "office", serial=901, name="甲")


@pytest.fixture
def other(app, session) -> TestCaller:
    return operator(app, session, "office", serial=902, name="乙")


@pytest.fixture
def third(app, session) -> TestCaller:
    return operator(app, session, "office", serial=903, name="丙")


@pytest.fixture
def later(app, session, at) -> Callable[..., TestCaller]:
    """Another day: `later(days=7)` moves the clock and logs in again."""

    def wait(**amount) -> TestCaller:
        at(**amount)
        return operator(app, session, "office", serial=904)

    return wait


def refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    return answer.json


def version_of(caller, code="egret", version=2):
    return caller.get(f"{PACKS}/{code}/versions/{version}").json


def approve(caller, asked):
    return caller.post(f"{OFFICE}/approvals/{asked.json['id']}/approve", json={})


def test_the_whole_road_of_a_new_version(one, other, session, kit, app, at, later):
    member = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    before = scores.current(session, member).score
    assert published(one, other, session, kit, MORE, code="egret") == 2
    told = version_of(other)
    assert (told["status"], told["proposed_by"], told["approved_by"]) == ("scheduled", "甲", "乙")
    event = events.listed(session, member, before=None, limit=1)[0]
    assert (event.kind, event.data["version"], event.data["effective_on"]) == (
        "pack.announced",
        2,
        told["effective_on"],
    )
    inbox = as_citizen(app, session, member)
    assert "志愿服务加分提高。" in inbox.get("/citizen/v1/events").json["data"][0]["text"]
    english = inbox.get("/citizen/v1/events", headers={"Accept-Language": "en"}).json["data"][0]["text"]
    assert english.endswith("version 2 of the Egret score rules applies: Volunteering counts for more.")
    at(days=NOTICE_DAYS - 1)
    work(kit)
    assert kit.packs["egret"].version == 1
    assert scores.current(session, member).pack_version == 1
    now = later(days=1)
    work(kit)
    after = scores.current(session, member)
    assert (kit.packs["egret"].version, after.pack_version) == (2, 2)
    assert after.score > before
    assert [row.cause for row in scores.history(session, member, before=None, limit=2)] == ["pack", "records"]
    states = [(row["version"], row["status"]) for row in now.get(f"{PACKS}/egret/versions").json["data"]]
    assert states == [(2, "in_force"), (1, "retired")]


def test_from_the_first_minute_every_answer_is_by_the_new_rules(one, other, session, kit, app, at):
    """The worker needs a while for a whole city; nobody sees a score of yesterday's rules meanwhile."""
    member = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    before = standing.of(session, kit.packs, member, kit.clock()).score
    published(one, other, session, kit, MORE, code="egret")
    at(days=NOTICE_DAYS)
    after = standing.of(session, kit.packs, member, kit.clock()).score
    assert after == standing.score_of(session, kit.packs, member, kit.clock()).score > before
    assert scores.current(session, member).pack_version == 1, "and nothing is stored by a look"
    told = as_citizen(app, session, member).get("/citizen/v1/score").json
    assert (told["score"], told["pack"]["version"]) == (after, 2)


def test_past_scores_are_still_those_of_their_version(one, other, session, kit, at):
    published(one, other, session, kit, MORE, code="egret")
    at(days=NOTICE_DAYS)
    now = kit.packs
    assert now.version("egret", 1).item("volunteer_service").centipoints == 300
    assert now["egret"] == now.version("egret", 2)
    assert now.version("egret", 3) is None


def test_a_version_shows_its_text_its_difference_and_what_may_be_done(one, other, session, kit):
    asked = propose(one, MORE, reason="提高志愿服务")
    assert asked.status_code == 201
    assert (asked.json["status"], asked.json["allowed_actions"]) == ("proposed", ["simulate", "withdraw"])
    session.commit()
    work(kit)
    told = version_of(other)
    assert (told["text"], told["reason"], told["status"]) == (MORE, "提高志愿服务", "simulated")
    assert f"-{VOLUNTEERING}" in told["diff"].splitlines()
    assert "+" + VOLUNTEERING.replace("300", "900") in told["diff"].splitlines()
    assert told["allowed_actions"] == ["publish", "simulate", "withdraw"]
    waiting = one.get(PACKS).json["open"]
    assert [(row["code"], row["version"]) for row in waiting] == [("egret", 2)]


def test_a_simulation_of_a_small_city_tells_of_nobody(one, session, kit):
    member = make_member(session, kit)
    propose(one, MORE)
    session.commit()
    work(kit)
    figures = version_of(one)["simulation"]
    assert "people" not in figures
    assert (figures["bins"], figures["moves"], figures["cohorts"]) == ([], [], [])
    assert {rule["code"]: rule["mark"] for rule in figures["rules"]}["near_normal"] == "unknown"
    looks = [row.action for row in access_log.listed(session, member, before=None, limit=9)]
    assert "simulated" in looks
    assert version_of(one)["picture"].startswith("<svg")
    assert "hidden: fewer than 20 people" in version_of(one)["picture"]


def test_the_one_who_proposed_either_can_never_approve(one, other, third, session, kit):
    propose(one, MORE)
    session.commit()
    work(kit)
    asked = publish(other, kit, "egret", 2)
    refused(approve(other, asked), 403, "approval-own")
    refused(approve(one, asked), 403, "approval-own")
    assert approve(third, asked).status_code == 200


def test_nothing_is_published_without_a_simulation(one, session, kit):
    propose(one, MORE)
    refused(publish(one, kit, "egret", 2), 409, "pack-not-simulated")
    session.commit()
    work(kit)
    assert publish(one, kit, "egret", 2).status_code == 202


def test_a_simulation_against_an_older_version_is_none(one, other, session, kit, later):
    propose(one, next_text("egret", 2))
    propose(one, next_text("egret", 3))
    session.commit()
    work(kit)
    approve(other, publish(one, kit, "egret", 2))
    assert "2" in refused(publish(one, kit, "egret", 3), 409, "pack-scheduled")["detail"]
    now = later(days=NOTICE_DAYS)
    work(kit)
    refused(publish(now, kit, "egret", 3), 409, "pack-not-simulated")
    assert now.post(f"{PACKS}/egret/versions/3/simulate", json={}).status_code == 202
    session.commit()
    work(kit)
    assert publish(now, kit, "egret", 3).status_code == 202


@pytest.mark.parametrize("days", [-1, 0, NOTICE_DAYS - 1, 366, 4000])
def test_a_day_without_notice_is_refused(one, session, kit, days):
    propose(one, MORE)
    session.commit()
    work(kit)
    problem = refused(publish(one, kit, "egret", 2, days=days), 422, "validation")
    assert [error["pointer"] for error in problem["errors"]] == ["/effective_on"]


def test_an_approval_that_came_too_late_for_its_notice_is_refused(one, session, kit, later):
    propose(one, MORE)
    session.commit()
    work(kit)
    asked = publish(one, kit, "egret", 2)
    late = later(days=2)
    refused(approve(late, asked), 422, "validation")
    assert version_of(late)["status"] == "simulated"


@pytest.mark.parametrize(
    "changes",
    [
        {"notice_zh": ""},
        {"notice_en": "x" * 1001},
        {"notice_zh": None},
        {"notice_en": 7},
        {"effective_on": "soon"},
        {"effective_on": "2026-02-30"},
        {"effective_on": 20261201},
        {"notice_zh": "从右\u202e到左"},
        {"approved": True},
        {"reason": "x" * 501},
    ],
)
def test_a_bad_publication_is_refused_by_field(one, session, kit, changes):
    propose(one, MORE)
    session.commit()
    work(kit)
    problem = refused(publish(one, kit, "egret", 2, **changes), 422, "validation")
    assert f"/{next(iter(changes))}" in [error["pointer"] for error in problem["errors"]]
    assert version_of(one)["status"] == "simulated"


def test_withdrawing_leaves_what_is_in_force_and_tells_those_who_were_told(one, other, session, kit, later):
    member = make_member(session, kit)
    published(one, other, session, kit, MORE, code="egret")
    assert one.post(f"{PACKS}/egret/versions/2/withdraw", json={}).json["status"] == "withdrawn"
    work(kit)
    kinds = [row.kind for row in events.listed(session, member, before=None, limit=2)]
    assert kinds == ["pack.withdrawn", "pack.announced"]
    now = later(days=NOTICE_DAYS)
    work(kit)
    assert (kit.packs["egret"].version, scores.current(session, member).pack_version) == (1, 1)
    for deed in ("withdraw", "simulate"):
        refused(now.post(f"{PACKS}/egret/versions/2/{deed}", json={}), 409, "pack-settled")
    refused(publish(now, kit, "egret", 2), 409, "pack-settled")


def test_of_two_versions_that_wait_one_is_approved(one, other, session, kit):
    for version in (2, 3):
        propose(one, next_text("egret", version))
    session.commit()
    work(kit)
    asked = [publish(one, kit, "egret", version) for version in (2, 3)]
    assert approve(other, asked[1]).status_code == 200
    refused(approve(other, asked[0]), 409, "pack-scheduled")
    assert [version_of(one, "egret", version)["status"] for version in (2, 3)] == ["simulated", "scheduled"]


def test_what_was_withdrawn_or_simulated_since_cannot_be_approved(one, other, session, kit, at):
    propose(one, MORE)
    session.commit()
    work(kit)
    asked = publish(one, kit, "egret", 2)
    assert version_of(one)["approval_id"] == asked.json["id"]
    at(seconds=1)
    assert one.post(f"{PACKS}/egret/versions/2/simulate", json={}).status_code == 202
    session.commit()
    work(kit)
    refused(approve(other, asked), 409, "approval-stale")
    one.post(f"{PACKS}/egret/versions/2/withdraw", json={})
    refused(approve(other, asked), 409, "approval-stale")


def test_what_is_in_force_is_neither_withdrawn_nor_overwritten(one, other, session, kit, later):
    published(one, other, session, kit, MORE, code="egret")
    now = later(days=NOTICE_DAYS)
    work(kit)
    refused(now.post(f"{PACKS}/egret/versions/2/withdraw", json={}), 409, "pack-settled")
    refused(now.post(f"{PACKS}/egret/versions/1/withdraw", json={}), 409, "pack-settled")
    for text in (MORE, next_text("egret", 1)):
        errors = refused(propose(now, text), 422, "validation")["errors"]
        assert [error["code"] for error in errors] == ["version-not-next"]


def test_a_release_changes_no_score_unannounced(session, kit):
    shipped = {text: parse_pack(text, kit.packs) for text in (next_text("egret", 1), MORE)}
    assert pack_effect.keep_shipped(session, shipped, kit.clock()) == 2
    assert pack_effect.keep_shipped(session, shipped, kit.clock()) == 0
    states = [(row.version, row.status) for row in packs.of_code(session, "egret")]
    assert states == [(2, "proposed"), (1, "scheduled")]
    assert packs.get(session, "egret", 1).effective_on == day_of(kit.clock())
    assert kit.packs["egret"].version == 1


def test_every_citizen_of_the_city_reads_what_is_coming_and_nobody_else(one, other, session, kit, app, later):
    member = make_member(session, kit)
    neighbour = make_citizen(session, kit.pii, kit.clock(), serial=5)
    elsewhere = make_citizen(session, kit.pii, kit.clock(), serial=6, city="hangzhou")
    path = "/citizen/v1/score/coming-rules"
    assert as_citizen(app, session, member).get(path).json == {"data": []}
    published(one, other, session, kit, MORE, code="egret")
    for citizen in (member, neighbour):
        told = as_citizen(app, session, citizen).get(path).json["data"]
        assert [(row["pack"], row["version"], row["notice"]) for row in told] == [("egret", 2, "志愿服务加分提高。")]
        assert told[0]["changes"] == [{"what": "worth", "name": "志愿服务", "before": 300, "after": 900}]
    assert as_citizen(app, session, elsewhere).get(path).json == {"data": []}
    later(days=NOTICE_DAYS)
    assert as_citizen(app, session, member).get(path).json == {"data": []}
