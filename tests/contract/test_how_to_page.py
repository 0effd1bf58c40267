"""docs/how-to-add-a-scenario.md, followed to the letter: what it says to write is written, what it says to run runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scenarios import offer_files
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "how-to-add-a-scenario.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groupdict() for match in BLOCK.finditer(PAGE)]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each shell block said, the files between them written where the page says."""
    folder, said = tmp_path_factory.mktemp("author"), []
    for block in BLOCKS:
        if block["file"]:
            (folder / "xinyi-scenario-umbrella" / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "sh":
            place = folder if not said else folder / "xinyi-scenario-umbrella"
            said.append(run(block["text"], place))
    return said


def run(commands: str, place: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", "-e", "-c", commands], cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_newcomer_gets_a_plugin_that_keeps_the_contract(followed: list[str]) -> None:
    assert "pyproject.toml" in followed[0]
    assert "passed" in followed[1]
    assert "failed" not in followed[1]


def test_and_sees_what_citizens_and_partners_would(followed: list[str]) -> None:
    rainy, dry = followed[1].split("passed")[1].split("xm-umbrella  ")[1:]
    assert "雨季人人免押金" in rainy
    assert '"benefit"' in rainy
    assert "threshold-ahead" in dry
    assert '"ordinary_path"' in dry
    assert "300" not in dry.split("a partner would get")[1]


def test_the_offer_of_the_page_is_one(tmp_path: Path) -> None:
    offer = next(block["text"] for block in BLOCKS if "[xm-kayak-rental]" in block["text"])
    (tmp_path / "xiamen.toml").write_text(offer, encoding="utf-8")
    assert [code for code, made in offer_files.read(tmp_path / "xiamen.toml") if made.code == code] == [
        "xm-kayak-rental"
    ]


def test_the_entry_point_of_the_page_is_what_new_writes() -> None:
    said = next(block["text"] for block in BLOCKS if "entry-points" in block["text"])
    assert tomllib.loads(said)["project"]["entry-points"] == {
        "xinyi.scenarios": {"umbrella": "xinyi_scenario_umbrella:Umbrella"}
    }
