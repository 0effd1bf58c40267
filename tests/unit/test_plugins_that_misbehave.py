"""One bad plug-in costs its own citizens the credit path for a while; it changes nobody else's answer."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import pytest

from app.domain.scenario import Path as Way
from app.domain.scenario import Reason
from scenarios import asking, lanes
from scenarios.asking import MOST_REASONS
from tests.support.plugins import FACTS, MODULE, Install, others_answer

ORDINARY = (Way.STANDARD, None, (Reason("rule-unavailable"),))
DECIDE = "return self.from_threshold(facts)"


def rule(body: str) -> str:
    """The plug-in with this rule."""
    return MODULE.replace(DECIDE, body)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise SystemExit(0)", "decide: SystemExit"),
        ("import sys; sys.exit('bye')", "decide: SystemExit"),
        ("raise KeyboardInterrupt", "decide: KeyboardInterrupt"),
        ("raise type('Odd', (BaseException,), {})", "decide: Odd"),
        ("return self.decide(facts)", "decide: RecursionError"),
        ("return Outcome('credit', Everything(), ())", "the benefit is the offer's"),
        ("return Outcome('standard', None, ())", "an outcome needs a reason"),
        ("return Outcome('standard', None, ('because',))", "reasons must be Reasons"),
        ("return Outcome('standard', None, (Reason('own', {'n': 'a name'}),))", "a reason has no text"),
        ("return self.standard(Reason('threshold-ahead', {'score': '900', 'threshold': 1}))", "whole numbers by name"),
        ("raise TimeoutError", "decide: TimeoutError"),
    ],
)
def test_whatever_a_rule_does_the_ordinary_path_is_there(
    install: Install, body: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    everything = "class Everything:\n    def __eq__(self, other):\n        return True\n"
    registry = install(rule(body) + everything)
    outcome = registry.decide("hz-stand", FACTS)
    assert (outcome.path, outcome.benefit, outcome.reasons) == ORDINARY
    assert others_answer(registry)
    assert told in caplog.text


def test_reasons_without_end_are_cut(install: Install) -> None:
    registry = install(
        rule("import itertools; return Outcome('standard', None, itertools.repeat(Reason('score-pending')))")
    )
    assert len(registry.decide("hz-stand", FACTS).reasons) == MOST_REASONS


def test_a_rule_gets_facts_and_an_offer_of_its_own(install: Install) -> None:
    registry = install(
        rule(
            "object.__setattr__(facts, 'score', 999)\n"
            "        object.__setattr__(self.offer, 'threshold', 0)\n"
            "        return self.standard(Reason('score-pending'))"
        )
    )
    assert registry.decide("hz-stand", FACTS).path == Way.STANDARD
    assert FACTS.score == 900
    assert registry.offer("hz-stand").threshold == 500


def test_texts_are_those_of_the_day_it_was_loaded(install: Install) -> None:
    reasons = "    reasons = {'own': Words('照常', 'As ever')}\n"
    body = "Stand.reasons['own'] = Words('失信', 'bad')\n        return self.standard(Reason('own'))"
    registry = install(rule(body) + reasons)
    outcome = registry.decide("hz-stand", FACTS)
    assert registry.explain("hz-stand", outcome.reasons[0]).zh == "照常"


@pytest.mark.parametrize(
    ("patch", "name"),
    [
        ("import scenarios.registry as r\nr.gates = lambda offer, facts: ()", "scenarios.registry.gates"),
        ("Family.from_threshold = lambda self, facts: self.credit()", "app.domain.scenario.Family.from_threshold"),
        ("import app.domain.scenario as s\ndel s.GATES", "app.domain.scenario.GATES"),
        ("import builtins\nbuiltins.sorted = list", "builtins.sorted"),
        ("import scenarios.registry as r\nr.max = min", "scenarios.registry.max"),
        (
            "from app.domain.scenario import Path\ntype.__setattr__(Path, 'CREDIT', 1)",
            "app.domain.scenario.Path.CREDIT",
        ),
    ],
)
def test_a_plugin_that_changes_the_platform_is_left_out_and_undone(install: Install, patch: str, name: str) -> None:
    registry = install(MODULE + "\n" + patch)
    assert others_answer(registry)
    assert "hz-stand" not in registry
    assert f"it changed {name}, which was put back" in str(registry.faults[0])
    others = registry.decide("hz-library-card", replace(FACTS, member=False))
    assert others.path == Way.STANDARD


@pytest.mark.parametrize(
    "bad",
    [
        "class Odd(dict):\n    def items(self): raise OSError\nStand.reasons = Odd(a=1)",
        "class Odd(str): ...\nStand.code = Odd('stand')",
        "Stand.__init__ = lambda self, offer: exit(1)",
        "del Stand.decide\nStand.decide = None",
    ],
)
def test_what_a_plugin_says_of_itself_may_break_too(install: Install, bad: str) -> None:
    registry = install(MODULE + "\n" + bad)
    assert others_answer(registry)
    if "hz-stand" in registry:
        assert registry.decide("hz-stand", FACTS).reasons == ORDINARY[2]
    else:
        assert registry.faults


def test_an_offers_file_without_a_bottom_is_told(install: Install) -> None:
    registry = install(offer="a = " + "[" * 100_000)
    assert others_answer(registry)
    assert "hangzhou.toml" in str(registry.faults[0])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A budget of a moment, and the lanes' clock in the test's hand."""
    moment = [1000.0]
    monkeypatch.setattr(lanes, "BUDGET_SECONDS", 0.05)
    monkeypatch.setattr(lanes, "monotonic", lambda: moment[0])
    return moment


WAITS = """
import threading
go, asked = threading.Event(), []
""" + rule("asked.append(1); go.wait(); return self.from_threshold(facts)")


def finished(before: set[threading.Thread]) -> bool:
    """Whether the threads that were started since have come to their end, for which this waits."""
    started = set(threading.enumerate()) - before
    for thread in started:
        thread.join(10)
    return not any(thread.is_alive() for thread in started)


def test_a_slow_rule_rests_and_is_tried_again(install: Install, impatient: list[float]) -> None:
    before, registry = set(threading.enumerate()), install(WAITS)
    plugin = sys.modules["a_stand.plugin"]
    for _ in range(3):
        assert registry.decide("hz-stand", FACTS).reasons == ORDINARY[2]
    assert len(plugin.asked) == 1, "a rule that was late is left alone"
    assert "took longer than" in str(registry.faults[-1])
    assert others_answer(registry)
    plugin.go.set()
    assert finished(before)
    assert registry.decide("hz-stand", FACTS).reasons == ORDINARY[2], "its rest is not over"
    impatient[0] += lanes.REST_SECONDS + 1
    assert registry.decide("hz-stand", FACTS).path == Way.CREDIT
    assert not registry.faults


def test_a_rule_that_is_never_made_holds_nobody_up(
    install: Install, impatient: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the start of the city, nor the request that finds a newly published version of its offer."""
    before = set(threading.enumerate())
    slow = (
        "    def __init__(self, offer):\n        while offer.threshold != 500: pass\n        super().__init__(offer)\n"
    )
    registry = install(MODULE + slow)
    assert registry.decide("hz-stand", FACTS).path == Way.CREDIT
    monkeypatch.setattr(asking, "MAKING_SECONDS", 0.05)
    renewed = registry.renewed([replace(registry.offer("hz-stand"), version=2, threshold=950)])
    assert "making its rule took longer than" in "".join(map(str, renewed.faults))
    assert others_answer(renewed)
    assert finished(before), "a loop in Python is stopped"
    impatient[0] += lanes.REST_SECONDS + 1
    assert renewed.rule("hz-stand") == "stand 1, offer 1", "what was in force stays"


def test_each_further_delay_doubles_the_rest(install: Install, impatient: list[float]) -> None:
    before, registry = set(threading.enumerate()), install(rule("while True: pass"))
    for rest in (60, 120, 240):
        assert registry.decide("hz-stand", FACTS).reasons == ORDINARY[2]
        assert finished(before), "a loop in Python is stopped"
        impatient[0] += rest - 1
        assert registry.faults
        impatient[0] += 2
        assert not registry.faults


def test_a_published_offer_takes_its_place_and_leaves_the_rest(install: Install) -> None:
    registry = install()
    stricter = replace(registry.offer("hz-stand"), version=2, threshold=950)
    homeless = replace(stricter, code="hz-hovercraft", family="hovercraft")
    renewed = registry.renewed([stricter, homeless])
    assert renewed.decide("hz-stand", FACTS).path == Way.STANDARD
    assert renewed.rule("hz-stand") == "stand 1, offer 2"
    (fault,) = renewed.faults
    assert str(fault) == "offer hz-hovercraft version 2: no plug-in for the family 'hovercraft'"
    assert registry.decide("hz-stand", FACTS).path == Way.CREDIT
    assert len(renewed.offers()) == len(registry.offers())
