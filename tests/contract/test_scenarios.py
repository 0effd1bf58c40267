"""Every scenario that is installed, ours or a third party's, keeps the promises of tests/contract/suite.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from tests.contract import suite

REGISTRY = scenarios.load()
CODES = [offer.code for offer in REGISTRY.offers()]
CASES = list(suite.cases(REGISTRY))


def test_nothing_was_left_out() -> None:
    assert not REGISTRY.faults


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.scenario}: {case.why}")
def test_the_decision_tables_hold(case: suite.Case) -> None:
    outcome = REGISTRY.decide(case.scenario, case.facts)
    assert (outcome.path, [reason.code for reason in outcome.reasons]) == (case.path, case.reasons)


@pytest.mark.parametrize("code", CODES)
def test_every_scenario_has_a_case_on_both_paths(code: str) -> None:
    assert {case.path for case in CASES if case.scenario == code} == {"credit", "standard"}


@pytest.mark.parametrize("promise", suite.PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("code", CODES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_scenario_keeps_its_promises(code: str, promise: suite.Promise, data: st.DataObject) -> None:
    promise(REGISTRY, code, data.draw(suite.facts_for(REGISTRY.offer(code))))


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=100, deadline=None)
@given(data=st.data(), lower=st.integers(0, 2000))
def test_a_lower_score_never_gets_more(code: str, data: st.DataObject, lower: int) -> None:
    suite.only_grants(REGISTRY, code, data.draw(suite.facts_for(REGISTRY.offer(code))), lower)


@pytest.mark.parametrize("code", CODES)
def test_every_scenario_has_an_ordinary_path(code: str) -> None:
    suite.has_an_ordinary_path(REGISTRY.offer(code))


@pytest.mark.parametrize("code", CODES)
def test_basic_public_services_are_left_alone(code: str) -> None:
    suite.leaves_basic_services_alone(REGISTRY, REGISTRY.offer(code))
