"""The phone and the server draw the same squares, so that nothing closer than one ever leaves the phone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from app.domain.shake import coarse

SQUARE = Path(__file__).resolve().parents[2] / "app" / "web" / "static" / "app" / "square.js"
RUN = """
const points = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
import(process.argv[1]).then(({ square }) => {
  console.log(JSON.stringify(points.map(([latitude, longitude]) => square(latitude, longitude))));
});
"""


def test_the_phone_tells_the_middle_of_its_square_and_the_server_agrees(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine")
    dice = Random(6)
    points = [(dice.uniform(-89, 89), dice.uniform(-179, 179)) for _ in range(500)]
    module = tmp_path / "square.mjs"
    module.write_bytes(SQUARE.read_bytes())
    said = subprocess.run(
        [node, "-e", RUN, str(module)], input=json.dumps(points), capture_output=True, text=True, check=True
    ).stdout
    told = [(one["latitude"], one["longitude"]) for one in json.loads(said)]
    assert told == [pytest.approx(coarse(point), abs=2e-6) for point in points]
    assert [coarse(point) for point in told] == [pytest.approx(point, abs=2e-6) for point in told]
