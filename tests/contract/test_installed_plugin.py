"""A scenario from outside the tree: pip installs it, the registry finds it, the contract suite holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "examples" / "xinyi-scenario-umbrella"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the example package, from a copy so that the tree stays clean."""
    source = tmp_path_factory.mktemp("source") / "package"
    target = tmp_path_factory.mktemp("site")
    shutil.copytree(PACKAGE, source)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", "--target", str(target), str(source))
    return target


def run(*command: str, path: Path | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, (path, ROOT))))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_registry_finds_it(installed: Path) -> None:
    code = "import scenarios; r = scenarios.load(); print(r.rule('xm-umbrella-loan'), r.faults)"
    assert run(sys.executable, "-c", code, path=installed).strip() == "umbrella 1.0, offer 1 ()"


def test_it_is_not_there_without_being_installed() -> None:
    code = "import scenarios; print('xm-umbrella-loan' in scenarios.load())"
    assert run(sys.executable, "-c", code).strip() == "False"


def test_it_keeps_the_promises_of_every_scenario(installed: Path) -> None:
    suite = str(ROOT / "tests" / "contract" / "test_scenarios.py")
    told = run(sys.executable, "-m", "pytest", suite, "-k", "umbrella", path=installed)
    assert " passed" in told
    assert "failed" not in told
