"""The page's detector (app/web/static/app/sensor.js), run by Node as it stands, on movements of a phone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sensing import Sample, dropped, jolted, ridden, shaken, walked

SENSOR = Path(__file__).resolve().parents[2] / "app" / "web" / "static" / "app" / "sensor.js"
RUN = """
const { cases } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
import(process.argv[1]).then(({ shakeDetector }) => {
  const counted = (samples) => {
    const isShake = shakeDetector();
    return samples.filter((one) => isShake(one)).length;
  };
  const found = Object.entries(cases).map(([name, samples]) => [name, counted(samples)]);
  console.log(JSON.stringify(Object.fromEntries(found)));
});
"""

SHAKES: dict[str, list[Sample]] = {
    "in the hand": shaken(4),
    "slowly": shaken(4.5, hertz=2),
    "fast and hard": shaken(4, hertz=6, force=45),
    "just over three seconds": shaken(3.6),
    "just over the force": shaken(4, force=17),
    "just over the angle": shaken(4, angle=42),
    "by a sensor that cannot tell gravity": shaken(4, force=32, heavy=True),
    "after a walk": [*walked(3), *({**one, "at": one["at"] + 3000} for one in shaken(4))],
}
OTHERS: dict[str, list[Sample]] = {
    "too short": shaken(2.8),
    "too weak": shaken(6, force=12),
    "without a turn": shaken(6, angle=20),
    "twice two seconds, with a rest": [*shaken(2), *({**one, "at": one["at"] + 3000} for one in shaken(2))],
    "a walk": walked(30),
    "a brisk walk, the phone swinging in the hand": walked(30, hertz=2.4, force=11, angle=70),
    "a run with the phone in a pocket": walked(30, hertz=2.8, force=24, angle=50),
    "a run, by a sensor that cannot tell gravity": walked(30, hertz=2.8, force=26, angle=50, heavy=True),
    "a bus": ridden(30),
    "a fall": dropped(),
    "a single jolt": jolted(),
    "a phone without a gyroscope": [{**one, "rotationRate": None} for one in shaken(5)],
    "a sensor that says nothing": [{"at": at * 16.0, "acceleration": None} for at in range(300)],
    "a sensor that says null": [{"at": at * 16.0, "acceleration": {"x": None, "y": 1, "z": 1}} for at in range(300)],
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many shakes the detector finds in each case; one Node for all of them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine")
    module = tmp_path_factory.mktemp("sensor") / "sensor.mjs"
    module.write_bytes(SENSOR.read_bytes())
    said = json.dumps({"cases": {**SHAKES, **OTHERS}})
    done = subprocess.run([node, "-e", RUN, str(module)], input=said, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("movement", SHAKES)
def test_a_deliberate_shake_is_one(counted: dict[str, int], movement: str) -> None:
    assert counted[movement] == 1


@pytest.mark.parametrize("movement", OTHERS)
def test_whatever_else_happens_to_a_phone_is_none(counted: dict[str, int], movement: str) -> None:
    assert counted[movement] == 0


def test_the_thresholds_are_those_of_the_guide() -> None:
    text = SENSOR.read_text(encoding="utf-8")
    assert all(f"export const {said};" in text for said in ("STRONG = 15", "TURN = 35", "LAST_MS = 3000"))


def test_what_the_sensors_say_stays_in_the_phone() -> None:
    text = SENSOR.read_text(encoding="utf-8")
    assert not any(word in text for word in ("import", "fetch", "post", "localStorage"))
