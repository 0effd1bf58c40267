"""/citizen/v1/name-card/shakes: handing out one's card to people in the same room, thirty seconds at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import shake_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json, warnings_json
from app.domain.coordinates import to_wgs84
from app.domain.shake import Role
from app.services import shakes
from app.services.shakes import Other, Running, Wish
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("shakes", __name__, url_prefix="/citizen/v1/name-card/shakes", description=__doc__)


@blueprint.route("", methods=["POST"])
@needs("citizen")
@limited("shake")
@blueprint.arguments(schemas.ShakeRequest())
@blueprint.response(201, schemas.BegunShakeSchema())
def begin_shake(body: dict[str, Any]) -> dict[str, Any]:
    """Begin thirty seconds of giving my card, or of taking one; my place is rounded and gone when they are over."""
    with transaction() as session:
        begun = shakes.begin(session, kit().pii, caller().citizen_id, _wish(body), now())
        answer = _view(begun.running) | {"warnings": warnings_json(begun.warnings)}
        return answer | ({"preview": face_json(begun.face)} if begun.face else {})


@blueprint.route("/<shake_id>")
class Shake(MethodView):
    """My session."""

    @needs("citizen")
    @limited("shake-look")
    @blueprint.response(200, schemas.ShakeSchema())
    def get(self, shake_id: str) -> dict[str, Any]:
        """My session: whom I may ask, or who asked me, each by nickname and number; and what came of it."""
        with transaction() as session:
            return _view(shakes.look(session, kit().pii, caller().citizen_id, shake_id, now()))

    @needs("citizen")
    @blueprint.response(204)
    def delete(self, shake_id: str) -> Response:
        """End my session now; its place is deleted."""
        with transaction() as session:
            shakes.stop(session, caller().citizen_id, shake_id, now())
        return no_content()


@blueprint.route("/<shake_id>/confirm", methods=["POST"])
@needs("citizen")
@limited("shake-confirm")
@blueprint.arguments(schemas.ShakeConfirmation())
@blueprint.response(200, schemas.ShakeSchema())
def confirm_shake(body: dict[str, Any], shake_id: str) -> dict[str, Any]:
    """Say yes to one person, by the number on their screen: ask this giver, or give this receiver my card."""
    said = {"other_id": body["other"], "number": body["number"]}
    with transaction() as session:
        return _view(shakes.confirm(session, kit().pii, caller().citizen_id, shake_id, **said, now=now()))


def _wish(body: Mapping[str, Any]) -> Wish:
    place = body["place"]
    point = to_wgs84((place["latitude"], place["longitude"]), place["datum"])
    return Wish(Role(body["role"]), point, body.get("nickname"), asked_ticks(body.get("show")))


def _view(running: Running) -> dict[str, Any]:
    """The session in words; what it has no more is left out."""
    return {
        "id": running.id,
        "role": str(running.role),
        "status": "over" if running.over else "running",
        "started_at": running.started_at,
        "ends_at": running.ends_at,
        "nickname": running.nickname,
        "number": running.number,
        "others": [_other(other) for other in running.others],
        "given": running.given,
        "card_id": running.card_id,
    }


def _other(other: Other) -> dict[str, Any]:
    return {"id": other.id, "nickname": other.nickname, "number": other.number, "asked": other.asked}
