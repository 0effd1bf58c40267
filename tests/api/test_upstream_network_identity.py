"""Who logs in by a network identity (网号) is known to be someone; we are never told the number (Order 173)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.notice import NOTICE
from app.services import pulling
from app.store.citizens import Citizen, Vouched, vouched
from auth import views
from tests.support.hostile_platform import HostilePlatform
from tests.support.upstream import citizens, come_back, log_in, take_over, visit

UNKNOWN = {"name": None, "id_number": None, "network_id": "net-1", "age_over_18": True}


@pytest.fixture
def platform(city) -> HostilePlatform:
    """A platform that confirms, and tells no number."""
    hostile = take_over(city)
    hostile.userinfo = dict(UNKNOWN)
    return hostile


@pytest.fixture
def at_home(city) -> Iterator[None]:
    """The deployment names the home city of those who come without one."""
    before = city.app.extensions[views.EXTENSION]
    city.app.extensions[views.EXTENSION] = replace(before, home_city="xiamen")
    yield
    city.app.extensions[views.EXTENSION] = before


def member_of(city, platform):
    """The citizen app of one who logged in, and their answer on opting in."""
    client = city.client()
    _, sent = visit(client)
    back = come_back(client, platform, sent)
    assert back.status_code == 303, back.text
    client.login_citizen("", "", prompt="none")
    return client, client.request("POST", "/citizen/v1/enrolment", json={"notice_version": NOTICE.version})


def test_a_person_is_known_without_name_and_number(city, platform, session):
    assert log_in(city, platform).status_code == 303
    (row,) = session.scalars(select(Citizen))
    assert vouched(session, city.kit.pii, row.citizen_id) == Vouched(None, None, True, "xiamen", "al2")
    assert (row.sealed_name, row.sealed_id_number) == (None, None)


def test_the_same_network_identity_is_the_same_person_and_another_is_another(city, platform, session):
    assert [log_in(city, platform).status_code for _ in range(2)] == [303, 303]
    assert citizens(session) == 1
    platform.userinfo["network_id"] = "net-2"
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 2


def test_a_network_identity_and_a_number_stay_two_people_as_nothing_tells_that_they_are_one(city, platform, session):
    assert log_in(city, platform).status_code == 303
    platform.userinfo = {}
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 2


def test_a_member_without_a_number_has_a_score_and_is_told_why_there_are_no_records(city, platform, session):
    client, joined = member_of(city, platform)
    assert joined.status_code == 201, joined.text
    kit, (citizen_id,) = city.kit, session.scalars(select(Citizen.citizen_id))
    departments = [Unasked()]
    pulling.pull(session, kit.pii, kit.packs, departments, citizen_id=citizen_id, now=kit.clock())
    session.commit()
    assert client.request("GET", "/citizen/v1/score").json()["score"] == 600
    assert client.request("GET", "/citizen/v1/score/explanation").json()["note"]["code"] == "without-number"
    assert "name" not in client.request("GET", "/oauth/userinfo").json()
    assert not departments[0].asked


class Unasked:
    """A department, and whether it was asked about anyone."""

    code, name, asked = "library", "图书馆", False

    def rows_about(self, person):
        self.asked = True
        return []


def test_who_is_no_adult_by_the_platforms_word_cannot_join(city, platform):
    platform.userinfo["age_over_18"] = False
    _, refused = member_of(city, platform)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-an-adult")


def test_the_home_city_stands_in_where_the_platform_names_none(city, platform, session, at_home):
    platform.userinfo["city"] = None
    assert log_in(city, platform).status_code == 303
    assert session.scalars(select(Citizen.city)).all() == ["xiamen"]


@pytest.mark.parametrize(
    "told",
    [
        {"city": None},
        {"network_id": ""},
        {"network_id": 5},
        {"network_id": "x" * 257},
        {"network_id": "长"},
        {"network_id": "a\0"},
        {"age_over_18": None},
        {"age_over_18": "true"},
        {"age_over_18": 1},
        {"id_number": "99000019900101001X"},
        {"name": ""},
        {"assurance_level": None},
        {"assurance_level": "al9"},
        {"sub": "person-2"},
    ],
    ids=str,
)
def test_17_a_network_identity_that_is_incomplete_or_says_too_much_is_refused(city, platform, session, told):
    platform.userinfo |= told
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0
