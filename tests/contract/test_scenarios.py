"""Every scenario that is installed, ours or a third party's, keeps the contract (scenarios/testing)."""

from __future__ import annotations

import subprocess
import sys

import scenarios
from scenarios.testing import Contract
from tests.architecture.source import ROOT


class TestEveryScenario(Contract):
    """The registry of this installation, as it is at work."""

    registry = scenarios.load()


def test_nothing_in_production_loads_the_suite_or_what_it_needs() -> None:
    code = "import sys, app.cli; print(sorted({'pytest', 'hypothesis', 'scenarios.testing'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.strip() == "[]", said.stderr
