"""`kill -9` of the background worker in mid-journey: what was promised still happens, and happens once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

from tests.support.cities import City

ME = "zs-guest"


def ready_events(city: City) -> list[str]:
    """The ids of the events that tell of the first score; the event comes after the score."""
    events = city.call(ME, "GET", "/citizen/v1/events").json()["data"]
    return [event["id"] for event in events if event["kind"] == "score.ready"]


def test_opting_in_is_carried_through_by_the_next_worker(city: City) -> None:
    notice = city.call(ME, "GET", "/citizen/v1/enrolment").json()["notice"]
    for _ in range(3):
        os.kill(city.pids()["worker"], signal.SIGKILL)
        answer = city.call(ME, "POST", "/citizen/v1/enrolment", json={"notice_version": notice["version"]})
        assert answer.ok, answer.text
        time.sleep(0.3)
    deadline = time.monotonic() + 60
    while not ready_events(city):
        assert time.monotonic() < deadline, "the score never came"
        time.sleep(0.3)
    assert city.call(ME, "GET", "/citizen/v1/score").json()["status"] == "ready"
    log = city.call(ME, "GET", "/citizen/v1/access-log?limit=100").json()["data"]
    pulled = Counter(look["actor"]["name"] for look in log if look["action"]["code"] == "pulled")
    assert len(pulled) == len(city.facts["departments"])
    assert set(pulled.values()) == {1}
    assert len(ready_events(city)) == 1
