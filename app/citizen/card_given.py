"""/citizen/v1/name-card/given: the cards that one gave, which one renews, withdraws or takes back."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import card_holder_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json
from app.domain import card
from app.domain.card import Ticks
from app.domain.card_term import Term
from app.services import card_given
from app.services.card_given import Given
from app.web.api import ApiBlueprint, ListQuery, NoFields, page
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("card_given", __name__, url_prefix="/citizen/v1", description="Cards that one gave")


@blueprint.route("/name-card/given", methods=["GET"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, schemas.GivenCardPage())
def given_cards(query: dict[str, Any]) -> dict[str, Any]:
    """The cards of mine that others hold, newest first, and as whom I know each of them."""
    limit = query["limit"]
    with transaction() as session:
        rows = card_given.listed(
            session, kit().pii, caller().citizen_id, now(), before=query["cursor"], limit=limit + 1
        )
        answer = page(rows, limit)
        return answer | {"data": [_given(entry) for entry in answer["data"]]}


@blueprint.route("/name-card/given/<given_id>")
class GivenCard(MethodView):
    """One card of mine that someone holds."""

    @needs("citizen")
    @limited("held-cards")
    @blueprint.response(200, schemas.GivenCardSchema())
    def get(self, given_id: str) -> dict[str, Any]:
        """A card that I gave, exactly as its holder sees it."""
        with transaction() as session:
            return _given(card_given.one(session, kit().pii, caller().citizen_id, given_id, now()))

    @needs("citizen")
    @limited("held-cards")
    @blueprint.arguments(schemas.RenewRequest())
    @blueprint.response(200, schemas.GivenCardSchema())
    def put(self, body: dict[str, Any], given_id: str) -> dict[str, Any]:
        """Let it show today's facts: what I tick now, or what I ticked for its holder."""
        term, ticks = body.get("term"), asked_ticks(body.get("show"))
        with transaction() as session:
            renewed = card_given.renew(
                session,
                kit().pii,
                caller().citizen_id,
                given_id,
                ticks=ticks,
                term=Term(term) if term else None,
                now=now(),
            )
            return _given(renewed)

    @needs("citizen")
    @limited("held-cards")
    @blueprint.response(204)
    def delete(self, given_id: str) -> Response:
        """Take the exchange back: neither of us holds the other's card any more."""
        with transaction() as session:
            card_given.remove(session, caller().citizen_id, given_id, now())
        return no_content()


@blueprint.route("/name-card/given/<given_id>/withdraw", methods=["POST"])
@needs("citizen")
@limited("held-cards")
@blueprint.arguments(NoFields())
@blueprint.response(204)
def withdraw_given_card(_body: dict[str, Any], given_id: str) -> Response:
    """Let a card that I gave go dead: what it showed is deleted, and its holder reads that it is no longer shown."""
    with transaction() as session:
        card_given.withdraw(session, caller().citizen_id, given_id, now())
    return no_content()


def _given(entry: Given) -> dict[str, Any]:
    return {
        "id": entry.id,
        "known_as": entry.known_as,
        "status": "withdrawn" if entry.withdrawn_at else "shown",
        "source": entry.source,
        "given_at": entry.given_at,
        "expires_at": entry.expires_at,
        "updated_at": entry.updated_at,
        "withdrawn_at": entry.withdrawn_at,
        "show": _show(entry.ticks) if entry.ticks else None,
        "card": face_json(entry.face) if entry.face else None,
    }


def _show(ticks: Ticks) -> dict[str, Any]:
    honours = None if ticks.honours is None else sorted(ticks.honours)
    return {
        "name_kind": str(ticks.name),
        "fields_": card.in_order(ticks.fields),
        "honours": honours,
        "entity": ticks.entity,
    }
