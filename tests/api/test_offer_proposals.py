"""Proposing a version of an offer: every kind of bad text is refused with its problem, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.offer import Offer
from app.domain.offer_file import offer_text
from app.services.offer_versions import SERIES
from app.services.versions import TEXT_MOST
from tests.support.callers import TestCaller
from tests.support.members import make_member
from tests.support.offering import OFFERS, next_offer, path, propose, published
from tests.support.office import operator
from tests.support.shop import BIKE

LINE = "threshold = 650\n"


@pytest.fixture
def clerk(app, session) -> TestCaller:
    return operator(app, session, "office", serial=901, name="甲")


def changed(old: str, new: str) -> Callable[[str], str]:
    """The text of the next version with a part replaced."""

    def change(text: str) -> str:
        assert old in text, (old, text)
        return text.replace(old, new, 1)

    return change


def problems(answer) -> list[str]:
    assert (answer.status_code, answer.json["code"]) == (422, "validation"), answer.json
    assert {error["pointer"] for error in answer.json["errors"]} == {"/text"}
    return [error["detail"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Length"),
        ("threshold = ", "not TOML"),
        ("这不是配置", "not TOML"),
        ('city = "xiamen"', "there are 0"),
        ("a = 1\x00", "Control characters"),
        ("a = " + "[\n" * 5000, "not TOML"),
        ("a = " + "[" * 5000, "longer than"),
        ("# \u202egnp.exe", "Control characters"),
        ('name = "\ud800"', "Control characters"),
        ("x" * (TEXT_MOST + 1), "longer than"),
        ("[xm-a]\nfamily = 1", "missing"),
        ("xm-a = 1", "a table is needed"),
        ('[" "]\n', "missing"),
    ],
)
def test_what_is_no_offer_is_refused(clerk: TestCaller, session: Session, text: str, said: str) -> None:
    told = " ".join(problems(propose(clerk, text)))
    assert said.lower() in told.lower(), told
    assert not SERIES.rows.kept(session)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(LINE, ""), "offer: threshold missing"),
        (changed(LINE, LINE + "colour = 1\n"), "offer: unknown colour"),
        (changed(LINE, 'threshold = "650"\n'), "offer.threshold: a whole number is needed"),
        (changed(LINE, "threshold = true\n"), "offer.threshold: a whole number is needed"),
        (changed(LINE, "threshold = 650.5\n"), "offer.threshold: a whole number is needed"),
        (changed(LINE, "threshold = -1\n"), "threshold starts at 0"),
        (changed(LINE, f"threshold = {10**30}\n"), "offer.threshold: at most"),
        (changed("version = 2", "version = 0"), "version at 1"),
        (changed('kind = "deposit_waiver"', 'kind = "gift"'), "offer.benefit.kind: one of"),
        (changed("amount_fen = 10000", "amount_fen = 0"), "the benefit gives nothing"),
        (changed("valid_from = 2025-01-01", "valid_from = 2025-01-01T00:00:00Z"), "offer.valid_from: a date is needed"),
        (changed("valid_from = 2025-01-01", "valid_from = 2025-13-01"), "not TOML"),
        (changed("共享自行车免押金租用", "失信者限制"), "not neutral"),
        (changed("共享自行车免押金租用", ""), "empty in one language"),
        (changed("共享自行车免押金租用", "车" * 1001), "at most 1000 characters"),
        (changed('["egret"]', '["moonlight"]'), "packs: no pack 'moonlight'"),
        (changed('["egret"]', "[]"), "names no score pack"),
        (changed('["egret"]', '["huixin"]'), "no city is scored by them"),
        (changed('family = "bikes"', 'family = "balloons"'), "balloons"),
        (changed('family = "bikes"', 'family = "library"'), "family: xm-bike-rental is of 'bikes'"),
        (changed('city = "xiamen"', 'city = "hangzhou"'), "city: xm-bike-rental is of 'xiamen'"),
        (changed("[xm-bike-rental]", '["xm bike"]'), "offer.code: a code of at most 64"),
        (changed("[xm-bike-rental]", f'["{"x" * 65}"]'), "offer.code: a code of at most 64"),
        (changed("[xm-bike-rental]", "[xm-a]\n[xm-bike-rental]"), "there are 2"),
    ],
)
def test_a_bad_part_is_named_with_its_place(
    clerk: TestCaller, session: Session, kit, change: Callable[[str], str], said: str
) -> None:
    (told,) = problems(propose(clerk, change(offer_text(next_offer(kit)))))
    assert said in told, told
    assert not SERIES.rows.kept(session)


def test_a_basic_public_service_stays_one(clerk: TestCaller, kit) -> None:
    basic = next(offer for offer in kit.registry.offers() if offer.basic_public_service)
    (told,) = problems(propose(clerk, next_offer(kit, basic.code, basic_public_service=False)))
    assert "a basic public service stays one" in told


@pytest.mark.parametrize("version", [1, 3, 9])
def test_the_version_is_the_next_one(clerk: TestCaller, kit, version: int) -> None:
    errors = propose(clerk, next_offer(kit, version=version)).json["errors"]
    assert [error["code"] for error in errors] == ["version-not-next"]


@pytest.mark.parametrize("body", [{}, {"text": 7}, {"text": None}, {"text": "a", "more": 1}, {"text": ["a"]}, []])
def test_a_bad_body_is_refused(clerk: TestCaller, session: Session, body) -> None:
    assert clerk.post(OFFERS, json=body).status_code in (400, 422)
    assert not SERIES.rows.kept(session)


def test_a_new_offer_begins_at_one_and_goes_the_same_road(app, clerk, session, kit, at) -> None:
    make_member(session, kit)
    fresh = replace(next_offer(kit), code="xm-bike-night", version=1)
    published(clerk, operator(app, session, "office", serial=902), session, kit, fresh)
    assert clerk.get(path(fresh)).json["status"] == "scheduled"
    assert "xm-bike-night" not in kit.registry
    at(days=7)
    assert kit.registry.offer("xm-bike-night") == fresh


def test_of_two_who_propose_one_version_at_once_one_is_first(real_app: Flask) -> None:
    kit = real_app.extensions["xinyi"]
    offer: Offer = next_offer(kit, threshold=600)
    with kit.sessions() as session:
        clerks = [operator(real_app, session, "office", serial=serial) for serial in (901, 902, 903)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda clerk: propose(clerk, offer), clerks))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    with kit.sessions() as session:
        assert [row.version for row in SERIES.rows.of_code(session, BIKE)] == [2]
