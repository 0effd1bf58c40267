"""Guardrails 5 and 9 over every offer: all that is not credit is one answer, and credit tells the offer alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import scenarios
from app.domain.offer import Offer
from app.web.offers import benefit_json, limits_json
from tests.support.checks import World, citizen_of, same_but_ids

OFFERS = {offer.code: offer for offer in scenarios.load().offers()}


@pytest.mark.parametrize("code", OFFERS)
def test_to_a_partner_every_ordinary_answer_is_the_same(app: Flask, session: Session, code: str) -> None:
    world, offer = World(app, session), OFFERS[code]
    partner = world.partner(code)
    ordinary = citizen_of(world, offer, 1000)
    world.chooses(ordinary, code, *offer.needed, ordinary=True)
    people = [world.person(offer.city), ordinary, *_who_did_not_declare(world, offer)]
    if offer.threshold:
        people.append(citizen_of(world, offer, offer.threshold - 1))
    answers = [world.check(partner, person, code) for person in people]
    assert {_said(answer)["path"] for answer in answers} == {"standard"}
    assert len({same_but_ids(answer) for answer in answers}) == 1
    assert len({len(answer.data) for answer in answers}) == 1


def _said(answer: TestResponse) -> dict[str, Any]:
    assert answer.json
    return dict(answer.json)


def _who_did_not_declare(world: World, offer: Offer) -> list[str]:
    """For each condition that the offer needs, a member of many points who declared all the others."""
    people = []
    for left_out in sorted(offer.needed):
        people.append(world.person(offer.city, 1000))
        world.chooses(people[-1], offer.code, *(offer.needed - {left_out}))
    return people


@pytest.mark.parametrize("code", OFFERS)
def test_credit_carries_the_published_benefit_and_nothing_of_the_person(
    app: Flask, session: Session, code: str
) -> None:
    world, offer = World(app, session), OFFERS[code]
    citizen = citizen_of(world, offer, 987)
    answer = world.check(world.partner(code), citizen, code)
    told = _said(answer)
    assert (told["path"], told["benefit"]) == ("credit", benefit_json(offer.benefit))
    assert told["limits"] == limits_json(offer.limits)
    said = same_but_ids(answer).decode()
    secrets = (citizen, "张测试", "declared", *(f'"{condition}"' for condition in offer.needed))
    assert not [secret for secret in secrets if secret in said]
    assert not re.search(r"\b987\b", said)
