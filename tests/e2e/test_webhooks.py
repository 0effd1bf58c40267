"""Webhooks in the running city: an endpoint, a trial that arrives and verifies, and the desk that sees how it goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.e2e.test_browser_desk import DESKTOP, log_in
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone
from tests.support.cities import City
from tests.support.receivers import Received, Receiver, answering, receiver

PARTNER = "hz-citycard"
ENDPOINTS = "/partner/v1/webhook-endpoints"
PATIENCE = 20


def post(city: City, path: str, body: dict[str, Any], method: str = "POST") -> Any:
    answer = city.call(PARTNER, method, path, json=body, headers={"Idempotency-Key": f"{time.time_ns()}"})
    assert answer.ok, answer.text
    return answer.json()


def arrived(made: Receiver, kind: str) -> Received:
    """The first webhook of this type, waited for."""
    deadline = time.monotonic() + PATIENCE
    while not (found := [one for one in made.received if one.json["type"] == kind]):
        assert time.monotonic() < deadline, [one.json for one in made.received]
        time.sleep(0.02)
    return found[0]


def taken_away(city: City, endpoint: dict[str, Any]) -> None:
    path = f"{ENDPOINTS}/{endpoint['id']}"
    assert city.call(PARTNER, "DELETE", path, headers={"Idempotency-Key": endpoint["id"]}).status_code == 204


def test_a_trial_arrives_and_verifies_and_its_log_says_so(city: City) -> None:
    with receiver() as made:
        endpoint = post(city, ENDPOINTS, {"url": made.url})
        event = post(city, f"{ENDPOINTS}/{endpoint['id']}/test", {})
        came = arrived(made, "endpoint.test")
        assert Webhook(endpoint["secret"]).verify(came.body, came.headers)["data"]["endpoint_id"] == endpoint["id"]
        assert came.headers["webhook-id"] == event["id"]
        deadline = time.monotonic() + PATIENCE
        while True:
            (delivery,) = city.call(PARTNER, "GET", f"/partner/v1/events/{event['id']}/deliveries").json()["data"]
            if delivery["status"] == "delivered" or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        assert [attempt["status_code"] for attempt in delivery["attempts"]] == [204]
        taken_away(city, endpoint)


@pytest.mark.browser
def test_the_desk_sees_how_an_endpoint_fares_and_nothing_of_what_was_sent(
    city: City, new_phone: Callable[..., Phone]
) -> None:
    with receiver(answering(500)) as made:
        endpoint = post(city, ENDPOINTS, {"url": made.url + "?token=of-the-partner"})
        post(city, f"{ENDPOINTS}/{endpoint['id']}/test", {})
        arrived(made, "endpoint.test")
        device = new_phone(**DESKTOP)
        page = log_in(device, "hz-audit")
        device.turn_to("partners")
        page.get_by_text("杭州市民卡").first.click()
        part = page.locator("section", has=page.get_by_role("heading", name="回调地址"))
        part.get_by_text("127.0.0.1").wait_for()
        assert "of-the-partner" not in page.content()
        device.shot("desk-webhooks", whole=True)
        page.set_viewport_size({"width": 390, "height": 844})
        assert_fits(device, "a partner's webhook endpoints")
        taken_away(city, endpoint)
