"""Everything that citizens do with cards, reports and entities in a demo city, once, and what goes wrong with it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import requests

from app.cli.demo_data.people import Person
from app.services import qr
from tests.support.cities import City
from tests.support.entities import said, uscc
from tests.support.shaking import SHAKES, wish
from tests.support.wallet import CREDENTIALS, NONCES, Wallet

ME, FRIEND, REGISTER = "hz-card-a", "hz-card-b", "market_register"
CARD, HELD, REPORTS = "/citizen/v1/name-card", "/citizen/v1/name-cards", "/citizen/v1/reports"
WHOLE = {"name_kind": "full", "fields": ["verified", "city", "grade", "legal_role", "report", "avatar"]}


def done(city: City, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
    """The JSON of a call that succeeded."""
    sent = {"json": body} if body is not None else {}
    answer = city.call(who, method, path, **sent, **more)
    assert answer.ok, (path, answer.text)
    return answer.json() if answer.content else None


def travel_with_cards(city: City, friend: Person) -> None:
    """A register names someone, who then gives a card with everything on it in each way there is, and takes it back."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    done(city, REGISTER, "PUT", f"/department/v1/entities/{uscc(77)}", said(friend.id_number, city="hangzhou",
         as_of=datetime.now(UTC).isoformat()), headers=key)  # fmt: skip
    _choose(city)
    report = _report(city)
    code = done(city, FRIEND, "POST", f"{CARD}/codes", {"purpose": "exchange"})["code"]
    done(city, ME, "POST", f"{CARD}/exchanges", {"code": code, "show": WHOLE | {"entity": _entity(city, ME)}})
    (held,) = done(city, FRIEND, "GET", HELD)["data"]
    done(city, FRIEND, "PUT", f"{HELD}/{held['id']}/note", {"note": f"{held['card']['display_name']}，茶会上认识"})
    done(city, FRIEND, "POST", "/citizen/v1/name-card-matches", {"text": held["card"]["display_name"]})
    done(city, ME, "PUT", f"/citizen/v1/name-card/given/{held['id']}", {"show": WHOLE | {"entity": _entity(city, ME)}})
    done(city, ME, "POST", f"/citizen/v1/name-card/given/{held['id']}/withdraw", {})
    done(city, ME, "DELETE", f"{REPORTS}/{report}/link")
    _shake(city)
    _wallet(city)
    done(city, FRIEND, "POST", f"/citizen/v1/entities/{_entity(city, FRIEND)}/card/offline", {})


def stumble_with_cards(city: City, one: Person) -> None:
    """Requests that go wrong while they carry what must not come back."""
    checks = requests.post(f"{city.base_url}/reports/v1/checks", json={"code": one.id_number}, timeout=10)
    assert checks.status_code == 404
    key = {"Idempotency-Key": uuid.uuid4().hex}
    entity = said(one.id_number[:-1] + "?", name=one.name, city=one.name, as_of=one.id_number)
    wrong: list[tuple[str, str, str, Any]] = [
        (REGISTER, "PUT", f"/department/v1/entities/{uscc(78)}", entity),
        (ME, "POST", SHAKES, wish("give", one.name + one.id_number)),
        (ME, "POST", "/citizen/v1/name-card-matches", {"text": one.name * 30, "field": one.id_number}),
        (ME, "POST", CREDENTIALS, {"proof": f"{one.name}.{one.id_number}.x"}),
        (ME, "POST", f"{CARD}/presets", {"name": one.name * 10, "show": {"name_kind": one.name}}),
        (ME, "POST", REPORTS, {"shows": one.name, "language": one.id_number}),
        (ME, "POST", f"{CARD}/exchanges", {"code": one.name}),
    ]
    for who, method, path, body in wrong:
        answer = city.call(who, method, path, json=body, headers=key)
        assert 400 <= answer.status_code < 500, (path, answer.text)
    picture = json.dumps({"name": one.name}).encode()
    for path in (f"{CARD}/avatar?agreed=true", "/citizen/v1/code-pictures"):
        method = "PUT" if "avatar" in path else "POST"
        assert not city.call(ME, method, path, data=picture, headers={"Content-Type": "image/png"}).ok


def _choose(city: City) -> None:
    photograph = {"data": qr.png("XINYI"), "headers": {"Content-Type": "image/png"}}
    done(city, ME, "PUT", f"{CARD}/avatar?agreed=true", **photograph)
    assert done(city, ME, "POST", "/citizen/v1/code-pictures", **photograph)["texts"] == ["XINYI"]
    done(city, ME, "PUT", CARD, {"nickname": "小陆", "show": {"name_kind": "masked", "fields": ["verified"]}})
    done(city, ME, "POST", f"{CARD}/presets", {"name": "见同行", "show": WHOLE | {"entity": _entity(city, ME)}})


def _entity(city: City, who: str) -> str:
    entities: list[dict[str, Any]] = done(city, who, "GET", "/citizen/v1/entities")["data"]
    return str(entities[0]["id"])


def _report(city: City) -> str:
    made: dict[str, Any] = done(city, ME, "POST", REPORTS, {"shows": "report", "days": 1})
    asked = requests.post(f"{city.base_url}/reports/v1/checks", json={"code": made["code"]}, timeout=10)
    assert asked.json()["report"]["subject"]["masked_name"].startswith("陆")
    return str(made["id"])


def _shake(city: City) -> None:
    giver = done(city, ME, "POST", SHAKES, wish("give", show={"name_kind": "full", "fields": []}))
    taker = done(city, FRIEND, "POST", SHAKES, wish("receive", "学生"))
    for who, mine, other in ((FRIEND, taker, giver), (ME, giver, taker)):
        done(city, who, "POST", f"{SHAKES}/{mine['id']}/confirm", {"other": other["id"], "number": other["number"]})
    done(city, ME, "DELETE", f"{SHAKES}/{giver['id']}")


def _wallet(city: City) -> None:
    wallet = Wallet(city.base_url, lambda: datetime.now(UTC))
    proof = wallet.proof(done(city, ME, "POST", NONCES)["nonce"])
    made = done(city, ME, "POST", CREDENTIALS, {"proof": proof, "show": {"name_kind": "full", "fields": ["city"]}})
    done(city, ME, "DELETE", f"{CREDENTIALS}/{made['id']}")
