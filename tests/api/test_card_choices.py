"""What a card can show, tick by tick: presets, badges, a role, a report's link; and that the preview is the card."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.card import FIELDS, NameKind
from app.store.citizens import Citizen
from app.store.records import RecordRow
from tests.api.test_card_avatar import put as put_avatar
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders, code_of, redeem
from tests.support.entities import NAME, Register, uscc
from tests.support.people import id_number
from tests.support.reporting import Reporting

CARD = "/citizen/v1/name-card"
PRESETS = f"{CARD}/presets"


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def stranger(holders: CardHolders) -> TestCaller:
    """Somebody else than the first ten."""
    holders.people = 10
    return holders("李四")


@pytest.fixture
def zhang(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


def preview(caller: TestCaller, **show: Any) -> Any:
    answer = caller.post(f"{CARD}/previews", json={"show": {"name_kind": "masked", "fields": []} | show})
    assert answer.status_code == 200, answer.text
    return answer.json


class Rich(Reporting):
    """A member with everything that a card can show: score, badges, two entities, a report, a picture, a nickname."""

    def __post_init__(self) -> None:
        super().__post_init__()
        cards = CardHolders(self.app, self.session)
        for item, hours in (("volunteer_service", 400), ("blood_donation", None), ("honour", None), ("bravery", None)):
            cards.give(self.citizen_id, item, quantity=hours)
        register = Register(self.app, self.session)
        for serial in (1, 2):
            assert register.put(id_number(self.serial), serial).status_code in (200, 201)
        self.entities = [one["id"] for one in self.me.get("/citizen/v1/entities").json["data"]]
        self.link = self.make()
        put_avatar(self.me)
        self.me.put(CARD, json={"nickname": "小鱼", "show": CITY})


@pytest.fixture
def rich(app: Flask, session: Session) -> Rich:
    return Rich(app, session)


def test_everything_there_is_can_be_shown_and_is_named(rich: Rich) -> None:
    available = rich.me.get(CARD).json["available"]
    assert available["fields"] == list(FIELDS)
    assert [honour["code"] for honour in available["honours"]] == ["bravery", "honour"]
    assert [role["entity"] for role in available["roles"]] == sorted(rich.entities)
    shown = preview(rich.me, fields=list(FIELDS), entity=rich.entities[0])
    assert [warning["code"] for warning in shown["warnings"]] == ["score_is_exact", "report_is_readable"]
    face = shown["preview"]
    assert face["role"]["role"] == {"code": "legal_representative", "name": "法定代表人"}
    assert face["role"]["name"] == NAME
    assert face["report"]["url"].endswith("/reports/check#" + rich.link["code"])
    assert "ent_" not in str(face), "an id of ours is nobody's business"


def choices(rich: Rich) -> list[dict[str, Any]]:
    """Each kind of name, each field alone, each preset, each honour, each entity, and all at once."""
    whole = {"name_kind": "full", "fields": list(FIELDS), "entity": rich.entities[1]}
    named = [{"name_kind": str(kind), "fields": []} for kind in NameKind]
    single = [{"name_kind": "masked", "fields": [field], "entity": rich.entities[0]} for field in FIELDS]
    badges = [{"name_kind": "nickname", "fields": ["honours"], "honours": some} for some in ([], ["bravery"])]
    presets = [one["show"] | {"entity": rich.entities[0]} for one in rich.me.get(PRESETS).json["data"]]
    return [whole, *named, *single, *badges, *presets]


def test_the_preview_is_what_the_other_side_receives_whatever_is_ticked(rich: Rich, stranger: TestCaller) -> None:
    for show in choices(rich):
        told = preview(rich.me, **show)
        received = redeem(stranger, code_of(rich.me, show=show), show=CITY).json["received"]
        held = stranger.get(f"/citizen/v1/name-cards/{received['id']}").json
        assert told["preview"] == received["card"] == held["card"], show
        ticked = {"verified": "assurance_level", "legal_role": "role"}
        shown = {ticked.get(field, field) for field in show["fields"]}
        assert set(told["preview"]) - {"display_name", "name_kind"} == (
            shown - ({"honours"} if show.get("honours") == [] else set())
        ), show


class TestPresets:
    def test_everybody_has_four(self, zhang: TestCaller) -> None:
        told = zhang.get(PRESETS, headers={"Accept-Language": "en"}).json["data"]
        assert [(one["id"], one["name"], one["own"]) for one in told] == [
            ("introduction", "First meeting", False),
            ("volunteer", "Volunteer", False),
            ("business", "Business", False),
            ("credit", "Credit", False),
        ]
        assert "score" not in {field for one in told for field in one["show"]["fields"]}

    def test_one_is_taken_as_it_is(self, zhang: TestCaller) -> None:
        business = zhang.get(PRESETS).json["data"][2]["show"]
        assert zhang.put(CARD, json={"show": business}).json["show"] == business

    def test_ones_own_are_kept_until_deleted(self, holders: CardHolders, zhang: TestCaller) -> None:
        made = zhang.post(PRESETS, json={"name": "茶会 🍵", "show": CITY})
        assert made.status_code == 201
        assert zhang.get(PRESETS).json["data"][-1] == made.json == {
            "id": made.json["id"], "name": "茶会 🍵", "own": True, "show": CITY,
        }  # fmt: skip
        stranger = holders("李四")
        assert len(stranger.get(PRESETS).json["data"]) == 4
        assert stranger.delete(f"{PRESETS}/{made.json['id']}").status_code == 404
        assert zhang.delete(f"{PRESETS}/{made.json['id']}").status_code == 204
        assert zhang.delete(f"{PRESETS}/{made.json['id']}").status_code == 404
        assert zhang.delete(f"{PRESETS}/introduction").status_code == 404

    def test_eight_are_enough(self, zhang: TestCaller) -> None:
        answers = [zhang.post(PRESETS, json={"name": str(n), "show": CITY}) for n in range(9)]
        assert [answer.status_code for answer in answers] == [201] * 8 + [409]
        assert answers[-1].json["code"] == "presets-full"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/name"),
            ({"name": "x"}, "/show"),
            ({"name": "", "show": CITY}, "/name"),
            ({"name": "x" * 21, "show": CITY}, "/name"),
            ({"name": ["x"], "show": CITY}, "/name"),
            ({"name": "x", "show": CITY, "id": "credit"}, "/id"),
            ({"name": "x", "show": {"name_kind": "nickname", "fields": []}}, "/show/name_kind"),
            ({"name": "x", "show": CITY | {"fields": ["legal_role"], "entity": "ent_1"}}, "/show/entity"),
        ],
    )
    def test_bad_input_keeps_none(self, zhang: TestCaller, body: Any, pointer: str) -> None:
        answer = zhang.post(PRESETS, json=body)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]
        assert len(zhang.get(PRESETS).json["data"]) == 4


class TestHonours:
    def test_show_one_by_one_while_their_records_stand(self, rich: Rich, session: Session) -> None:
        shown = preview(rich.me, fields=["honours"], honours=["bravery"])["preview"]
        assert shown["honours"] == [{"code": "bravery", "name": "见义勇为"}]
        assert "honours" not in preview(rich.me, fields=["honours"], honours=[])["preview"]
        assert "honours" not in preview(rich.me, fields=[], honours=["bravery"])["preview"]
        session.execute(update(RecordRow).where(RecordRow.item == "bravery").values(status="withdrawn"))
        session.commit()
        assert "honours" not in preview(rich.me, fields=["honours"], honours=["bravery"])["preview"]

    @pytest.mark.parametrize("honours", [["penalty"], "honour", ["honour", "honour"], [None], None])
    def test_no_other_code_is_one(self, zhang: TestCaller, honours: Any) -> None:
        show = {"name_kind": "masked", "fields": ["honours"], "honours": honours}
        answer = zhang.put(CARD, json={"show": show})
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"].startswith("/show/honours")


class TestRole:
    def test_shows_of_the_entity_that_is_chosen_and_of_several_one_must_be(self, rich: Rich) -> None:
        for serial, entity in enumerate(sorted(rich.entities), 1):
            show = {"name_kind": "full", "fields": ["legal_role"], "entity": entity}
            mine = rich.me.put(CARD, json={"show": show}).json
            assert mine["preview"]["role"]["uscc"] == uscc(serial)
            assert mine["show"] == show == rich.me.get(CARD).json["show"]
        answer = rich.me.put(CARD, json={"show": {"name_kind": "full", "fields": ["legal_role"]}})
        assert (answer.status_code, answer.json["code"]) == (422, "entity-unsaid")
        assert answer.json["errors"][0]["pointer"] == "/show/entity"
        assert rich.me.get(CARD).json["show"] == show

    def test_another_persons_entity_and_none_are_refused_alike(self, rich: Rich, stranger: TestCaller) -> None:
        said = []
        for entity in (rich.entities[0], "ent_of_nobody", "厦门"):
            show = {"name_kind": "full", "fields": ["legal_role"], "entity": entity}
            answer = stranger.post(f"{CARD}/previews", json={"show": show})
            said.append((answer.status_code, answer.json["code"], answer.json["detail"]))
        assert said == [(422, "entity-not-yours", said[0][2])] * 3

    def test_a_role_that_ended_shows_no_more(self, rich: Rich, app: Flask, session: Session) -> None:
        show = {"name_kind": "full", "fields": ["legal_role"], "entity": rich.entities[0]}
        rich.me.put(CARD, json={"show": show})
        register = Register(app, session)
        for serial in (1, 2):
            assert register.put(id_number(40), serial, as_of="2026-11-20T09:00:00+08:00").status_code == 200
        assert "role" not in rich.me.get(CARD).json["preview"]
        assert rich.me.get(CARD).json["available"]["roles"] == []


def test_a_report_shows_while_its_link_lives(rich: Rich) -> None:
    shown = preview(rich.me, fields=["report"])["preview"]["report"]
    assert shown["code"] == rich.link["code"]
    assert shown["expires_at"] == rich.link["expires_at"]
    assert rich.me.delete(f"/citizen/v1/reports/{rich.link['id']}/link").status_code in (200, 204)
    rich.make("seal")
    assert "report" not in preview(rich.me, fields=["report"])["preview"], "one that only seals is none to read"


def test_a_preview_keeps_nothing_and_shows_nobody_anything(zhang: TestCaller) -> None:
    before = zhang.get(CARD).json, zhang.get("/citizen/v1/access-log").json
    preview(zhang, fields=["city", "score"])
    assert (zhang.get(CARD).json, zhang.get("/citizen/v1/access-log").json) == before


def test_who_left_and_has_not_logged_in_has_no_card(holders: CardHolders, session: Session) -> None:
    me = holders.person()
    caller = holders.login(me)
    gone = {"sealed_name": None, "sealed_id_number": None, "adult": None}
    session.execute(update(Citizen).where(Citizen.citizen_id == me).values(gone))
    session.commit()
    for answer in (
        caller.post(f"{CARD}/previews", json={"show": CITY}),
        caller.post(PRESETS, json={"name": "x", "show": CITY}),
        caller.put(CARD, json={"show": CITY}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "login-needed")
