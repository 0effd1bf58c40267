"""/citizen/v1/name-card/exchanges and /citizen/v1/name-cards: exchanging cards, and the cards that one holds."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import card_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json
from app.domain.errors import Refusal
from app.services import card_exchange
from app.services.card_exchange import Held
from app.web.api import ApiBlueprint, ListQuery, page
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("card_holder", __name__, url_prefix="/citizen/v1", description="Exchanged cards")


@blueprint.route("/name-card/exchanges", methods=["POST"])
@needs("citizen")
@limited("card-exchange")
@blueprint.arguments(schemas.ExchangeRequest())
@blueprint.response(201, schemas.ExchangeSchema())
def exchange(body: dict[str, Any]) -> dict[str, Any]:
    """Redeem someone's exchange code: I hold their card, they hold mine."""
    with transaction() as session:
        done = card_exchange.exchange(
            session,
            kit().pii,
            caller().citizen_id,
            code=body["code"],
            ticks=asked_ticks(body.get("show")),
            now=now(),
        )
        return {"received": _held(done.received), "given": face_json(done.given)}


@blueprint.route("/name-cards", methods=["GET"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, schemas.HeldCardPage())
def held_cards(query: dict[str, Any]) -> dict[str, Any]:
    """The cards that I hold. Each person on the page sees that I looked."""
    limit, citizen_id = query["limit"], caller().citizen_id
    with transaction() as session:
        ids = card_exchange.listed(session, citizen_id, before=query["cursor"], limit=limit + 1)
        answer = page(ids, limit, key=str)
        shown = card_exchange.view(session, kit().pii, citizen_id, answer["data"], now())
        return answer | {"data": [_held(entry) for entry in shown]}


@blueprint.route("/name-cards/<card_id>")
class HeldCard(MethodView):
    """One card that I hold."""

    @needs("citizen")
    @limited("held-cards")
    @blueprint.response(200, schemas.HeldCardSchema())
    def get(self, card_id: str) -> dict[str, Any]:
        """A card that I hold; its person sees that I looked."""
        with transaction() as session:
            shown = card_exchange.view(session, kit().pii, caller().citizen_id, [card_id], now())
            if not shown:
                raise Refusal("not-found")
            return _held(shown[0])

    @needs("citizen")
    @blueprint.response(204)
    def delete(self, card_id: str) -> Response:
        """Take an exchange back: neither of us holds the other's card any more."""
        with transaction() as session:
            card_exchange.remove(session, caller().citizen_id, card_id)
        return no_content()


def _held(entry: Held) -> dict[str, Any]:
    return {"id": entry.id, "received_at": entry.received_at, "card": face_json(entry.face)}
