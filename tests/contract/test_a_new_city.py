"""A city is data (docs/how-to-add-a-city.md): a pack and an offers file, put into a copy of the tree, answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

ANSWER = """
from datetime import date
from app.domain.pack import pack_of_city
from app.domain.scenario import Facts
from app.domain.score import explain
from app.packs import load_packs
from scenarios import load

packs, registry, day = load_packs(), load(), date(2026, 6, 1)
pack = pack_of_city(packs, "newcity")
assert not registry.faults, registry.faults
score = explain(pack, (), day).score
facts = Facts(as_of=day, city="newcity", pack=pack.code, member=True, score=score)
for code in ("nc-bike-rental", "nc-library-loans"):
    print(code, registry.decide(code, facts).path)
print(pack.code, score, {offer.city for offer in registry.offers(pack=pack.code)})
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The packages that a pack and an offer meet, with the new city's two files among them."""
    for package in ("app", "scenarios"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    _renamed(tmp_path / "app/packs/egret.toml", "newcity.toml", {'"egret"': '"heron"', '"xiamen"': '"newcity"'})
    offers = {'"egret"': '"heron"', '"xiamen"': '"newcity"', "[xm-": "[nc-"}
    _renamed(tmp_path / "scenarios/offers/xiamen.toml", "newcity.toml", offers)
    return tmp_path


def _renamed(path: Path, name: str, words: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in words.items():
        text = text.replace(old, new)
    path.with_name(name).write_text(text, encoding="utf-8")


def test_two_files_are_a_city(tree: Path) -> None:
    said = subprocess.run([sys.executable, "-c", ANSWER], cwd=tree, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    bike, library, city = said.stdout.splitlines()
    assert (bike, library) == ("nc-bike-rental standard", "nc-library-loans credit")
    assert city == "heron 600 {'newcity'}"
