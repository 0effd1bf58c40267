"""The merchant map: places of merchants that serve, the nearest first; nobody's position is kept."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from sqlalchemy import func, select

from app.services import partners
from app.store import models
from app.store.partners import Partner
from tests.support.office import operator
from tests.support.shop import BIKE, LIBRARY, Shop

PATH = "/citizen/v1/places"
HERE = (24.48, 118.09)


def place(**said: Any) -> dict[str, Any]:
    usual = {
        "name_zh": "中山路门店", "name_en": "Zhongshan Road shop", "address_zh": "中山路 1 号",
        "address_en": "1 Zhongshan Road", "opening_zh": "每天 9–21 点", "opening_en": "Daily 9 to 21", "city": "xiamen",
        "latitude": HERE[0], "longitude": HERE[1], "scenarios": [BIKE],
    }  # fmt: skip
    return usual | said


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


@pytest.fixture
def office(app, session):
    return operator(app, session, "office", serial=870)


def added(office, shop: Shop, **said: Any) -> dict[str, Any]:
    answer = office.post(f"/operator/v1/partners/{shop.partner_id}/places", json=place(**said))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def seen(shop: Shop, query: str = "") -> list[dict[str, Any]]:
    answer = shop.me.get(f"{PATH}?limit=100{query}")
    assert answer.status_code == 200, answer.json
    return [one for one in answer.json["data"] if one["partner"] == "鹭岛单车"]


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    north, east = radians(b[0] - a[0]) / 2, radians(b[1] - a[1]) / 2
    part = sin(north) ** 2 + cos(radians(a[0])) * cos(radians(b[0])) * sin(east) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(part))


def test_the_nearest_come_first_with_their_distance(shop, office) -> None:
    points = [(24.52, 118.09), (24.481, 118.091), (24.48, 118.15), (25.9, 118.09)]
    for latitude, longitude in points:
        added(office, shop, latitude=latitude, longitude=longitude)
    found = seen(shop, f"&near={HERE[0]},{HERE[1]}")
    assert [(one["latitude"], one["longitude"]) for one in found] == [points[1], points[0], points[2]]
    for one in found:
        assert one["distance"] == pytest.approx(metres(HERE, (one["latitude"], one["longitude"])), abs=1)
    assert len(seen(shop, f"&near={HERE[0]},{HERE[1]}&within=1")) == 1


def test_a_position_is_rounded_before_anything_is_done_with_it(shop, office) -> None:
    added(office, shop)
    exact, rounded = seen(shop, "&near=24.4831234,118.0949876"), seen(shop, "&near=24.48,118.09")
    assert exact == rounded


def test_nothing_of_a_look_is_kept_or_logged(shop, office, session, caplog) -> None:
    added(office, shop)
    tables = models.load().sorted_tables

    def rows() -> dict[str, int]:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}

    seen(shop)
    before = rows()
    with caplog.at_level("DEBUG"):
        seen(shop, "&near=24.4831,118.0949")
    changed = {name for name, count in rows().items() if count != before[name]}
    assert not changed - {"used_tokens", "dpop_proofs", "limit_counters"}
    assert "24.48" not in caplog.text
    assert "118.09" not in caplog.text


def test_filters_say_which_benefit(shop, office) -> None:
    bike = added(office, shop, name_zh="单车", scenarios=[BIKE])
    book = added(office, shop, name_zh="书店", scenarios=[LIBRARY])
    for query, wanted in (
        ("&family=bikes", [bike["id"]]),
        (f"&scenario={LIBRARY}", [book["id"]]),
        ("&group=rent", [bike["id"]]),
        ("&family=no-such", []),
        ("&city=xiamen", [bike["id"], book["id"]]),
        ("&city=hangzhou", []),
    ):
        assert sorted(one["id"] for one in seen(shop, query)) == sorted(wanted), query
    assert {code["code"] for one in seen(shop, "&family=bikes") for code in one["scenarios"]} == {BIKE}


def test_the_list_goes_on_by_its_cursor_whatever_the_order(shop, office) -> None:
    for step in range(5):
        added(office, shop, latitude=24.48 + step % 2 / 100)
    for query in ("", "&near=24.48,118.09"):
        got, cursor = [], ""
        while True:
            answer = shop.me.get(f"{PATH}?limit=2{query}{cursor}").json
            got += [one["id"] for one in answer["data"]]
            if not answer["has_more"]:
                break
            cursor = f"&cursor={answer['next_cursor']}"
        assert len(got) == len(set(got)) >= 5


def test_a_suspended_partners_places_vanish_and_come_back(shop, office, session) -> None:
    added(office, shop)
    for active, count in ((False, 0), (True, 1)):
        partners.set_status(session, shop.partner_id, active=active)
        session.commit()
        assert len(seen(shop)) == count


def test_what_the_partner_no_longer_serves_is_not_shown(shop, office, session) -> None:
    added(office, shop, scenarios=[BIKE, LIBRARY])
    session.get(Partner, shop.partner_id).scenarios = [LIBRARY]
    session.commit()
    assert [[one["code"] for one in found["scenarios"]] for found in seen(shop)] == [[LIBRARY]]
    assert seen(shop, f"&scenario={BIKE}") == []


def test_places_of_the_other_mode_are_not_there(shop, office, session) -> None:
    added(office, shop)
    session.get(Partner, shop.partner_id).livemode = True
    session.commit()
    assert seen(shop) == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("near=here", "/near"), ("near=91,0", "/near"), ("near=0,181", "/near"), ("near=24.48", "/near"),
        ("near=1e3,2", "/near"), ("near=nan,nan", "/near"), ("within=0", "/within"), ("within=101", "/within"),
        ("group=gold", "/group"), ("radius=3", "/radius"), ("cursor=eHk=", "/cursor"), ("city=", "/city"),
    ],
)  # fmt: skip
def test_a_bad_question_is_told_by_its_field(shop, query, pointer) -> None:
    answer = shop.me.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_office_changes_and_removes_a_place(shop, office) -> None:
    one = added(office, shop)
    path = f"/operator/v1/partners/{shop.partner_id}/places/{one['id']}"
    changed = office.put(path, json=place(name_zh="新店"))
    assert (changed.status_code, changed.json["name_zh"]) == (200, "新店")
    listed = office.get(f"/operator/v1/partners/{shop.partner_id}/places").json["data"]
    assert [row["name_zh"] for row in listed] == ["新店"]
    assert office.delete(path).status_code == 204
    assert office.delete(path).status_code == 404
    assert seen(shop) == []


def test_a_point_of_a_chinese_map_is_kept_as_wgs84(shop, office) -> None:
    one = added(office, shop, latitude=24.4773, longitude=118.0948, datum="gcj02")
    shift = metres((24.4773, 118.0948), (one["latitude"], one["longitude"]))
    assert 300 < shift < 800


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"latitude": 91}, "/latitude"), ({"longitude": -181}, "/longitude"), ({"latitude": "24.48"}, "/latitude"),
        ({"latitude": True}, "/latitude"), ({"city": "atlantis"}, "/city"), ({"scenarios": []}, "/scenarios"),
        ({"scenarios": ["hz-library-card"]}, "/scenarios/0"), ({"scenarios": [BIKE, "no-such"]}, "/scenarios/1"),
        ({"datum": "bd09"}, "/datum"), ({"name_zh": ""}, "/name_zh"), ({"name_en": "a\u202eb"}, "/name_en"),
        ({"owner": "Zhang"}, "/owner"),
    ],
)  # fmt: skip
def test_a_bad_place_is_told_by_its_field_and_changes_nothing(shop, office, said, pointer) -> None:
    path = f"/operator/v1/partners/{shop.partner_id}/places"
    answer = office.post(path, json=place(**said))
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert office.get(path).json["data"] == []


def test_a_place_is_found_under_its_own_partner_alone(app, shop, office, session) -> None:
    one, other = added(office, shop), Shop(app, session)
    path = f"/operator/v1/partners/{other.partner_id}/places/{one['id']}"
    assert office.put(path, json=place()).status_code == 404
    assert office.delete(path).status_code == 404
    assert office.get("/operator/v1/partners/ptn_none/places").status_code == 404
