"""The four journeys of mission.md against the running city, by HTTP, as a citizen's app and a merchant's till would."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from app.cli.callers import consent_of
from app.services import card_tokens
from tests.support.cities import City


def ok(answer: Any) -> Any:
    """The JSON of an answer that succeeded."""
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def write(city: City, who: str, path: str, **body: Any) -> Any:
    """A partner's write with a fresh idempotency key."""
    return city.call(who, "POST", path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})


def eventually(ask: Callable[[], Any], *, seconds: float = 20) -> Any:
    """What `ask` gives once it gives something: the worker's work takes a moment."""
    deadline = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.2)
    return found


def scanned(city: City, partner: str, login: str) -> str:
    """The citizen shows a code, the merchant scans it: the scan's id."""
    code = ok(city.call(login, "POST", "/citizen/v1/name-card/codes", json={"purpose": "check"}))["code"]
    return str(ok(write(city, partner, "/partner/v1/card-scans", code=code))["id"])


def checked(city: City, partner: str, login: str, scenario: str) -> tuple[str, dict[str, Any]]:
    """Scan and ask: the scan's id and the answer."""
    scan = scanned(city, partner, login)
    return scan, ok(write(city, partner, "/partner/v1/eligibility-checks", scan_id=scan, scenario=scenario))


def test_journey_1_a_citizen_opts_in_sees_everything_and_leaves(city: City) -> None:
    me = "hz-guest"
    city.call(me, "DELETE", "/citizen/v1/enrolment")  # whoever tried this login before us
    city.caller(me).log_in()
    home = ok(city.call(me, "GET", "/citizen/v1/home"))
    assert home["member"] is False
    assert "score" not in home
    assert {scenario["path"] for scenario in home["scenarios"]} == {"standard"}

    notice = ok(city.call(me, "GET", "/citizen/v1/enrolment"))["notice"]
    ok(city.call(me, "POST", "/citizen/v1/enrolment", json={"notice_version": notice["version"]}))
    explained = eventually(lambda: _whole_explanation(city, me))
    assert explained["records"]
    score = ok(city.call(me, "GET", "/citizen/v1/score"))
    assert score["score"] == explained["score"]

    scenarios = ok(city.call(me, "GET", "/citizen/v1/scenarios"))["data"]
    assert any(scenario["path"] == "credit" for scenario in scenarios)
    assert all(scenario["ordinary_path"]["text"] for scenario in scenarios)
    assert ok(city.call(me, "GET", "/citizen/v1/access-log"))["data"], "the departments' answer is a look"

    receipt = ok(city.call(me, "DELETE", "/citizen/v1/enrolment"))
    assert receipt["deleted"]
    home = ok(city.call(me, "GET", "/citizen/v1/home"))
    assert home["member"] is False
    assert city.call(me, "GET", "/citizen/v1/score").status_code == 404


def _whole_explanation(city: City, me: str) -> dict[str, Any] | None:
    answer = city.call(me, "GET", "/citizen/v1/score/explanation")
    if answer.status_code != 200:
        return None
    explained: dict[str, Any] = answer.json()
    records = [
        record
        for dimension in explained["dimensions"]
        for indicator in dimension["indicators"]
        for record in indicator["contributions"]
    ]
    return {**explained, "records": records} if records else None


@pytest.mark.parametrize(("login", "path"), [("hz-high", "credit"), ("hz-low", "standard"), ("xm-high", "standard")])
def test_journey_2_a_merchant_scans_and_asks_and_the_citizen_sees_it_at_once(city: City, login: str, path: str) -> None:
    _, answer = checked(city, "hz-library", login, "hz-library-card")
    assert answer["path"] == path
    assert ("benefit" in answer) == (path == "credit")
    assert ("ordinary_path" in answer) == (path == "standard")

    decision = _verified(city, answer["decision"], audience="hz-library")
    assert decision["path"] == path
    latest = ok(city.call(login, "GET", "/citizen/v1/access-log"))["data"][0]
    assert latest["ref"] == answer["id"]
    assert latest["actor"]["name"] == "杭州图书馆"
    reasons = ok(city.call(login, "GET", f"/citizen/v1/decisions/{answer['id']}"))["reasons"]
    assert reasons, "the citizen, and only the citizen, reads why"


def _verified(city: City, decision: str, audience: str) -> dict[str, Any]:
    keys = requests.get(f"{city.base_url}/oauth/jwks", timeout=10).json()["keys"]
    kid = jwt.get_unverified_header(decision)["kid"]
    key = jwt.PyJWK(next(key for key in keys if key["kid"] == kid))
    claims: dict[str, Any] = jwt.decode(
        decision, key, algorithms=["ES256"], audience=_partner_audiences(city, audience), issuer=city.base_url
    )
    return claims


def _partner_audiences(city: City, client_id: str) -> list[str]:
    return [client_id, ok(city.call(client_id, "GET", "/partner/v1/me"))["id"]]


def test_journey_2_a_standing_consent_answers_until_the_citizen_ends_it(city: City) -> None:
    given = consent_of(city.facts, "hz-library", "hz-high", "eligibility:zj-library-loans", 30)
    asked = {"consent_id": given["consent_id"], "scenario": "zj-library-loans"}
    answer = ok(write(city, "hz-library", "/partner/v1/eligibility-checks", **asked))
    assert answer["path"] == "credit"
    assert answer["citizen_ref"] == given["citizen_ref"]

    ok(city.call("hz-high", "POST", f"/citizen/v1/consents/{given['consent_id']}/end"))
    ended = write(city, "hz-library", "/partner/v1/eligibility-checks", **asked)
    unknown = write(city, "hz-library", "/partner/v1/eligibility-checks", **{**asked, "consent_id": "cns_unknown"})
    assert ended.status_code == unknown.status_code == 404
    assert _without_ids(ended.json()) == _without_ids(unknown.json())


def _without_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "request_id"}


def _opened(city: City, partner: str, login: str, scenario: str, amount: int) -> dict[str, Any]:
    scan, _ = checked(city, partner, login, scenario)
    order: dict[str, Any] = ok(
        write(
            city,
            partner,
            "/partner/v1/orders",
            external_order_no=uuid.uuid4().hex,
            scenario=scenario,
            title="示范订单",
            amount=amount,
            service_end_by=(datetime.now(UTC) + timedelta(hours=8)).isoformat(),
            scan_id=scan,
        )
    )
    return order


def test_journey_3_a_pay_later_order_is_confirmed_used_completed_and_paid(city: City) -> None:
    order = _opened(city, "hz-citycard", "hz-order", "hz-transit-ride", 1500)
    assert order["status"] == "pending_confirmation"
    mine = f"/citizen/v1/orders/{order['id']}"
    assert ok(city.call("hz-order", "POST", f"{mine}/confirm", json={"path": "credit"}))["status"] == "active"

    bill = {"items": [{"name": "地铁", "amount": 600}], "discounts": [], "total": 600}
    theirs = f"/partner/v1/orders/{order['id']}"
    assert ok(write(city, "hz-citycard", f"{theirs}/complete", **bill))["status"] == "payment_due"
    assert ok(city.call("hz-order", "POST", f"{mine}/pay"))["status"] == "completed"
    assert ok(city.call("hz-citycard", "GET", theirs))["outcome"] == "paid"
    eventually(lambda: [event for event in _events(city, "hz-order") if event["kind"] == "order.paid"])


def test_journey_3_a_deposit_free_order_ends_without_a_charge(city: City) -> None:
    order = _opened(city, "zs-mobility", "zs-high", "zs-bike-rental", 10000)
    mine = f"/citizen/v1/orders/{order['id']}"
    assert ok(city.call("zs-high", "POST", f"{mine}/confirm", json={"path": "credit"}))["path"] == "credit"
    done = ok(write(city, "zs-mobility", f"/partner/v1/orders/{order['id']}/complete", items=[], discounts=[], total=0))
    assert (done["status"], done["outcome"]) == ("completed", "no_charge")


def test_journey_3_the_ordinary_way_is_open_to_anyone(city: City) -> None:
    order = _opened(city, "zs-mobility", "zs-low", "zs-bike-rental", 10000)
    mine = f"/citizen/v1/orders/{order['id']}"
    refused = city.call("zs-low", "POST", f"{mine}/confirm", json={"path": "credit"})
    assert refused.status_code in (409, 422)
    assert ok(city.call("zs-low", "POST", f"{mine}/confirm", json={"path": "standard"}))["path"] == "standard"


def _events(city: City, who: str) -> list[dict[str, Any]]:
    return list(ok(city.call(who, "GET", "/citizen/v1/events"))["data"])


def test_journey_4_two_citizens_exchange_cards_and_either_can_take_it_back(city: City) -> None:
    show = {"name_kind": "masked", "fields": ["verified", "city"]}
    code = ok(
        city.call("hz-card-a", "POST", "/citizen/v1/name-card/codes", json={"purpose": "exchange", "show": show})
    )["code"]
    got = ok(city.call("hz-card-b", "POST", "/citizen/v1/name-card/exchanges", json={"code": code, "show": show}))
    assert set(got["received"]["card"]) == {"display_name", "name_kind", "assurance_level", "city"}
    assert city.call("hz-card-b", "POST", "/citizen/v1/name-card/exchanges", json={"code": code}).status_code == 409

    ok(city.call("hz-card-b", "DELETE", f"/citizen/v1/name-cards/{got['received']['id']}"))
    assert ok(city.call("hz-card-a", "GET", "/citizen/v1/name-cards"))["data"] == []


def test_journey_4_a_stranger_verifies_a_card_with_nothing_but_the_published_keys(city: City, tmp_path: Path) -> None:
    show = {"name_kind": "full", "fields": ["verified", "city"]}
    card = ok(
        city.call("hz-card-a", "POST", "/citizen/v1/name-card/offline", json={"purpose": "introduction", "show": show})
    )["card"]
    keys = tmp_path / "jwks.json"
    keys.write_text(requests.get(f"{city.base_url}/oauth/jwks", timeout=10).text)
    read = card_tokens.verify(card, json.loads(keys.read_text()), datetime.now(UTC))
    assert read.face.name == "陆遥"
    with pytest.raises(card_tokens.CardInvalid):
        card_tokens.verify(card[:-3] + "AAA", json.loads(keys.read_text()), datetime.now(UTC))
