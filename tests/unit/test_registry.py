"""One broken plug-in is told and left out; every other scenario answers as before."""

from __future__ import annotations

import pytest

import scenarios
from app.domain.errors import Refusal
from app.domain.scenario import Facts, Reason
from app.domain.scenario import Path as Way
from tests.support.plugins import FACTS, MODULE, OFFER, Install, others_answer


def test_a_plugin_decides_like_a_built_in(install: Install) -> None:
    registry = install()
    assert registry.decide("hz-stand", FACTS).path == Way.CREDIT
    assert not registry.faults


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("raise RuntimeError('no umbrellas')", "loading it raised RuntimeError: no umbrellas"),
        ("import sys; sys.exit(3)", "loading it raised SystemExit: 3"),
        ("import nowhere_at_all", "ModuleNotFoundError"),
        ("def Stand(offer): ...", "a subclass of app.domain.scenario.Family is needed"),
        ("Stand = 7", "a subclass of app.domain.scenario.Family is needed"),
        (MODULE.replace("def decide", "def decades"), "it does not define decide(facts)"),
        (MODULE.replace('code = "stand"', "code = 7"), "its code must be a text"),
        (MODULE.replace('    version = "1"\n', ""), "its version must be a text"),
        (MODULE.replace('"stand"', '"library"'), "the family 'library' is already there, from scenarios.library"),
        (MODULE + "    reasons = ['a']", "its reasons must map codes to Words"),
        (MODULE + "    reasons = {'a': 'b'}", "the reason 'a' needs Words in both languages"),
        (MODULE + "    reasons = {'a': Words('失信', 'no')}", "the reason 'a' is not neutral, it says '失信'"),
        (MODULE + "    reasons = {'order-unpaid': Words('一', 'one')}", "belongs to the platform"),
    ],
)
def test_a_broken_plugin_is_told_and_left_out(install: Install, module: str, told: str) -> None:
    registry = install(module)
    assert others_answer(registry)
    assert "hz-stand" not in registry
    assert told in str(registry.faults[0])
    assert "scenario plug-in 'stand'" in str(registry.faults[0])


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        ("not toml", "hangzhou.toml: "),
        (OFFER.replace("[hz-stand", "[hz-library-card"), "hz-library-card: the scenario is already there"),
        (OFFER.replace('"stand"', '"hovercraft"'), "hz-stand: no plug-in for the family 'hovercraft'"),
        (OFFER.replace("threshold = 500", "threshold = 500\nnotes = 1"), "hz-stand: offer: unknown notes"),
        (OFFER.replace("threshold = 500\n", ""), "hz-stand: offer: threshold missing"),
        (OFFER.replace("threshold = 500", "threshold = true"), "hz-stand: offer.threshold: a whole number is needed"),
        (OFFER.replace("threshold = 500", "threshold = -1"), "hz-stand: threshold starts at 0"),
        (OFFER.replace("= 2025-01-01", "= 2025-01-01T00:00:00Z"), "hz-stand: offer.valid_from: a date is needed"),
        (
            OFFER.replace('"deposit_waiver"', '"gold"'),
            "hz-stand: offer.benefit.kind: one of deposit_waiver, ",
        ),
        (OFFER.replace("amount_fen = 3000 }", "amount_fen = 0 }"), "the benefit gives nothing"),
        (OFFER.replace('[{ zh = "交押金", en = "Leave a deposit" }]', "[]"), "the ordinary path needs steps"),
        (OFFER.replace("交押金。", "您失信了。"), "a text is not neutral, it says '失信'"),
        (OFFER.replace('en = "As for everyone"', 'en = ""'), "a text is empty in one language"),
        (OFFER.replace("false", "'no'"), "hz-stand: offer.basic_public_service: a true or false is needed"),
        (OFFER.replace('city = "hangzhou"\n', ""), "hz-stand: offer.city: a text is needed"),
        (OFFER.replace("[hz-stand.ordinary_path]", "[hz-stand.path]"), "hz-stand: offer: unknown path"),
    ],
)
def test_a_broken_offer_is_told_and_left_out(install: Install, offer: str, told: str) -> None:
    registry = install(offer=offer)
    assert others_answer(registry)
    assert "hz-stand" not in registry
    assert told in str(registry.faults[0])


def test_a_basic_public_service_changes_payment_or_deposit_alone(install: Install) -> None:
    quota = '{ kind = "quota", unit = "beds", ordinary_count = 0, count = 1, ordinary_days = 1, days = 1 }'
    deposit = '{ kind = "deposit_waiver", amount_fen = 3000 }'
    registry = install(offer=OFFER.replace(deposit, quota).replace("service = false", "service = true"))
    assert "only a payment's time or the deposit may differ" in str(registry.faults[0])


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(facts)",
        "return None",
        "return 'credit'",
        "return self.standard(Reason('unheard-of'))",
        "return self.standard(Reason('threshold-ahead'))",
        "return Outcome('credit', None, ())",
        "return Outcome('standard', self.offer.benefit, ())",
        "return Outcome('gold', None, ())",
        "facts.score = 1000",
    ],
)
def test_a_rule_that_breaks_gives_the_ordinary_path(
    install: Install, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    registry = install(MODULE.replace("return self.from_threshold(facts)", body))
    outcome = registry.decide("hz-stand", FACTS)
    assert (outcome.path, outcome.benefit, outcome.reasons) == (Way.STANDARD, None, (Reason("rule-unavailable"),))
    assert others_answer(registry)
    assert "scenario hz-stand: decide" in caplog.text
    assert "900" not in caplog.text, "a log says nothing about a person"


def test_a_plugin_cannot_open_a_closed_gate(install: Install) -> None:
    registry = install(MODULE.replace("self.from_threshold(facts)", "self.credit()"))
    for closed in ({"member": False}, {"paused": True}, {"prefers_standard": True}, {"pack": "egret"}):
        facts = Facts(**{"as_of": FACTS.as_of, "city": "hangzhou", "pack": "qianjiang", "member": True, **closed})
        assert registry.decide("hz-stand", facts).path == Way.STANDARD


def test_an_unknown_scenario_is_refused_by_name_of_the_field() -> None:
    with pytest.raises(Refusal) as refusal:
        scenarios.load().decide("no-such", FACTS)
    assert (refusal.value.code, refusal.value.field) == ("scenario-unknown", "/scenario")


def test_a_reason_of_a_retired_rule_still_reads() -> None:
    assert "gone-rule" in scenarios.load().explain("no-such", Reason("gone-rule", {"n": 1})).en
