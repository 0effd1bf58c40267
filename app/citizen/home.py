"""The app's first screen: GET /citizen/v1/home."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.citizen.card_schemas import GradeShown, Named
from app.citizen.card_words import city_json, grade_json
from app.citizen.order_schemas import CitizenOrder
from app.citizen.orders import spoken
from app.domain.card import Grade
from app.domain.scenario import Path
from app.services.home import Home, Standing, home
from app.services.scenarios import OpenScenario
from app.web.api import ApiBlueprint, Schema
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("home", __name__, url_prefix="/citizen/v1", description="The first screen in one call")


class StandingSchema(Schema):
    """The score: `change` is that since a month ago, left out where there was no score then."""

    score = ma.fields.Integer(required=True)
    min = ma.fields.Integer(required=True)
    max = ma.fields.Integer(required=True)
    grade = ma.fields.Nested(GradeShown, required=True)
    as_of = ma.fields.Date(required=True)
    change = ma.fields.Integer()
    illustrative = ma.fields.Boolean(
        required=True, metadata={"description": "the city must still calibrate the numbers"}
    )


class HomeScenario(Schema):
    """A scenario of my city and the path that is open to me now."""

    code = ma.fields.String(required=True)
    family = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    path = ma.fields.String(required=True, validate=ma.validate.OneOf([str(path) for path in Path]))


class HomeSchema(Schema):
    """The first screen. A member without `score` has one that is still being calculated."""

    member = ma.fields.Boolean(required=True)
    city = ma.fields.Nested(Named, required=True)
    score = ma.fields.Nested(StandingSchema)
    scenarios = ma.fields.List(ma.fields.Nested(HomeScenario), required=True)
    orders = ma.fields.List(ma.fields.Nested(CitizenOrder), required=True)
    unread_events = ma.fields.Integer(required=True)


@blueprint.route("/home", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, HomeSchema())
def first_screen() -> dict[str, Any]:
    """My score, what is open to me, my open orders and unread messages, in one call."""
    with transaction() as session:
        return _shown(home(session, kit().registry, kit().packs, caller().citizen_id, now()))


def _shown(screen: Home) -> dict[str, Any]:
    return {
        "member": screen.member,
        "city": city_json(screen.city),
        "score": _score(screen.standing) if screen.standing else None,
        "scenarios": [_scenario(entry) for entry in screen.scenarios],
        "orders": [spoken(order) for order in screen.orders],
        "unread_events": screen.unread_events,
    }


def _score(standing: Standing) -> dict[str, Any]:
    pack = kit().packs[standing.pack]
    return {
        "score": standing.score,
        "min": pack.min,
        "max": pack.max,
        "grade": grade_json(Grade(standing.pack, standing.grade)),
        "as_of": standing.as_of,
        "change": standing.change,
        "illustrative": pack.illustrative,
    }


def _scenario(entry: OpenScenario) -> dict[str, Any]:
    name = entry.offer.name
    words = name.zh if language() == "zh" else name.en
    return {"code": entry.offer.code, "family": entry.offer.family, "name": words, "path": entry.path}
