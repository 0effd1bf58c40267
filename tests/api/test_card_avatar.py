"""The picture on one's card through the API: taken with one's own word, sealed, shown where it is ticked, deleted."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import leaving
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders, swap

PATH = "/citizen/v1/name-card/avatar"
WITH_PICTURE = {"name_kind": "masked", "fields": ["verified", "avatar"]}


def picture(colour: str = "teal", make: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (80, 100), colour).save(out, make)
    return out.getvalue()


def put(caller: TestCaller, body: bytes | None = None, kind: str = "image/png", query: str = "?agreed=true") -> Any:
    return caller.put(PATH + query, data=picture() if body is None else body, headers={"Content-Type": kind})


def bytes_of(url: str) -> bytes:
    start, _, body = url.partition(",")
    assert start == "data:image/webp;base64"
    return base64.b64decode(body)


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def zhang(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


def own(caller: TestCaller) -> Any:
    return caller.get("/citizen/v1/name-card").json


def test_it_shows_where_it_is_ticked_and_nowhere_else(zhang: TestCaller) -> None:
    made = put(zhang)
    assert made.status_code == 200
    assert Image.open(BytesIO(bytes_of(made.json["avatar"]))).size == (256, 256)
    assert own(zhang)["available"]["avatar"] == made.json["avatar"]
    assert "avatar" not in own(zhang)["preview"]
    ticked = zhang.put("/citizen/v1/name-card", json={"show": WITH_PICTURE}).json
    assert ticked["preview"]["avatar"] == made.json["avatar"]


def test_the_other_side_gets_the_one_that_was_previewed(holders: CardHolders, zhang: TestCaller) -> None:
    put(zhang)
    shown = zhang.post("/citizen/v1/name-card/previews", json={"show": WITH_PICTURE}).json["preview"]
    other = holders("李四")
    received = swap(zhang, other, given=WITH_PICTURE).json["received"]["card"]
    assert received == shown
    assert received["avatar"].startswith("data:image/webp")
    assert "avatar" not in swap(zhang, holders("王五"), given=CITY).json["received"]["card"]


def test_a_new_one_takes_its_place_and_deleting_it_twice_is_once(zhang: TestCaller) -> None:
    first = put(zhang).json["avatar"]
    second = put(zhang, picture("red", "JPEG"), "image/jpeg").json["avatar"]
    assert own(zhang)["available"]["avatar"] == second != first
    assert [zhang.delete(PATH).status_code for _ in range(2)] == [204, 204]
    assert "avatar" not in own(zhang)["available"]
    assert "avatar" not in own(zhang)["available"]["fields"]


def test_deleting_it_takes_it_off_every_card_and_a_later_one_waits_for_its_tick(
    holders: CardHolders, zhang: TestCaller
) -> None:
    put(zhang)
    zhang.put("/citizen/v1/name-card", json={"show": WITH_PICTURE})
    other = holders("李四")
    held = swap(zhang, other, given=WITH_PICTURE).json["received"]
    assert "avatar" in held["card"]
    assert zhang.delete(PATH).status_code == 204
    assert "avatar" not in other.get(f"/citizen/v1/name-cards/{held['id']}").json["card"]
    put(zhang, picture("red"))
    assert "avatar" not in own(zhang)["preview"]
    assert own(zhang)["show"]["fields"] == ["verified"]
    assert "avatar" not in other.get(f"/citizen/v1/name-cards/{held['id']}").json["card"]


@pytest.mark.parametrize("query", ["", "?agreed=false", "?agreed=", "?agreed=maybe"])
def test_a_face_is_not_taken_without_its_persons_word(zhang: TestCaller, query: str) -> None:
    answer = put(zhang, query=query)
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
    assert answer.json["errors"][0]["pointer"] == "/agreed"
    assert "avatar" not in own(zhang)["available"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415, "unsupported-media-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 422, "picture-unreadable"),
        (b"", "image/png", 422, "picture-unreadable"),
        (b"{}", "application/json", 415, "unsupported-media-type"),
        (b"\0" * (5 * 1024 * 1024 + 1), "image/png", 413, "body-too-large"),
    ],
)
def test_a_trap_changes_nothing(zhang: TestCaller, body: bytes, kind: str, status: int, code: str) -> None:
    before = put(zhang).json["avatar"]
    answer = put(zhang, body, kind)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert own(zhang)["available"]["avatar"] == before


def test_it_is_sealed_in_the_store(zhang: TestCaller, session: Session) -> None:
    small = bytes_of(put(zhang).json["avatar"])
    (kept,) = session.execute(text("select sealed_avatar from card_avatars")).scalars()
    assert b"WEBP" not in bytes(kept)
    assert small not in bytes(kept)
    assert base64.b64encode(small)[:60] not in bytes(kept)


def test_it_is_in_ones_export(zhang: TestCaller) -> None:
    small = bytes_of(put(zhang).json["avatar"])
    (row,) = zhang.post("/citizen/v1/data-exports").json["tables"]["card_avatars"]
    assert base64.b64decode(row["avatar"]) == small
    assert row["agreed_at"]


def test_it_goes_with_its_person(holders: CardHolders, session: Session, kit: Kit) -> None:
    me = holders.person()
    caller, other = holders.login(me), holders("李四")
    put(caller)
    name = {"name": "茶会", "show": WITH_PICTURE}
    assert caller.post("/citizen/v1/name-card/presets", json=name).status_code == 201
    swap(caller, other, given=WITH_PICTURE)
    leaving.leave(session, me, kit.clock())
    session.commit()
    for table in ("card_avatars", "card_presets", "name_cards", "held_cards"):
        assert session.execute(text(f"select count(*) from {table}")).scalar() == 0
    answer = put(caller)
    assert (answer.status_code, answer.json["code"]) == (409, "login-needed")


@pytest.mark.parametrize("method", [lambda caller: put(caller), lambda caller: caller.delete(PATH)])
def test_nobody_else_has_a_way_to_it(
    holders: CardHolders, zhang: TestCaller, method: Callable[[TestCaller], Any]
) -> None:
    before = put(zhang).json["avatar"]
    method(holders("李四"))
    assert own(zhang)["available"]["avatar"] == before
