"""The bench of population runs, on a tiny city: it runs, and the run and PostgreSQL say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import population_run


def test_a_day_is_measured_against_postgresql_itself(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", server)
    monkeypatch.setenv("XINYI_VAR_DIR", str(tmp_path))
    size = ["--people", "400", "--records", "1000", "--rounds", "1", "--touched", "20"]
    shown = CliRunner().invoke(population_run.main, size)
    assert shown.exit_code == 0, shown.output
    assert "a day's run, through DuckDB and back: " in shown.output
    assert shown.output.count("ratio to inside PostgreSQL, ") == 2
    assert "ratio touched / a day's run: " in shown.output
