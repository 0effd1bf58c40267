"""Guardrail 14: the map shows merchants and nobody else; where one looks from is no fact about anyone."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import Table

from app.citizen.places import DIGITS, Near, PlaceSchema
from app.store import models
from app.store.places import Place
from app.store.shakes import EMPTY, Shake
from tests.architecture.source import ROOT

STATIC = ROOT / "app" / "web" / "static"
PLACES: Table = Place.__table__
WHERE = {"latitude", "longitude", "lat", "lon", "position", "location", "near", "point", "geo"}


def test_a_place_is_a_partners_and_has_no_person() -> None:
    names = set(PLACES.columns.keys())
    assert not {name for name in names if "citizen" in name or "person" in name or "operator" in name}
    assert set(PlaceSchema().fields) <= {*names, "name", "partner", "address", "opening", "distance"}


def test_no_other_table_has_a_position_but_for_thirty_seconds() -> None:
    """That of a shake is a square of a hundred metres and gone with it: test_14_shakes_leave_no_trail.py."""
    positioned = {table.name for table in models.load().sorted_tables if WHERE & set(table.columns.keys())}
    assert positioned == {"places", "shakes"}
    assert Shake.__table__.columns["latitude"].nullable
    assert {"latitude", "longitude"} <= set(EMPTY)


def test_a_position_is_rounded_where_it_is_read_before_anything_sees_it() -> None:
    assert DIGITS <= 2, "a hundredth of a degree is about a kilometre"
    assert Near().deserialize("24.4831234,118.0949876") == (24.48, 118.09)


def test_no_page_asks_the_phone_where_it_is_but_to_shake(client: FlaskClient) -> None:
    for page in ("/", "/counter", "/desk", "/problems"):
        assert "geolocation=()" in client.get(page).headers["Permissions-Policy"]
    scripts = [(path.name, path.read_text(encoding="utf-8")) for path in STATIC.rglob("*.js")]
    assert [name for name, text in scripts if "geolocation" in text] == ["square.js"]
    assert [name for name, text in scripts if "/square.js" in text] == ["shake.js"]
