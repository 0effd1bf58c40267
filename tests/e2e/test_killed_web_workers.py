"""`kill -9` of web workers in mid-journey: what was acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from app.cli.callers import Caller
from tests.support.cities import City, children_of

MERCHANTS = 3
JOURNEYS_EACH = 12
KILLS = 5
PARTNER, SCENARIO = "hz-library", "zj-library-loans"


def residents(city: City, count: int) -> list[str]:
    """Logins of Hangzhou that no other test cares for."""
    accounts = (city.var / "demo" / "accounts.ndjson").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in accounts]
    return [person["login"] for person in found if person["login"].startswith("hz-0")][:count]


def insisting(ask: Callable[[], requests.Response]) -> dict[str, Any]:
    """The answer of a request that is sent again, the same in every byte, until it is answered."""
    for _ in range(100):
        try:
            answer = ask()
        except requests.RequestException:
            time.sleep(0.1)
            continue
        if answer.ok:
            body: dict[str, Any] = answer.json()
            return body
        assert answer.status_code in (409, 503), answer.text
        time.sleep(0.1)
    raise AssertionError("never answered")


def write(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return insisting(lambda: caller.request("POST", path, json=body, headers=headers))


def merchant(city: City, login: str, folder: Path) -> list[str]:
    """Checks of one resident by one merchant's till; the ids that were acknowledged."""
    citizen, till = Caller(city.facts, login, folder), Caller(city.facts, PARTNER, folder)
    acknowledged = []
    for _ in range(JOURNEYS_EACH):
        code = insisting(lambda: citizen.request("POST", "/citizen/v1/name-card/codes", json={"purpose": "check"}))[
            "code"
        ]
        scan = write(till, "/partner/v1/card-scans", {"code": code})["id"]
        check = write(till, "/partner/v1/eligibility-checks", {"scan_id": scan, "scenario": SCENARIO})
        acknowledged.append(check["id"])
    return acknowledged


def kill_some(city: City) -> int:
    """Kill one web worker after another, each time with a second one up; how many."""
    for _ in range(KILLS):
        while len(workers := children_of(city.pids()["web"])) < 2:
            time.sleep(0.1)
        os.kill(workers[0], signal.SIGKILL)
        time.sleep(0.4)
    return KILLS


@pytest.fixture
def logins(city: City) -> list[str]:
    return residents(city, MERCHANTS)


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(city: City, logins: list[str], tmp_path: Path) -> None:
    with ThreadPoolExecutor(MERCHANTS + 1) as pool:
        tills = [pool.submit(merchant, city, login, tmp_path / login) for login in logins]
        assert pool.submit(kill_some, city).result(120) == KILLS
        acknowledged = [till.result(120) for till in tills]
    for login, checks in zip(logins, acknowledged, strict=True):
        assert len(set(checks)) == JOURNEYS_EACH
        for check in checks:
            kept = insisting(lambda check=check: city.call(PARTNER, "GET", f"/partner/v1/eligibility-checks/{check}"))
            assert kept["id"] == check
        log = insisting(lambda login=login: city.call(login, "GET", "/citizen/v1/access-log?limit=100"))
        seen = Counter(look["ref"] for look in log["data"] if look["action"]["code"] == "check")
        assert seen == Counter(checks)
