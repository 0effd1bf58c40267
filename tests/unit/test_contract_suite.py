"""The suite that authors import finds what it promises to find: each broken promise fails, by its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from app.domain.scenario import Facts
from scenarios import GROUP, build
from scenarios.testing import Contract, promises, purity
from tests.support.plugins import FACTS, MODULE, Installer

DECIDE = "return self.from_threshold(facts)"


@pytest.fixture
def contract(install: Installer) -> Callable[[str], Contract]:
    """The contract of a plug-in with this rule, after these lines."""

    def made(body: str, before: str = "") -> Contract:
        install(before + MODULE.replace(DECIDE, body))
        point = EntryPoint(name="stand", value="a_stand.plugin:Stand", group=GROUP)
        return type("Made", (Contract,), {"registry": build((), [point], lanes=lambda: None)})()

    return made


Made = Callable[..., Contract]


@pytest.mark.parametrize(
    ("body", "before", "told"),
    [
        ("open('/etc/hostname'); " + DECIDE, "", "calls open()"),
        (DECIDE, "import time\n", "imports time"),
        (DECIDE, "from app.services import orders\n", "imports app.services"),
        (DECIDE, "import app.store.citizens\n", "imports app.store.citizens"),
        ("return self.standard(Reason('score-pending', {'d': date.today().day}))", "from datetime import date\n",
         "asks a clock: today()"),
        ("global n; n = 1; " + DECIDE, "", "changes the global n"),
    ],
)  # fmt: skip
def test_a_look_at_the_world_is_read_in_the_source(contract: Made, body: str, before: str, told: str) -> None:
    made = contract(body, before)
    faults = list(purity.source_faults(purity.modules_of(made.registry.scenario("hz-stand"))))
    assert told in " ".join(faults)
    with pytest.raises(AssertionError):
        made.test_its_source_looks_at_nothing_but_the_facts("hz-stand")


@pytest.mark.parametrize(
    ("body", "before", "told"),
    [
        ("Path('/etc/hostname').read_text(); " + DECIDE, "from pathlib import Path\n", "open"),
        ("s.socket(); " + DECIDE, "import socket as s\n", "socket"),
        ("while True: pass", "", "more than 100000 steps"),
        ("\n        try: open('/etc/hostname')\n        except Exception: pass\n        " + DECIDE, "", "open"),
    ],
)
def test_a_look_at_the_world_is_seen_while_it_runs(contract: Made, body: str, before: str, told: str) -> None:
    with pytest.raises(purity.Impure, match=told):
        contract(body, before).test_it_runs_without_touching_anything("hz-stand")


@pytest.mark.parametrize(
    ("body", "before", "told"),
    [
        ("SEEN.append(facts); " + DECIDE, "SEEN = []\n", "keeps something"),
        ("Stand.last = facts.score; " + DECIDE, "", "keeps something"),
        ("object.__setattr__(facts, 'score', 0); " + DECIDE, "", "changed the facts"),
        ("R.clear = 1; Family.MINE = 2; " + DECIDE, "from app.domain import reasons as R\n", "changed the platform"),
        ("return (self.credit if next(N) % 2 else self.standard)(Reason('score-pending'))",
         "import itertools\nN = itertools.count()\n", "depends on what was asked before"),
    ],
)  # fmt: skip
def test_what_a_rule_leaves_behind_is_found(contract: Made, body: str, before: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        contract(body, before).test_it_runs_without_touching_anything("hz-stand")


def test_a_rule_that_prefers_a_lower_score_is_found(contract: Made) -> None:
    made = contract("return (self.credit if facts.score < 700 else self.standard)(Reason('score-pending'))")
    promises.only_grants(made.registry, "hz-stand", _scored(900), 800)
    with pytest.raises(AssertionError):
        promises.only_grants(made.registry, "hz-stand", _scored(720), 300)


def _scored(score: int) -> Facts:
    return Facts(FACTS.as_of, FACTS.city, FACTS.pack, member=True, score=score)


def test_an_author_names_the_family_and_no_more(install: Installer, tmp_path: Path) -> None:
    install()
    stand = sys.modules["a_stand.plugin"].Stand
    made = type("TestStand", (Contract,), {"family": stand})
    assert made.codes() == ["hz-stand"]
    assert not made.registry.faults
