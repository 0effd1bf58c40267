"""Guardrail 3: every standard answer carries text, steps, price and time of the ordinary way, in neutral words."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import scenarios
from app.domain.wording import HARSH
from tests.support.checks import World

OFFERS = [offer.code for offer in scenarios.load().offers()]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", OFFERS)
def test_a_standard_answer_says_what_to_do(app: Flask, session: Session, code: str, language: str) -> None:
    world = World(app, session)
    partner, citizen = world.partner(code), world.person(scenarios.load().offer(code).city)
    asked = {"scenario": code, "scan_id": world.scan(partner, citizen)["id"]}
    answer = partner.post("/partner/v1/eligibility-checks", json=asked, headers={"Accept-Language": language}).json
    assert answer["path"] == "standard"
    way = answer["ordinary_path"]
    assert way["text"].startswith({"zh-CN": "按普通方式办理", "en": "The ordinary way"}[language])
    assert way["steps"]
    assert all(way["steps"])
    assert way["price"] >= 0
    assert way["time"]
    said = json.dumps(answer, ensure_ascii=False).lower()
    assert not [word for word in (*HARSH, "reason", "原因", "score", "信用分") if word in said]
