"""The legal entities for which someone speaks: seen, shown on a card, and gone with the role."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.entity_card import EntityFace
from app.services import card_tokens, entities, entity_roles, leaving
from app.services.jobs import HANDLERS
from app.store import citizens, outbox
from app.store.citizens import NetworkIdentity, RealName
from app.store.entities import Entity, EntityCard, EntityRepresentative
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.cards import CITY, looks, swap
from tests.support.entities import HONOUR, NAME, PENALTY, PERMIT, Register, uscc
from tests.support.identity import PEOPLE, City
from tests.support.people import id_number

PATH = "/citizen/v1/entities"
EVERYTHING = ["uscc", "kind", "city", "established_on", "honours", "permits", "role"]
LATER = "2026-11-20T09:00:00+08:00"


@pytest.fixture
def register(app: Flask, session: Session) -> Register:
    return Register(app, session)


@pytest.fixture
def wang(register: Register) -> tuple[TestCaller, str, str]:
    """Someone who speaks for the tea company: the app in their hands, their id and number."""
    person = register.person("王老板")
    register.put(person[2])
    return person


def card(caller: TestCaller, entity_id: str, fields: list[str]) -> Any:
    return caller.put(f"{PATH}/{entity_id}/card", json={"show": {"fields": fields}})


class TestMyEntities:
    def test_are_those_for_which_i_speak(self, register: Register, wang: tuple[TestCaller, str, str]) -> None:
        (found,) = wang[0].get(PATH).json["data"]
        assert (found["name"], found["uscc"]) == (NAME, uscc())
        assert found["role"] == {"code": "legal_representative", "name": "法定代表人"}
        assert found["source"] == {"code": "registry", "name": "市场监督管理局（登记）"}
        someone, _, _ = register.person("李四")
        assert someone.get(PATH).json["data"] == []

    def test_show_their_public_records_with_number_source_and_days(
        self, register: Register, wang: tuple[TestCaller, str, str]
    ) -> None:
        whole = wang[0].get(f"{PATH}/{register.mine(wang[0])}", headers={"Accept-Language": "en"}).json
        penalty = next(record for record in whole["records"] if record["kind"]["code"] == "penalty")
        assert penalty == PENALTY | {
            "kind": {"code": "penalty", "name": "Administrative penalty"},
            "class": {"code": "general", "name": "General"},
        }
        assert [record["decided_on"] for record in whole["records"]] == ["2026-08-01", "2025-12-01", "2025-01-10"]

    def test_show_no_record_whose_time_is_over(
        self, register: Register, wang: tuple[TestCaller, str, str], clock: Clock
    ) -> None:
        entity_id = register.mine(wang[0])
        clock.advance(days=254)
        me = register.holders.login(wang[1])
        kinds = {record["kind"]["code"] for record in me.get(f"{PATH}/{entity_id}").json["records"]}
        assert kinds == {"permit", "honour"}

    def test_are_nobody_elses(self, register: Register, wang: tuple[TestCaller, str, str]) -> None:
        entity_id = register.mine(wang[0])
        other, _, number = register.person("李四")
        register.put(number, serial=2)
        for method, path in (("GET", ""), ("GET", "/card"), ("PUT", "/card"), ("POST", "/card/offline")):
            body = {"json": {"show": {"fields": []}}} if method == "PUT" else {"json": {}} if method == "POST" else {}
            answer = other.request(method, f"{PATH}/{entity_id}{path}", **body)
            assert (answer.status_code, answer.json["code"]) == (404, "not-found"), (method, path)

    def test_come_page_by_page(self, register: Register) -> None:
        me, _, number = register.person()
        for serial in range(3):
            register.put(number, serial=serial)
        first = me.get(f"{PATH}?limit=2").json
        rest = me.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
        assert [one["uscc"] for one in (*first["data"], *rest["data"])] == [uscc(2), uscc(1), uscc(0)]

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            ("individual_business", "operator"), ("partnership", "managing_partner"), ("branch", "responsible_person"),
            ("cooperative", "legal_representative"), ("social_organisation", "legal_representative"),
        ],
    )  # fmt: skip
    def test_call_me_what_its_register_does(self, register: Register, kind: str, role: str) -> None:
        me, _, number = register.person()
        register.put(number, kind=kind)
        assert me.get(PATH).json["data"][0]["role"]["code"] == role


class TestItsCard:
    def test_starts_with_code_kind_and_role(self, register: Register, wang: tuple[TestCaller, str, str]) -> None:
        answer = wang[0].get(f"{PATH}/{register.mine(wang[0])}/card").json
        assert answer["show"]["fields"] == ["uscc", "kind", "role"]
        assert set(answer["preview"]) == {"name", "uscc", "kind", "role"}

    def test_shows_exactly_what_is_ticked(self, register: Register, wang: tuple[TestCaller, str, str]) -> None:
        entity_id = register.mine(wang[0])
        assert card(wang[0], entity_id, []).json["preview"] == {"name": NAME}
        whole = card(wang[0], entity_id, EVERYTHING).json["preview"]
        assert set(whole) == {"name", *EVERYTHING}
        assert (whole["honours"], whole["permits"]) == ([HONOUR["title"]], [PERMIT["title"]])
        assert wang[0].get(f"{PATH}/{entity_id}/card").json["preview"] == whole

    def test_never_has_a_penalty_nor_a_person_on_it(
        self, register: Register, wang: tuple[TestCaller, str, str]
    ) -> None:
        shown = card(wang[0], register.mine(wang[0]), EVERYTHING).text
        assert PENALTY["title"] not in shown
        assert PENALTY["document_no"] not in shown
        assert "王" not in shown
        assert wang[2] not in shown

    @pytest.mark.parametrize("fields", [["penalties"], ["name"], ["role", "role"], [None], "role", [["role"]]])
    def test_takes_no_other_tick(self, register: Register, wang: tuple[TestCaller, str, str], fields: Any) -> None:
        answer = card(wang[0], register.mine(wang[0]), fields)
        assert (answer.status_code, answer.json["code"]) == (422, "validation")

    def test_is_of_an_active_entity_only(self, register: Register, wang: tuple[TestCaller, str, str]) -> None:
        entity_id = register.mine(wang[0])
        register.put(wang[2], status="revoked", as_of=LATER)
        for answer in (wang[0].get(f"{PATH}/{entity_id}/card"), card(wang[0], entity_id, [])):
            assert (answer.status_code, answer.json["code"]) == (409, "entity-not-active")
        assert wang[0].get(f"{PATH}/{entity_id}").json["status"] == {"code": "revoked", "name": "吊销"}

    def test_verifies_without_a_network(
        self, register: Register, wang: tuple[TestCaller, str, str], clock: Clock
    ) -> None:
        entity_id = register.mine(wang[0])
        card(wang[0], entity_id, EVERYTHING)
        made = wang[0].post(f"{PATH}/{entity_id}/card/offline", json={"minutes": 60})
        assert made.status_code == 201, made.text
        assert len(made.json["card"]) <= card_tokens.MAX_TEXT
        jwks = register.holders.kit.keys.jwks()
        read = card_tokens.verify(made.json["card"], jwks, clock())
        face = EntityFace(NAME, uscc(), "company", "xiamen", "2020-05-01", role="legal_representative")
        assert (read.face, read.purpose) == (face, "entity")
        assert looks(wang[0])[0]["action"]["code"] == "entity.card_issued"
        clock.advance(minutes=61)
        with pytest.raises(card_tokens.CardInvalid, match="expired"):
            card_tokens.verify(made.json["card"], jwks, clock())

    def test_one_that_does_not_fit_says_so(self, register: Register) -> None:
        me, _, number = register.person()
        register.put(number, name="长" * 60)
        answer = me.post(f"{PATH}/{register.mine(me)}/card/offline", json={})
        assert (answer.status_code, answer.json["code"]) == (422, "card-too-large")


class TestARole:
    def test_is_what_a_persons_own_card_may_show(
        self, register: Register, wang: tuple[TestCaller, str, str], session: Session
    ) -> None:
        (role,) = entities.roles_of(session, wang[1])
        assert (role.entity, role.name, role.uscc) == (register.mine(wang[0]), NAME, uscc())
        assert role.role == "legal_representative"

    def test_ends_at_once_when_the_register_names_another(
        self, register: Register, wang: tuple[TestCaller, str, str], session: Session
    ) -> None:
        entity_id = register.mine(wang[0])
        card(wang[0], entity_id, EVERYTHING)
        other, other_id, number = register.person("李四")
        register.put(number, as_of=LATER)
        assert wang[0].get(f"{PATH}/{entity_id}").status_code == 404
        assert entities.roles_of(session, wang[1]) == ()
        assert session.query(EntityCard).count() == 0
        assert [role.entity for role in entities.roles_of(session, other_id)] == [entity_id]
        assert other.get(f"{PATH}/{entity_id}/card").json["show"]["fields"] == ["uscc", "kind", "role"]
        assert _told(session, wang[1])[-1] == "entity.role_ended"

    @pytest.mark.parametrize("over", [{"status": "deregistered"}, {"status": "revoked"}, {"representative": None}])
    def test_ends_with_the_entity_or_without_a_name(
        self, register: Register, wang: tuple[TestCaller, str, str], session: Session, over: dict[str, Any]
    ) -> None:
        number = None if "representative" in over else wang[2]
        register.put(number, as_of=LATER, **{name: value for name, value in over.items() if value})
        assert entities.roles_of(session, wang[1]) == ()
        assert _told(session, wang[1])[-1] == "entity.role_ended"

    def test_takes_held_cards_that_show_it_along(
        self, register: Register, wang: tuple[TestCaller, str, str], session: Session
    ) -> None:
        friend, friend_id, _ = register.person("李四")
        swap(wang[0], friend, {"name_kind": "masked", "fields": ["legal_role"]}, CITY)
        (held,) = friend.get("/citizen/v1/name-cards").json["data"]
        assert held["card"]["role"]["uscc"] == uscc()
        register.put(id_number(400), as_of=LATER)
        (dead,) = friend.get("/citizen/v1/name-cards").json["data"]
        assert "card" not in dead
        assert entities.roles_of(session, friend_id) == ()

    def test_comes_with_the_first_login(self, register: Register, city: City) -> None:
        register.put(id_number(PEOPLE["wang"]))
        wang = city.citizen("wang")
        assert [one["uscc"] for one in wang.request("GET", "/citizen/v1/entities").json()["data"]] == [uscc()]

    def test_waits_for_one_who_has_not_logged_in_yet(self, register: Register, session: Session) -> None:
        register.put(id_number(77))
        person = RealName("赵新人", id_number(77), "xiamen", "al2")
        kit = register.holders.kit
        citizen_id = citizens.upsert(session, kit.pii, person, kit.clock())
        entity_roles.at_login(session, kit.pii, citizen_id, person, kit.clock())
        session.commit()
        me = register.holders.login(citizen_id)
        assert register.mine(me)
        assert [look["action"]["code"] for look in looks(me)] == ["entity.matched"]

    def test_comes_with_the_registers_next_word_to_one_whose_login_it_crossed(
        self, register: Register, session: Session
    ) -> None:
        register.put(id_number(77))
        kit = register.holders.kit
        citizen_id = citizens.upsert(session, kit.pii, RealName("赵新人", id_number(77), "xiamen", "al2"), kit.clock())
        session.commit()
        register.put(id_number(77))
        assert len(entities.roles_of(session, citizen_id)) == 1

    def test_comes_to_nobody_through_a_network_identity(self, register: Register, session: Session) -> None:
        register.put(id_number(77))
        kit = register.holders.kit
        person = NetworkIdentity("https://idp", id_number(77), True, "xiamen", "al2")
        citizen_id = citizens.upsert(session, kit.pii, person, kit.clock())
        entity_roles.at_login(session, kit.pii, citizen_id, person, kit.clock())
        assert entities.roles_of(session, citizen_id) == ()

    def test_goes_with_who_leaves_and_the_entity_stays(
        self, register: Register, wang: tuple[TestCaller, str, str], session: Session, clock: Clock
    ) -> None:
        card(wang[0], register.mine(wang[0]), EVERYTHING)
        leaving.leave(session, wang[1], clock())
        assert session.query(EntityRepresentative).count() == session.query(EntityCard).count() == 0
        assert session.query(Entity).count() == 1
        register.put(wang[2], as_of=LATER)
        assert session.query(EntityRepresentative.citizen_id).scalar() is None, "nobody is matched to one who left"


def _told(session: Session, citizen_id: str) -> list[str]:
    """The kinds of events on their way to the person's inbox, in order."""
    rows = session.query(outbox.Message).filter_by(citizen_id=citizen_id).order_by(outbox.Message.id)
    return [row.data["kind"] for row in rows if row.topic in HANDLERS]


def test_twenty_registrations_at_once_leave_one_entity_as_its_latest_state(real_app: Flask) -> None:
    kit = real_app.extensions["xinyi"]
    with kit.sessions() as session:
        register = Register(real_app, session)
        people = [register.person()[1:] for _ in range(2)]

        def put(minute: int) -> int:
            number = people[minute % 2][1]
            answer = register.put(number, name=f"第{minute}版", as_of=f"2026-11-20T08:{minute:02d}:00+08:00")
            return int(answer.status_code)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(put, range(20)))
        assert set(answers) <= {200, 409}
        assert answers[19] == 200
        session.expire_all()
        assert session.query(Entity.name).scalar() == "第19版"
        assert [len(entities.roles_of(session, citizen_id)) for citizen_id, _ in people] == [0, 1]
