"""Every scenario that the seeds name is an offer, with the numbers that they print, or stands there with the why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import scenarios
from app.cli.reference_scenarios import GROUPS, SUBJECTS, TREATMENTS, benefit_words, seed_rows
from app.domain.benefit import (
    KINDS,
    PAYMENT_ONLY,
    Benefit,
    DepositReduction,
    DepositWaiver,
    Fee,
    PayLater,
    Price,
    Quota,
    Reservation,
    ReviewSkip,
    benefit_as_json,
    benefit_from_json,
)
from app.domain.offer import Group, Offer, Subject
from app.domain.scenario import Facts, Family, Outcome
from app.domain.scenario import Path as Way
from scenarios.asking import scenario_of
from scenarios.plugins import Plugin
from scenarios.registry import Registry

OFFERS = scenarios.load().offers()
BY_CODE = {offer.code: offer for offer in OFFERS}
ROWS = seed_rows()

every_offer = pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.code)

CODES = """
HZ-MED-PAY HZ-CAMPUS HZ-TRANSIT HZ-OFFICE HZ-LIB-CARD HZ-HOUSING HZ-BROADBAND
ZS-LOAN ZS-TRANSIT ZS-REG ZS-BOOK ZS-TOUR ZS-TOUR-VIP ZS-BIKE ZS-MALL ZS-GYM ZS-PARK ZS-SETTLE
NB-MED-PAY NB-LIB ZJ-LIB SZ-BIKE SZ-LIB SZ-GARDEN XM-BIKE XM-STORE XM-LIB XM-RENT XM-FERRY XM-TITLE XM-APPROVE
HZ-CARD-2015 NJ-CARD HZ-MED/LIB/STAY
"""
"""Of domain.md section 2, in its order; two more rows have no code."""

LINES = {
    "hz-medical-pay": 550, "hz-transit-ride": 573, "hz-library-card": 573, "hz-public-housing": 700,
    "hz-broadband-offer": 0, "zj-library-loans": 550, "zj-library-late-fee": 550,
    "zs-transit-ride": 820, "zs-medical-pay": 800, "zs-book-delivery": 800, "zs-tour-return": 800, "zs-tour-lane": 850,
    "zs-bike-rental": 850, "zs-gift-exchange": 850, "zs-campus-gym": 800, "zs-parking-space": 820,
}  # fmt: skip
"""Thresholds as printed. Any other is illustrative, or open to every member."""


def test_every_row_of_the_seeds_is_there_once() -> None:
    assert [row.code for row in ROWS] == [*CODES.split(), "residence points", "business scenarios"]
    assert {row.treatment for row in ROWS} == set(TREATMENTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_a_row_is_an_offer_or_says_why_not(row) -> None:  # type: ignore[no-untyped-def]
    if row.treatment in ("K", "K+"):
        assert row.offers(OFFERS)
    if row.treatment != "K":
        assert len(row.note) > 40, "what was changed, or why it is not built"


def test_every_offer_comes_from_a_row() -> None:
    assert {offer.code for row in ROWS for offer in row.offers(OFFERS)} == set(BY_CODE)


def test_what_may_not_wait_for_a_score_is_absent() -> None:
    text = " ".join(f"{words.zh} {words.en}" for offer in OFFERS for words in offer.texts()).lower()
    for word in ("落户", "居住证", "入学", "职称", "贷款", "抽奖", "loan ", "lottery", "residence permit"):
        assert word not in text


@every_offer
def test_a_line_is_the_printed_one_or_illustrative(offer: Offer) -> None:
    if offer.code in LINES:
        assert offer.threshold == LINES[offer.code]
        assert "threshold" not in offer.illustrative
    else:
        assert offer.threshold == 0 or "threshold" in offer.illustrative


@pytest.mark.parametrize(
    ("code", "benefit"),
    [
        ("hz-medical-pay", PayLater(limit_fen=500_000, days=30)),
        ("hz-campus-fitness", ReviewSkip(ordinary_from_days=3, ordinary_days=5, days=1)),
        ("hz-office-equipment", DepositWaiver(1_000_000, unit="sets", each_from_fen=80_000, each_to_fen=100_000)),
        ("hz-library-card", DepositWaiver(amount_fen=10_000)),
        ("hz-public-housing", DepositReduction(ordinary_fen=300_000, percent=50)),
        ("hz-broadband-offer", Price(from_percent=50, to_percent=70)),
        ("nb-medical-pay", PayLater(limit_fen=100_000, days=30)),
        ("zj-library-loans", Quota("books", ordinary_count=12, count=20, ordinary_days=45, days=60)),
    ],
)
def test_an_amount_is_the_printed_one(code: str, benefit: Benefit) -> None:
    assert BY_CODE[code].benefit == benefit


class Forgetful(Family):
    """A rule that gives to everyone, whatever its offer asks for."""

    code = "forgetful"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        return self.from_threshold(facts)


@every_offer
@pytest.mark.parametrize(("score", "by_word"), [(1000, False), (0, True)])
def test_what_an_offer_needs_is_declared_even_where_its_rule_forgets_it(
    offer: Offer, score: int, by_word: bool
) -> None:
    """A person's word stands in the place of the score, and of nothing else."""
    plugin = Plugin(Forgetful, "forgetful", "1.0", {}, Path(), "a test")
    registry = Registry({}, {offer.code: scenario_of(offer, plugin)})
    facts = Facts(date(2026, 6, 1), offer.city, offer.packs[0], member=True, score=score, by_word=by_word)
    assert registry.decide(offer.code, facts).path is (Way.STANDARD if offer.needed else Way.CREDIT)
    declared = replace(facts, declared=offer.needed)
    assert registry.decide(offer.code, declared).path is Way.CREDIT


def test_whose_score_is_read() -> None:
    subjects = {offer.code: offer.subject for offer in OFFERS if offer.subject is not Subject.OWN}
    assert subjects == {
        "hz-office-equipment": Subject.LEGAL_REPRESENTATIVE,
        "hz-public-housing": Subject.HOUSEHOLD_MEMBER,
    }
    assert set(SUBJECTS) == set(Subject)


@every_offer
def test_a_shipped_offer_stands_in_a_group(offer: Offer) -> None:
    assert offer.group is not Group.OTHER
    assert set(GROUPS) == set(Group)


@every_offer
def test_no_text_judges_anyone(offer: Offer) -> None:
    assert not [words for words in offer.texts() if words.harsh_word()]


@every_offer
def test_a_reservation_is_beside_the_ordinary_places_and_so_many_a_day(offer: Offer) -> None:
    if isinstance(offer.benefit, Reservation):
        assert offer.limits.daily
        assert offer.order_kind == "reservation"
        assert offer.limits.amount_fen == 0


@every_offer
def test_what_is_about_health_waits_for_a_consent_of_its_own(offer: Offer) -> None:
    if offer.family == "medical":
        assert offer.needed == {"service-opened"}
        assert "第二十九条" in offer.legal_basis


@every_offer
def test_an_order_never_holds_more_than_the_benefit_gives(offer: Offer) -> None:
    benefit = offer.benefit
    if isinstance(benefit, PAYMENT_ONLY):
        most = benefit.limit_fen if isinstance(benefit, PayLater) else benefit.amount_fen
        assert offer.limits.amount_fen == most
    if offer.limits.standing:
        assert offer.limits.standing.per_order_fen <= offer.limits.amount_fen


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_of_benefit_is_kept_and_read_back(kind: type[Benefit]) -> None:
    shipped = [offer.benefit for offer in OFFERS if isinstance(offer.benefit, kind)]
    assert shipped, "every kind is in use"
    for benefit in shipped:
        assert benefit_from_json(benefit_as_json(benefit)) == benefit
        assert benefit_words(benefit)


def test_a_decision_kept_before_there_were_more_kinds_is_read() -> None:
    assert benefit_from_json({"kind": "deposit_waiver", "amount_fen": 100}) == DepositWaiver(100)
    assert benefit_as_json(DepositWaiver(100)) == {"kind": "deposit_waiver", "amount_fen": 100}
    assert benefit_from_json({"kind": "pay_later", "limit_fen": 100, "days": 3}) == PayLater(100, 3)


@pytest.mark.parametrize(
    "nothing",
    [
        DepositWaiver(0),
        DepositWaiver(100, "sets", 90, 80),
        DepositReduction(100, 0),
        DepositReduction(100, 101),
        PayLater(0, 3),
        Quota("books", 12, 12, 45, 45),
        Quota("books", 12, 20, 45, 44),
        Fee(100, 100),
        Price(50, 100),
        Price(70, 50),
        ReviewSkip(3, 5, 3),
        Reservation("seats", 0, 1),
    ],
    ids=repr,
)
def test_a_benefit_that_gives_nothing_is_none(nothing: Benefit) -> None:
    assert not nothing.better()
