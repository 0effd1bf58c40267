"""A plug-in of a few lines, installed from its source."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import scenarios
from app.domain.scenario import Facts
from app.domain.scenario import Path as Way
from scenarios import BUILT_IN, GROUP, Registry

FACTS = Facts(as_of=date(2026, 6, 1), city="hangzhou", pack="qianjiang", member=True, score=900)
MODULE = """
from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words

class Stand(Family):
    code = "stand"
    version = "1"
    def decide(self, facts):
        return self.from_threshold(facts)
"""
OFFER = """
city = "hangzhou"
[hz-stand]
family = "stand"
version = 1
packs = ["qianjiang"]
name = { zh = "免押金", en = "No deposit" }
service = { zh = "照常", en = "As for everyone" }
threshold = 500
benefit = { kind = "deposit_waiver", amount_fen = 3000 }
limits = { amount_fen = 3000, service_days = 3, open_orders = 1 }
basic_public_service = false
valid_from = 2025-01-01
legal_basis = "consent"
source = "a test"
[hz-stand.ordinary_path]
text = { zh = "按普通方式办理：交押金。", en = "The ordinary way: leave a deposit." }
steps = [{ zh = "交押金", en = "Leave a deposit" }]
price_fen = 3000
time = { zh = "当场办好", en = "At once" }
"""
Install = Callable[..., Registry]


@dataclass(frozen=True)
class Installer:
    """Loads the registry with one plug-in of these sources, below `folder`."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, module: str = MODULE, offer: str = OFFER, target: str = "a_stand.plugin:Stand") -> Registry:
        package = self.folder / "a_stand"
        (package / "offers").mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(module)
        (package / "offers" / "hangzhou.toml").write_text(offer)
        self.monkeypatch.delitem(sys.modules, "a_stand", raising=False)
        self.monkeypatch.delitem(sys.modules, "a_stand.plugin", raising=False)
        return scenarios.build(BUILT_IN, [EntryPoint(name="stand", value=target, group=GROUP)])


def others_answer(registry: Registry) -> bool:
    return registry.decide("hz-library-card", FACTS).path == Way.CREDIT and len(registry.offers()) >= 8
