"""The name card through the API: chosen, shown, exchanged once, held, taken back; nothing unticked leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import card_tokens, qr
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.people import make_citizen

Login = Callable[..., TestCaller]
CITY = {"name_kind": "masked", "fields": ["verified", "city"]}


@pytest.fixture
def login(app: Flask, session: Session, kit: Kit) -> Login:
    def enter(serial: int, name: str = "张小三", city: str = "xiamen") -> TestCaller:
        citizen_id = make_citizen(session, kit.pii, kit.clock(), serial=serial, name=name, city=city)
        return as_citizen(app, session, citizen_id)

    return enter


@pytest.fixture
def zhang(login: Login) -> TestCaller:
    return login(1)


@pytest.fixture
def li(login: Login) -> TestCaller:
    return login(2, "李四", "hangzhou")


def code_of(caller: TestCaller, **body: Any) -> str:
    answer = caller.post("/citizen/v1/name-card/codes", json={"purpose": "exchange", **body})
    assert answer.status_code == 201, answer.json
    return str(answer.json["code"])


def swap(giver: TestCaller, taker: TestCaller, given: dict[str, Any] = CITY, back: dict[str, Any] = CITY) -> Any:
    body = {"code": code_of(giver, show=given), "show": back}
    return taker.post("/citizen/v1/name-card/exchanges", json=body)


def looks(caller: TestCaller) -> list[dict[str, Any]]:
    answer = caller.get("/citizen/v1/access-log", headers={"Accept-Language": "en"})
    data: list[dict[str, Any]] = answer.json["data"]
    return data


class TestOwnCard:
    def test_starts_as_a_masked_name_and_a_tick(self, zhang: TestCaller) -> None:
        assert zhang.get("/citizen/v1/name-card").json == {
            "show": {"name_kind": "masked", "fields": ["verified"]},
            "preview": {"display_name": "张*三", "name_kind": "masked", "assurance_level": "al2"},
            "warnings": [],
        }

    def test_keeps_what_is_chosen(self, zhang: TestCaller) -> None:
        body = {"nickname": "小鱼", "show": {"name_kind": "nickname", "fields": ["city", "verified"]}}
        answer = zhang.put("/citizen/v1/name-card", json=body)
        assert answer.status_code == 200
        assert answer.json == zhang.get("/citizen/v1/name-card").json
        assert answer.json["nickname"] == "小鱼"
        assert answer.json["preview"]["display_name"] == "小鱼"
        assert answer.json["preview"]["city"] == {"code": "xiamen", "name": "厦门"}

    def test_speaks_english(self, zhang: TestCaller) -> None:
        zhang.put("/citizen/v1/name-card", json={"show": CITY})
        answer = zhang.get("/citizen/v1/name-card", headers={"Accept-Language": "en"})
        assert answer.json["preview"]["city"] == {"code": "xiamen", "name": "Xiamen"}

    def test_warns_of_the_exact_score(self, zhang: TestCaller) -> None:
        answer = zhang.put("/citizen/v1/name-card", json={"show": {"name_kind": "masked", "fields": ["score"]}})
        assert [warning["code"] for warning in answer.json["warnings"]] == ["score_is_exact"]

    def test_is_not_sent_again_where_the_phone_has_it(self, zhang: TestCaller) -> None:
        tag = zhang.get("/citizen/v1/name-card").headers["ETag"]
        assert zhang.get("/citizen/v1/name-card", headers={"If-None-Match": tag}).status_code == 304

    def test_a_nickname_must_be_there_to_be_shown(self, zhang: TestCaller) -> None:
        answer = zhang.put("/citizen/v1/name-card", json={"show": {"name_kind": "nickname", "fields": []}})
        assert (answer.status_code, answer.json["code"]) == (422, "nickname-missing")
        assert answer.json["errors"][0]["pointer"] == "/show/name_kind"
        assert zhang.get("/citizen/v1/name-card").json["show"]["name_kind"] == "masked"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/show"),
            ({"show": {"name_kind": "masked"}}, "/show/fields"),
            ({"show": {"name_kind": "masked", "fields": ["id_number"]}}, "/show/fields/0"),
            ({"show": {"name_kind": "masked", "fields": ["city", "city"]}}, "/show/fields"),
            ({"show": {"name_kind": "masked", "fields": "city"}}, "/show/fields"),
            ({"show": {"name_kind": "masked", "fields": [None]}}, "/show/fields/0"),
            ({"show": {"name_kind": "real", "fields": []}}, "/show/name_kind"),
            ({"show": {"name_kind": 1, "fields": []}}, "/show/name_kind"),
            ({"show": CITY, "nickname": ""}, "/nickname"),
            ({"show": CITY, "nickname": "x" * 21}, "/nickname"),
            ({"show": CITY, "nickname": "a\x00b"}, "/nickname"),
            ({"show": CITY, "nickname": 7}, "/nickname"),
            ({"show": CITY, "avatar": "x"}, "/avatar"),
            ({"show": CITY | {"more": 1}}, "/show/more"),
            ([], "/"),
        ],
    )
    def test_refuses_what_is_not_a_choice_and_names_it(self, zhang: TestCaller, body: Any, pointer: str) -> None:
        answer = zhang.put("/citizen/v1/name-card", json=body)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert pointer in [error["pointer"] for error in answer.json["errors"]]
        assert zhang.get("/citizen/v1/name-card").json["show"]["fields"] == ["verified"]


class TestCodes:
    def test_a_code_is_opaque_and_lives_a_minute(self, zhang: TestCaller, kit: Kit) -> None:
        answer = zhang.post("/citizen/v1/name-card/codes", json={"purpose": "check"})
        assert answer.status_code == 201
        assert len(answer.json["code"]) == 16
        assert answer.json["code"].isalnum()
        assert (datetime.fromisoformat(answer.json["expires_at"]) - kit.clock()).total_seconds() == 60
        assert answer.json["qr_svg"].startswith("data:image/svg+xml;base64,")
        assert answer.headers["Cache-Control"] == "no-store"

    def test_an_exchange_code_says_what_it_will_show(self, zhang: TestCaller) -> None:
        answer = zhang.post("/citizen/v1/name-card/codes", json={"purpose": "exchange", "show": CITY})
        assert answer.json["preview"]["city"]["code"] == "xiamen"

    def test_the_picture_is_the_code(self, zhang: TestCaller) -> None:
        answer = zhang.post("/citizen/v1/name-card/codes.png", json={"purpose": "check"})
        assert (answer.status_code, answer.content_type) == (201, "image/png")
        assert zxingcpp.read_barcode(Image.open(BytesIO(answer.data))).text == answer.headers["Card-Code"]
        assert "Card-Code-Expires-At" in answer.headers

    def test_the_drawing_is_the_code(self, zhang: TestCaller) -> None:
        answer = zhang.post("/citizen/v1/name-card/codes.svg", json={"purpose": "exchange"})
        assert (answer.status_code, answer.content_type) == (201, "image/svg+xml")
        assert answer.data == qr.svg(answer.headers["Card-Code"])

    def test_only_its_hash_is_kept(self, zhang: TestCaller, session: Session) -> None:
        code = code_of(zhang)
        rows = session.execute(text("select moment_codes::text from moment_codes")).scalars().all()
        assert rows
        assert not any(code in row or code.encode().hex() in row for row in rows)

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/purpose"),
            ({"purpose": "shake"}, "/purpose"),
            ({"purpose": ["check"]}, "/purpose"),
            ({"purpose": "check", "show": CITY}, "/show"),
            ({"purpose": "exchange", "show": {"name_kind": "masked", "fields": ["phone"]}}, "/show/fields/0"),
            ({"purpose": "check", "minutes": 60}, "/minutes"),
        ],
    )
    @pytest.mark.parametrize("form", ["", ".png", ".svg"])
    def test_bad_input_makes_none(
        self, zhang: TestCaller, session: Session, body: Any, pointer: str, form: str
    ) -> None:
        answer = zhang.post(f"/citizen/v1/name-card/codes{form}", json=body)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert pointer in [error["pointer"] for error in answer.json["errors"]]
        assert session.execute(text("select count(*) from moment_codes")).scalar() == 0


class TestExchange:
    def test_both_hold_the_other_with_ticked_fields_only(self, zhang: TestCaller, li: TestCaller) -> None:
        done = swap(zhang, li, given={"name_kind": "full", "fields": []}, back=CITY)
        assert done.status_code == 201
        assert done.json["received"]["card"] == {"display_name": "张小三", "name_kind": "full"}
        assert done.json["given"] == {
            "display_name": "李*",
            "name_kind": "masked",
            "assurance_level": "al2",
            "city": {"code": "hangzhou", "name": "杭州"},
        }
        (held_by_li,) = li.get("/citizen/v1/name-cards").json["data"]
        (held_by_zhang,) = zhang.get("/citizen/v1/name-cards").json["data"]
        assert held_by_li == done.json["received"]
        assert held_by_zhang["card"] == done.json["given"]
        assert zhang.get(f"/citizen/v1/name-cards/{held_by_zhang['id']}").json == held_by_zhang

    def test_without_a_choice_the_cards_own_ticks_are_given(self, zhang: TestCaller, li: TestCaller) -> None:
        li.put(
            "/citizen/v1/name-card", json={"nickname": "阿四", "show": {"name_kind": "nickname", "fields": ["city"]}}
        )
        done = li.post("/citizen/v1/name-card/exchanges", json={"code": code_of(zhang)})
        assert done.json["given"]["display_name"] == "阿四"
        assert done.json["received"]["card"]["display_name"] == "张*三"

    def test_a_code_typed_by_hand_is_read_kindly(self, zhang: TestCaller, li: TestCaller) -> None:
        code = code_of(zhang)
        typed = " ".join(code[i : i + 4] for i in range(0, 16, 4)).lower().replace("0", "o").replace("1", "l")
        assert li.post("/citizen/v1/name-card/exchanges", json={"code": typed}).status_code == 201

    def test_a_code_works_once(self, zhang: TestCaller, li: TestCaller, login: Login) -> None:
        code = code_of(zhang)
        assert li.post("/citizen/v1/name-card/exchanges", json={"code": code}).status_code == 201
        again = login(3, "王五").post("/citizen/v1/name-card/exchanges", json={"code": code})
        assert (again.status_code, again.json["code"]) == (409, "code-not-valid")

    def test_a_dead_code_says_so_and_tells_nothing(
        self, zhang: TestCaller, li: TestCaller, at: Callable[..., datetime]
    ) -> None:
        used, check = code_of(zhang), zhang.post("/citizen/v1/name-card/codes", json={"purpose": "check"}).json["code"]
        li.post("/citizen/v1/name-card/exchanges", json={"code": used})
        answers = [li.post("/citizen/v1/name-card/exchanges", json={"code": code}) for code in (used, check, "0" * 16)]
        over = code_of(zhang)
        at(seconds=60)
        answers.append(li.post("/citizen/v1/name-card/exchanges", json={"code": over}))
        bodies = [{**answer.json, "request_id": ""} for answer in answers]
        assert bodies == [bodies[0]] * 4
        assert bodies[0]["code"] == "code-not-valid"

    def test_not_with_oneself_and_the_code_stays_good(self, zhang: TestCaller, li: TestCaller) -> None:
        code = code_of(zhang)
        mine = zhang.post("/citizen/v1/name-card/exchanges", json={"code": code})
        assert (mine.status_code, mine.json["code"]) == (409, "card-with-oneself")
        assert li.post("/citizen/v1/name-card/exchanges", json={"code": code}).status_code == 201

    def test_a_second_exchange_replaces_the_first(self, zhang: TestCaller, li: TestCaller) -> None:
        swap(zhang, li)
        swap(li, zhang, back={"name_kind": "full", "fields": []})
        (held,) = li.get("/citizen/v1/name-cards").json["data"]
        assert held["card"] == {"display_name": "张小三", "name_kind": "full"}
        assert len(zhang.get("/citizen/v1/name-cards").json["data"]) == 1

    def test_either_side_takes_it_back_for_both(self, zhang: TestCaller, li: TestCaller) -> None:
        for remover, other in ((zhang, li), (li, zhang)):
            swap(zhang, li)
            (held,) = remover.get("/citizen/v1/name-cards").json["data"]
            assert remover.delete(f"/citizen/v1/name-cards/{held['id']}").status_code == 204
            for side in (remover, other):
                assert side.get("/citizen/v1/name-cards").json["data"] == []

    def test_a_strangers_card_is_not_found(self, zhang: TestCaller, li: TestCaller, login: Login) -> None:
        held = swap(zhang, li).json["received"]["id"]
        stranger = login(3, "王五")
        for answer in (
            stranger.get(f"/citizen/v1/name-cards/{held}"),
            stranger.delete(f"/citizen/v1/name-cards/{held}"),
            zhang.get(f"/citizen/v1/name-cards/{held}"),
            zhang.delete("/citizen/v1/name-cards/hcd_none"),
        ):
            assert (answer.status_code, answer.json["code"]) == (404, "not-found")
        assert li.get(f"/citizen/v1/name-cards/{held}").status_code == 200

    def test_a_held_card_is_what_was_given_then(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]
        zhang.put("/citizen/v1/name-card", json={"nickname": "新名", "show": {"name_kind": "nickname", "fields": []}})
        assert li.get(f"/citizen/v1/name-cards/{held['id']}").json == held

    def test_a_real_name_is_sealed_in_the_store(self, zhang: TestCaller, li: TestCaller, session: Session) -> None:
        swap(zhang, li, given={"name_kind": "full", "fields": []}, back={"name_kind": "full", "fields": []})
        for table in ("held_cards", "access_log", "outbox", "moment_codes"):
            dump = " ".join(session.execute(text(f"select {table}::text from {table}")).scalars())
            assert "张小三" not in dump, table

    def test_the_one_who_showed_is_told(self, zhang: TestCaller, li: TestCaller, session: Session) -> None:
        swap(zhang, li)
        told = session.execute(text("select data->>'kind' from outbox")).scalars().all()
        assert told == ["card.received"]

    def test_pages_of_cards_are_stable(self, zhang: TestCaller, login: Login) -> None:
        for serial in range(10, 15):
            swap(login(serial, f"王五{serial}"), zhang)
        first = zhang.get("/citizen/v1/name-cards?limit=3").json
        second = zhang.get(f"/citizen/v1/name-cards?limit=3&cursor={first['next_cursor']}").json
        ids = [entry["id"] for entry in first["data"] + second["data"]]
        assert (len(ids), ids) == (5, sorted(set(ids), reverse=True))
        assert (first["has_more"], second["has_more"]) == (True, False)

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/code"),
            ({"code": ""}, "/code"),
            ({"code": 7}, "/code"),
            ({"code": "x" * 41}, "/code"),
            ({"code": "a\x00"}, "/code"),
            ({"code": "0" * 16, "show": {"name_kind": "full"}}, "/show/fields"),
            ({"code": "0" * 16, "citizen_id": "cit_1"}, "/citizen_id"),
        ],
    )
    def test_bad_input_is_named(self, zhang: TestCaller, body: Any, pointer: str) -> None:
        answer = zhang.post("/citizen/v1/name-card/exchanges", json=body)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]


class TestLooks:
    def test_an_exchange_is_one_look_at_each(self, zhang: TestCaller, li: TestCaller) -> None:
        swap(zhang, li, given={"name_kind": "full", "fields": ["city"]})
        (look,) = looks(zhang)
        assert (look["actor"], look["action"]["code"]) == ({"kind": "citizen", "name": "李*"}, "card.exchanged")
        assert [field["code"] for field in look["fields"]] == ["display_name", "city"]
        assert look["action"]["name"] == "Exchanged name cards with you"
        (other,) = looks(li)
        assert other["actor"]["name"] == "张*三"
        assert other["ref"] == li.get("/citizen/v1/name-cards").json["data"][0]["id"]

    def test_every_view_of_a_card_is_a_look_at_its_person(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        li.get("/citizen/v1/name-cards")
        li.get(f"/citizen/v1/name-cards/{held}")
        assert [look["action"]["code"] for look in looks(zhang)] == ["card.viewed", "card.viewed", "card.exchanged"]
        assert len(looks(li)) == 1

    def test_cards_beyond_the_page_are_not_looked_at(self, zhang: TestCaller, li: TestCaller, login: Login) -> None:
        swap(li, zhang)
        swap(login(3, "王五"), zhang)
        zhang.get("/citizen/v1/name-cards?limit=1")
        assert [look["action"]["code"] for look in looks(li)] == ["card.exchanged"]

    def test_an_offline_card_is_in_the_log_of_its_holder(self, zhang: TestCaller) -> None:
        zhang.post("/citizen/v1/name-card/offline", json={"purpose": "introduction"})
        (look,) = looks(zhang)
        assert (look["action"]["code"], look["purpose"]["code"]) == ("card.issued", "card.introduction")


class TestOffline:
    def test_verifies_with_the_published_keys_alone(self, zhang: TestCaller, kit: Kit) -> None:
        answer = zhang.post(
            "/citizen/v1/name-card/offline", json={"purpose": "introduction", "show": CITY, "minutes": 30}
        )
        assert answer.status_code == 201
        read = card_tokens.verify(answer.json["card"], kit.keys.jwks(), kit.clock())
        assert (read.face.name, read.face.city, read.purpose) == ("张*三", "xiamen", "introduction")
        assert read.expires_at == datetime.fromisoformat(answer.json["expires_at"])
        assert qr.version(answer.json["card"]) <= 11

    def test_carries_the_fields_of_one_purpose_only(self, zhang: TestCaller) -> None:
        show = {"name_kind": "masked", "fields": ["city", "score"]}
        answer = zhang.post("/citizen/v1/name-card/offline", json={"purpose": "introduction", "show": show})
        assert (answer.status_code, answer.json["code"]) == (422, "card-field-not-for-purpose")
        assert answer.json["errors"][0]["pointer"] == "/show/fields"
        assert "score" in answer.json["detail"]

    def test_gives_of_the_cards_own_ticks_what_the_purpose_allows(self, zhang: TestCaller, kit: Kit) -> None:
        zhang.put(
            "/citizen/v1/name-card", json={"show": {"name_kind": "full", "fields": ["verified", "city", "grade"]}}
        )
        answer = zhang.post("/citizen/v1/name-card/offline", json={"purpose": "introduction"})
        assert set(answer.json["preview"]) == {"display_name", "name_kind", "assurance_level", "city"}

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/purpose"),
            ({"purpose": "everything"}, "/purpose"),
            ({"purpose": "credit", "minutes": 4}, "/minutes"),
            ({"purpose": "credit", "minutes": 721}, "/minutes"),
            ({"purpose": "credit", "minutes": "60"}, "/minutes"),
            ({"purpose": "credit", "minutes": 60.5}, "/minutes"),
        ],
    )
    def test_bad_input_is_named(self, zhang: TestCaller, body: Any, pointer: str) -> None:
        answer = zhang.post("/citizen/v1/name-card/offline", json=body)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]
