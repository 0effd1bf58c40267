"""One's own name card through the API: chosen, previewed, shown as a code, signed for offline use."""

from __future__ import annotations

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
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders, code_of
from tests.support.checks import World


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def zhang(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


class TestOwnCard:
    def test_starts_as_a_masked_name_and_a_tick(self, zhang: TestCaller) -> None:
        assert zhang.get("/citizen/v1/name-card").json == {
            "show": {"name_kind": "masked", "fields": ["verified"]},
            "preview": {"display_name": "张*三", "name_kind": "masked", "assurance_level": "al2"},
            "warnings": [],
            "available": {"fields": ["verified", "city"], "honours": [], "roles": []},
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


ALL = {"name_kind": "masked", "fields": ["grade", "score", "volunteer_stars", "blood_donor", "honours"]}


class TestBadges:
    def shown(self, holders: CardHolders, citizen_id: str, show: dict[str, Any] | None = None) -> dict[str, Any]:
        caller = holders.login(citizen_id)
        preview: dict[str, Any] = caller.put("/citizen/v1/name-card", json={"show": show or ALL}).json["preview"]
        return {name: value for name, value in preview.items() if name not in ("display_name", "name_kind")}

    def test_come_from_records(self, holders: CardHolders) -> None:
        me = holders.person()
        for item, hours in (("volunteer_service", 250), ("community_service", 60), ("blood_donation", None)):
            holders.give(me, item, quantity=hours)
        holders.give(me, "honour")
        assert self.shown(holders, me) == {
            "volunteer_stars": 2,
            "blood_donor": True,
            "honours": [{"code": "honour", "name": "表彰荣誉"}],
        }

    def test_are_opt_in_one_by_one(self, holders: CardHolders) -> None:
        me = holders.person()
        holders.give(me, "blood_donation")
        holders.give(me, "honour")
        assert self.shown(holders, me, {"name_kind": "masked", "fields": ["honours"]}).keys() == {"honours"}

    @pytest.mark.parametrize("status", ["disputed", "repaired", "withdrawn", "corrected", "expired"])
    def test_rest_on_records_that_count(self, holders: CardHolders, status: str) -> None:
        me = holders.person()
        holders.give(me, "blood_donation", status=status)
        assert self.shown(holders, me) == {}

    def test_nothing_adverse_has_a_place(self, holders: CardHolders) -> None:
        me = holders.person()
        holders.give(me, "administrative_penalty_serious")
        assert self.shown(holders, me) == {}

    def test_grade_and_score_show_where_ticked(self, app: Flask, session: Session, holders: CardHolders) -> None:
        me = World(app, session, people=500).person("hangzhou", 705)
        grade = {"pack": "qianjiang", "pack_name": "钱江分", "code": "very_good", "name": "优秀"}
        assert self.shown(holders, me) == {"grade": grade, "score": 705}
        assert self.shown(holders, me, {"name_kind": "masked", "fields": ["grade"]}) == {"grade": grade}


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
