"""The contract of every scenario, as tests that a plug-in's author imports (docs/how-to-add-a-scenario.md).

    from scenarios.testing import Contract
    from xinyi_scenario_umbrella import Umbrella

    class TestUmbrella(Contract):
        family = Umbrella

It needs pytest and hypothesis; nothing outside this package imports it, or them.
"""

from __future__ import annotations

from scenarios.testing.contract import Contract
from scenarios.testing.facts import Case, cases, enrolled, facts_for
from scenarios.testing.promises import PROMISES, Promise, as_partner_sees

__all__ = ["PROMISES", "Case", "Contract", "Promise", "as_partner_sees", "cases", "enrolled", "facts_for"]
