"""/citizen/v1/name-card/presets: named sets of ticks, those that everybody has and one's own."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.citizen import card_schemas as schemas
from app.citizen.card_words import show_json, ticks_of
from app.domain.card_presets import PRESETS
from app.services import card_presets
from app.services.card_presets import OwnPreset
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import say
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("card_presets", __name__, url_prefix="/citizen/v1", description="Presets of the name card")


@blueprint.route("/name-card/presets", methods=["GET"])
@needs("citizen")
@blueprint.response(200, schemas.PresetList())
def presets() -> dict[str, Any]:
    """Named sets of ticks: those that everybody has, and my own."""
    with transaction() as session:
        own = card_presets.listed(session, kit().pii, caller().citizen_id)
    return {"data": [*_everybodys(), *(_own(preset) for preset in own)]}


@blueprint.route("/name-card/presets", methods=["POST"])
@needs("citizen")
@limited("card-choice")
@blueprint.arguments(schemas.PresetRequest())
@blueprint.response(201, schemas.PresetSchema())
def add_preset(body: dict[str, Any]) -> dict[str, Any]:
    """Keep a set of ticks under a name of my own."""
    with transaction() as session:
        ticks = ticks_of(body["show"])
        return _own(card_presets.add(session, kit().pii, caller().citizen_id, body["name"], ticks, now()))


@blueprint.route("/name-card/presets/<preset_id>", methods=["DELETE"])
@needs("citizen")
@blueprint.response(204)
def remove_preset(preset_id: str) -> Response:
    """Delete a preset of my own."""
    with transaction() as session:
        card_presets.remove(session, caller().citizen_id, preset_id)
    return no_content()


def _everybodys() -> list[dict[str, Any]]:
    return [
        {
            "id": code,
            "name": say(f"card.preset.{code}.name"),
            "detail": say(f"card.preset.{code}.detail"),
            "own": False,
            "show": show_json(ticks),
        }
        for code, ticks in PRESETS.items()
    ]


def _own(preset: OwnPreset) -> dict[str, Any]:
    return {"id": preset.id, "name": preset.name, "own": True, "show": show_json(preset.ticks)}
