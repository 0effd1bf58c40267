"""The plug-in keeps the contract of every scenario."""

from __future__ import annotations

from xinyi_scenario_umbrella import Umbrella

from scenarios.testing import Contract


class TestUmbrella(Contract):
    """Its offers, its decision table, and facts that hypothesis makes up."""

    family = Umbrella
