"""The README's journeys run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.cities import City

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "README.md").read_text("utf-8").split("## The four journeys, by hand")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=["citizen", "check", "consent", "order", "card"])
def test_the_readme_runs_as_it_is_written(city: City, block: str, tmp_path: Path) -> None:
    (tmp_path / "xinyi").symlink_to(ROOT / ".venv" / "bin" / "xinyi")
    script = "set -eu\n" + block.replace("alias xinyi=.venv/bin/xinyi\n", "").replace("var/", "")
    environment = {**os.environ, "XINYI_VAR_DIR": str(city.var), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
