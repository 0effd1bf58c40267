"""/citizen/v1/name-card: one's own card: what it shows, and its preview."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.citizen import card_schemas as schemas
from app.citizen.card_words import available_json, face_json, show_json, ticks_of, warnings_json
from app.domain import card
from app.services import cards
from app.services.cards import OwnCard
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("name_card", __name__, url_prefix="/citizen/v1", description="The credit name card")


@blueprint.route("/name-card")
class NameCard(MethodView):
    """One's own card."""

    @needs("citizen")
    @blueprint.response(200, schemas.OwnCardSchema())
    def get(self) -> dict[str, Any]:
        """My card, and exactly what others see of it."""
        with transaction() as session:
            return _own(cards.own(session, kit().pii, caller().citizen_id, now()))

    @needs("citizen")
    @blueprint.arguments(schemas.CardChoices())
    @blueprint.response(200, schemas.OwnCardSchema())
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Choose what my card shows."""
        with transaction() as session:
            mine = cards.save(
                session,
                kit().pii,
                caller().citizen_id,
                nickname=body.get("nickname"),
                ticks=ticks_of(body["show"]),
                now=now(),
            )
            return _own(mine)


@blueprint.route("/name-card/previews", methods=["POST"])
@needs("citizen")
@limited("card-choice")
@blueprint.arguments(schemas.PreviewRequest())
@blueprint.response(200, schemas.PreviewSchema())
def preview(body: dict[str, Any]) -> dict[str, Any]:
    """Exactly what the other side would see of these ticks; nothing is kept or shown to anyone."""
    with transaction() as session:
        ticks, face = cards.show(session, kit().pii, caller().citizen_id, ticks_of(body["show"]), now())
    warned = warnings_json(card.warnings(ticks))
    return {"show": show_json(ticks), "preview": face_json(face), "warnings": warned}


def _own(mine: OwnCard) -> dict[str, Any]:
    return {
        "nickname": mine.nickname,
        "show": show_json(mine.ticks),
        "preview": face_json(mine.face),
        "warnings": warnings_json(mine.warnings),
        "available": available_json(mine.holder),
    }
