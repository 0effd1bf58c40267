"""What every scenario promises, as functions on a registry; a failed promise is an AssertionError."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.offer import PAYMENT_ONLY, Offer
from app.domain.scenario import Facts, Outcome
from app.domain.scenario import Path as Way
from scenarios.registry import Registry
from scenarios.testing.facts import enrolled


def is_sound(registry: Registry, code: str, facts: Facts) -> None:
    """Credit carries the offer's benefit whole, the ordinary path carries none, and the rule did not break."""
    outcome = registry.decide(code, facts)
    offer = registry.offer(code)
    assert outcome.benefit == (offer.benefit if outcome.path == Way.CREDIT else None)
    assert outcome.reasons, "a decision without a reason cannot be explained"
    assert "rule-unavailable" not in [reason.code for reason in outcome.reasons], "the rule broke; the log says where"


def is_deterministic(registry: Registry, code: str, facts: Facts) -> None:
    """The same facts give the same outcome, and are left as they were."""
    before = replace(facts)
    assert registry.decide(code, facts) == registry.decide(code, replace(facts))
    assert facts == before


def only_grants(registry: Registry, code: str, facts: Facts, lower: int) -> None:
    """A lower score changes credit to standard and nothing else (guardrail 1)."""
    if facts.score is not None:
        at_lower = registry.decide(code, replace(facts, score=min(lower, facts.score)))
        if at_lower.path == Way.CREDIT:
            assert as_partner_sees(at_lower) == as_partner_sees(registry.decide(code, facts))


def absence_is_not_evidence(registry: Registry, code: str, facts: Facts) -> None:
    """No opt-in, no score, a choice, a pause, another city: a merchant sees one ordinary path (guardrail 5)."""
    ordinary = (Way.STANDARD, None)
    for absent in (
        replace(facts, member=False, score=None),
        replace(facts, score=None),
        replace(facts, prefers_standard=True),
        replace(facts, paused=True),
        replace(facts, pack=None),
    ):
        assert as_partner_sees(registry.decide(code, absent)) == ordinary


def is_told_neutrally(registry: Registry, code: str, facts: Facts) -> None:
    """Each reason reads as plain neutral words in both languages (guardrail 3)."""
    for reason in registry.decide(code, facts).reasons:
        words = registry.explain(code, reason)
        assert words.zh
        assert words.en
        assert words.harsh_word() is None


def has_an_ordinary_path(offer: Offer) -> None:
    """Text, steps, price and time of the ordinary way, in neutral words (guardrail 3)."""
    path = offer.ordinary_path
    assert path.text.zh.startswith("按普通方式办理"), "the ordinary way begins with 按普通方式办理"
    assert path.steps
    assert path.price_fen >= 0
    assert path.time.zh
    assert not [words for words in offer.texts() if words.harsh_word()]


def leaves_basic_services_alone(registry: Registry, offer: Offer) -> None:
    """At score zero and without opting in the service is the same: only payment or deposit differ (guardrail 2)."""
    if offer.basic_public_service:
        assert isinstance(offer.benefit, PAYMENT_ONLY)
        assert as_partner_sees(registry.decide(offer.code, enrolled(offer, member=False))) == (Way.STANDARD, None)
        at_zero = registry.decide(offer.code, enrolled(offer, score=0))
        assert at_zero.path == Way.STANDARD or offer.threshold == 0


def as_partner_sees(outcome: Outcome) -> tuple[object, ...]:
    """An outcome without its reasons, which are the citizen's alone."""
    return outcome.path, outcome.benefit


Promise = Callable[[Registry, str, Facts], None]

PROMISES: tuple[Promise, ...] = (is_sound, is_deterministic, absence_is_not_evidence, is_told_neutrally)
