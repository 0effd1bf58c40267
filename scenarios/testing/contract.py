"""The contract suite as a class of tests; whoever extends it names a family or a registry."""

from __future__ import annotations

from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.scenario import Family
from scenarios import BUILT_IN, GROUP
from scenarios.registry import Registry, build
from scenarios.tampering import Names
from scenarios.testing import promises, purity
from scenarios.testing.facts import Case, cases, facts_for, grid


class Contract:
    """Every promise of a scenario as a test, for each offer of `family`, or for all of `registry`."""

    family: ClassVar[type[Family] | None] = None
    registry: ClassVar[Registry]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.family is not None and "registry" not in vars(cls):
            value = f"{cls.family.__module__}:{cls.family.__qualname__}"
            point = EntryPoint(name=cls.family.__name__, value=value, group=GROUP)
            ours = () if cls.family in BUILT_IN else (point,)
            cls.registry = build(BUILT_IN, ours, lanes=lambda: None)

    @classmethod
    def codes(cls) -> list[str]:
        """The scenarios that are held to the contract."""
        offers = cls.registry.offers()
        return [offer.code for offer in offers if cls.family is None or offer.family == cls.family.code]

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """One test for each scenario, and for each row of the decision tables; `metafunc` is the runner's Metafunc."""
        if not hasattr(self, "registry"):
            return
        codes = self.codes()
        if "code" in metafunc.fixturenames:
            metafunc.parametrize("code", codes)
        if "case" in metafunc.fixturenames:
            rows = [case for case in cases(self.registry) if case.scenario in codes]
            metafunc.parametrize("case", rows, ids=lambda case: f"{case.scenario}: {case.why}")

    def test_nothing_was_left_out(self) -> None:
        """Every plug-in and offer is usable; a fault says what is wrong."""
        assert not [str(fault) for fault in self.registry.faults]
        assert self.codes(), "no offer names the family: see offers/*.toml beside its module"

    def test_the_decision_table_holds(self, case: Case) -> None:
        """`cases/*.toml`: these facts, this path, these reasons."""
        outcome = self.registry.decide(case.scenario, case.facts)
        assert (outcome.path, [reason.code for reason in outcome.reasons]) == (case.path, case.reasons)

    def test_both_paths_have_a_case(self, code: str) -> None:
        """The table shows who gets the benefit, and who the ordinary path."""
        assert {case.path for case in cases(self.registry) if case.scenario == code} == {"credit", "standard"}

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_it_keeps_its_promises(self, code: str, data: st.DataObject) -> None:
        """Each of scenarios/testing/promises.py, for any facts, and for a lower score beside them."""
        facts = data.draw(facts_for(self.registry.offer(code)), "facts")
        for promise in promises.PROMISES:
            promise(self.registry, code, facts)
        promises.only_grants(self.registry, code, facts, data.draw(st.integers(0, 2000), "a lower score"))

    def test_there_is_an_ordinary_path(self, code: str) -> None:
        """Text, steps, price and time (guardrail 3)."""
        promises.has_an_ordinary_path(self.registry.offer(code))

    def test_a_basic_public_service_is_left_alone(self, code: str) -> None:
        """Only the payment's time or the deposit differ (guardrail 2)."""
        promises.leaves_basic_services_alone(self.registry, self.registry.offer(code))

    def test_its_source_looks_at_nothing_but_the_facts(self, code: str) -> None:
        """No import, clock or call by which a rule could look at the world."""
        assert not list(purity.source_faults(purity.modules_of(self.registry.scenario(code))))

    def test_it_runs_without_touching_anything(self, code: str) -> None:
        """No file, socket, process or sleep; few steps; nothing is changed or kept; the order of asking is no fact."""
        scenario = self.registry.scenario(code)
        facts, names, kept = list(grid(scenario.offer)), Names(), purity.state(scenario)
        forward = [purity.watched(partial(scenario.rule.decide, one)) for one in facts]
        backward = [purity.watched(partial(scenario.rule.decide, one)) for one in reversed(facts)]
        assert forward == backward[::-1], "an answer depends on what was asked before"
        assert purity.state(scenario) == kept, "the rule keeps something between two decisions"
        assert not names.restore(), "the rule changed the platform"
        assert facts == list(grid(scenario.offer)), "the rule changed the facts"
