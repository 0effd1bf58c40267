"""A report made from the command line, and checked there by whoever was given it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.test_card_commands import xinyi
from tests.support.cities import City


def test_a_report_is_made_and_checked_and_another_file_is_told(city: City, tmp_path: Path) -> None:
    paper, other = tmp_path / "report.pdf", tmp_path / "other.pdf"
    made = xinyi(city.var, "report", "make", "--citizen", "xm-card-b", "--out", str(paper))
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    checked = xinyi(tmp_path, "report", "check", told["check_url"], "--file", str(paper))
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["subject_name"] == "吴*"
    other.write_bytes(paper.read_bytes() + b"\n")
    refused = xinyi(city.var, "report", "check", told["code"], "--file", str(other))
    assert (refused.returncode, "another file" in refused.stderr) == (1, True)
