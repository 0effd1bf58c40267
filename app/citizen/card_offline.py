"""/citizen/v1/name-card/offline: a card that a stranger verifies without a network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.citizen import card_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json, picture_url, warnings_json
from app.services import cards
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("card_offline", __name__, url_prefix="/citizen/v1", description="Offline name cards")


@blueprint.route("/name-card/offline", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.OfflineRequest())
@blueprint.response(201, schemas.OfflineSchema())
def make_offline(body: dict[str, Any]) -> dict[str, Any]:
    """A signed card that anyone verifies with our published keys, without a network."""
    with transaction() as session:
        made = cards.offline(
            session,
            kit().pii,
            caller().citizen_id,
            purpose=body["purpose"],
            ticks=asked_ticks(body.get("show")),
            lifetime=timedelta(minutes=body["minutes"]),
            key=kit().keys.current("card").private.as_dict(private=True),
            now=now(),
        )
    return {
        "card": made.text,
        "purpose": made.purpose,
        "expires_at": made.expires_at,
        "preview": face_json(made.face),
        "warnings": warnings_json(made.warnings),
        "qr_svg": picture_url(made.text),
    }
