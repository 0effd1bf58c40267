"""What unit tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.plugins import Installer


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Load the registry with one plug-in of these sources."""
    monkeypatch.syspath_prepend(tmp_path)
    return Installer(tmp_path, monkeypatch)
