"""The merchant's quickstart runs as it is written, command by command, and says what it promises behind each arrow."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.cities import City, free_ports

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "merchant-quickstart.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
PROGRAM = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
PORT = "9753"


def checked(line: str) -> str:
    """A command, and where it promises an answer, a comparison with it."""
    command, arrow, promised = line.partition("# →")
    if not arrow:
        return line
    return f"TOLD=$({command.rstrip()})\n[ \"$TOLD\" = '{promised.strip()}' ]"


def test_the_quickstart_runs_as_it_is_written(city: City, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "xinyi").symlink_to(ROOT / ".venv" / "bin" / "xinyi")
    lines = [checked(line) for line in COMMANDS if not line.startswith("alias ")]
    script = "set -eu\n" + "\n".join(lines).replace(PORT, str(free_ports())) + "\necho $CLIENT > client.txt\n"
    environment = {**os.environ, "XINYI_VAR_DIR": str(city.var), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        ["bash", "-xc", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, done.stdout + done.stderr
    heard = [json.loads(line) for line in (tmp_path / "heard.ndjson").read_text("utf-8").splitlines()]
    assert len(heard) == 3
    assert {event["type"].partition(".")[0] for event in heard} == {"order"}
    assert len({event["data"]["order_id"] for event in heard}) == 1
    client_id = (tmp_path / "client.txt").read_text().strip()
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, city.facts["base_url"], client_id, "merchant.pem"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["client_id"] == client_id
