"""Guardrail 1: a score grants; lowering it changes the answer from credit to standard and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import scenarios
from tests.support.checks import World, citizen_of, same_but_ids

OFFERS = [offer.code for offer in scenarios.load().offers()]


@pytest.mark.parametrize("code", OFFERS)
def test_at_every_score_the_answer_is_one_of_two(app: Flask, session: Session, code: str) -> None:
    world, offer = World(app, session), scenarios.load().offer(code)
    partner, citizen = world.partner(code), citizen_of(World(app, session), offer)
    answers = {}
    for score in (1000, offer.threshold, max(offer.threshold - 1, 0), 1, 0):
        world.score(citizen, offer.city, score)
        answers[score] = world.check(partner, citizen, code)
    credit = [answer for score, answer in answers.items() if score >= offer.threshold]
    standard = [answer for score, answer in answers.items() if score < offer.threshold]
    assert {answer.json["path"] for answer in credit} == {"credit"}
    assert {answer.json["path"] for answer in standard} <= {"standard"}
    assert {answer.status_code for answer in answers.values()} == {201}
    assert len({same_but_ids(answer) for answer in credit}) == 1, "more points give no more"
    assert len({same_but_ids(answer) for answer in standard}) <= 1, "fewer points take no more"


def test_the_api_has_no_verb_that_restricts(app: Flask) -> None:
    words = ("restrict", "deny", "alert", "blacklist", "block", "punish", "rank")
    rules = [str(rule) for rule in app.url_map.iter_rules()]
    assert not [rule for rule in rules if any(word in rule for word in words)]
