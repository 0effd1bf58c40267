"""A scenario from outside the tree: pip installs it, the registry finds it, its own tests hold it to the contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.scenario_authors import new

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "xinyi-scenario-umbrella"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two packages, copied or made so that the tree stays clean: the example, and what `xinyi scenario new` writes."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(EXAMPLE, folder / "umbrella")
    assert CliRunner().invoke(new, ["sea-ferry", "--folder", str(folder / "ferry")]).exit_code == 0
    return [folder / "umbrella", folder / "ferry"]


@pytest.fixture(scope="module")
def installed(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed both."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", "--target", str(target), *map(str, sources))
    return target


def run(*command: str, path: Path | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, (path, ROOT))))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_registry_finds_them(installed: Path) -> None:
    code = "import scenarios; r = scenarios.load(); print(r.rule('xm-umbrella-loan'), r.rule('xm-sea-ferry'), r.faults)"
    said = run(sys.executable, "-c", code, path=installed).strip()
    assert said == "umbrella 1.0, offer 1 sea-ferry 1.0, offer 1 ()"


def test_they_are_not_there_without_being_installed() -> None:
    code = "import scenarios; print('xm-umbrella-loan' in scenarios.load())"
    assert run(sys.executable, "-c", code).strip() == "False"


def test_they_pass_their_own_tests(installed: Path, sources: list[Path]) -> None:
    tests = [str(source / "tests") for source in sources]
    told = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests, path=installed)
    assert " passed" in told or "100%" in told
    assert "failed" not in told
