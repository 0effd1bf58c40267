"""/citizen/v1/name-card/exchanges and /citizen/v1/name-cards: exchanging cards, and the cards that one holds."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import card_holder_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json
from app.domain.card_term import Term
from app.domain.errors import Refusal
from app.services import card_exchange, card_holder
from app.services.card_holder import Held
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
            term=Term(body.get("term", Term.YEAR)),
            now=now(),
        )
        until = {"given_until": done.given_until}
        return {"received": held_json(done.received), "given": face_json(done.given), **until}


@blueprint.route("/name-cards", methods=["GET"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, schemas.HeldCardPage())
def held_cards(query: dict[str, Any]) -> dict[str, Any]:
    """The cards that I hold. Each person on the page sees that I looked."""
    limit, citizen_id = query["limit"], caller().citizen_id
    with transaction() as session:
        ids = card_holder.listed(session, citizen_id, now(), before=query["cursor"], limit=limit + 1)
        answer = page(ids, limit, key=str)
        shown = card_holder.view(session, kit().pii, citizen_id, answer["data"], now())
        return answer | {"data": [held_json(entry) for entry in shown]}


@blueprint.route("/name-card-matches", methods=["POST"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(schemas.MatchRequest())
@blueprint.response(200, schemas.MatchesSchema())
def match_held_cards(body: dict[str, Any]) -> dict[str, Any]:
    """Those of the newest 500 cards that I hold that match, 50 at most; each of their people sees that I looked."""
    with transaction() as session:
        found = card_holder.matches(session, kit().pii, caller().citizen_id, **body, now=now())
        return {"data": [held_json(entry) for entry in found]}


@blueprint.route("/name-cards/<card_id>")
class HeldCard(MethodView):
    """One card that I hold."""

    @needs("citizen")
    @limited("held-cards")
    @blueprint.response(200, schemas.HeldCardSchema())
    def get(self, card_id: str) -> dict[str, Any]:
        """A card that I hold; its person sees that I looked."""
        with transaction() as session:
            shown = card_holder.view(session, kit().pii, caller().citizen_id, [card_id], now())
            if not shown:
                raise Refusal("not-found")
            return held_json(shown[0])

    @needs("citizen")
    @limited("held-cards")
    @blueprint.response(204)
    def delete(self, card_id: str) -> Response:
        """Take an exchange back: neither of us holds the other's card any more."""
        with transaction() as session:
            card_holder.remove(session, caller().citizen_id, card_id, now())
        return no_content()


@blueprint.route("/name-cards/<card_id>/note", methods=["PUT"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(schemas.NoteRequest())
@blueprint.response(204)
def put_note(body: dict[str, Any], card_id: str) -> Response:
    """Write my own note on a card that I hold, or take it away; nobody else reads it."""
    with transaction() as session:
        card_holder.note(session, kit().pii, caller().citizen_id, card_id, body.get("note"), now())
    return no_content()


def held_json(entry: Held) -> dict[str, Any]:
    """A card that one holds; of one that is withdrawn nothing but that."""
    known = {"id": entry.id, "received_at": entry.received_at, "source": entry.source}
    if entry.face is None:
        return known | {"status": "withdrawn"}
    times = {"expires_at": entry.expires_at, "updated_at": entry.updated_at}
    return known | times | {"status": "shown", "card": face_json(entry.face), "note": entry.note}
