"""`xinyi webhook listen`: it prints what verifies, refuses the rest, and ends when it has heard enough."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import requests
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.webhook import Listener
from app.domain.webhook import payload
from app.services import webhook_keys
from tests.conftest import ROOT, Clock
from tests.support.hooks import Hooks

NOW = datetime.now(UTC)
EVENT = "pev_" + "1" * 32
BODY = payload(EVENT, "order.paid", NOW, False, {"order_id": "ord_1", "sequence": 3})


def test_it_takes_what_verifies_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    keys, other = webhook_keys.fresh(), webhook_keys.fresh()
    with Listener(0, keys.shown, 204, lambda: NOW) as listener:
        good = webhook_keys.headers([other, keys], EVENT, NOW, BODY)
        assert listener.take(good, BODY) == 204
        assert listener.take(webhook_keys.headers([other], EVENT, NOW, BODY), BODY) == 400
        assert listener.take(webhook_keys.headers([keys], EVENT, NOW - timedelta(hours=1), BODY), BODY) == 400
        assert listener.take({}, BODY) == 400
        assert listener.verified == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["data"] == {"order_id": "ord_1", "sequence": 3}


def test_it_is_reached_by_the_courier(app: Flask, session: Session, clock: Clock) -> None:
    """The whole way: endpoint, event, courier, listener, and the number of webhooks it was to wait for."""
    hooks = Hooks(app, session)
    clock.moment = datetime.now(UTC)
    port = _free_port()
    made = hooks.endpoint(f"http://127.0.0.1:{port}/hooks")
    command = [sys.executable, "-m", "app.cli", "webhook", "listen", "--port", str(port), "--count", "1"]
    own = {**os.environ, "XINYI_WEBHOOK_SECRET": made["secret"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "listening" in process.stderr.readline()
        assert requests.post(f"http://127.0.0.1:{port}/", data=b"{}", timeout=5).status_code == 400
        event = hooks.tell()
        assert hooks.deliver() == 1
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(out)["id"] == event


def _free_port() -> int:
    with Listener(0, "whsec_") as probe:
        return int(probe.server_port)


def test_a_secret_that_is_none_is_one_line() -> None:
    result = CliRunner().invoke(main, ["webhook", "listen", "--secret", "whsec_?"])
    assert result.exit_code == 1
    assert result.output.strip().splitlines() == ["Error: not a whsec_ secret"]
