"""The citizen's name card: /citizen/v1/name-card, its codes, exchange, offline form, and /name-cards."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import card_schemas as schemas
from app.citizen.card_words import face_json, warnings_json
from app.domain import card
from app.domain.card import NameKind, Ticks
from app.domain.errors import Refusal
from app.services import card_exchange, cards, qr
from app.services.card_exchange import Held
from app.services.cards import MadeCode, OwnCard
from app.web.api import ApiBlueprint, ListQuery, page
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

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
                ticks=_ticks(body["show"]),
                now=now(),
            )
            return _own(mine)


@blueprint.route("/name-card/codes", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.CodeRequest())
@blueprint.response(201, schemas.CodeSchema())
def make_code(body: dict[str, Any]) -> dict[str, Any]:
    """A code of sixty seconds for one check or one exchange, with its picture."""
    made = _code(body)
    answer = {"code": made.code, "purpose": body["purpose"], "expires_at": made.expires_at}
    answer |= {"warnings": warnings_json(made.warnings), "qr_svg": _data_url(made.code)}
    return answer | ({"preview": face_json(made.face)} if made.face else {})


@blueprint.route("/name-card/codes.png", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.CodeRequest())
@blueprint.response(201, {"type": "string", "format": "binary"}, content_type="image/png")
def make_code_png(body: dict[str, Any]) -> Response:
    """A fresh code as a PNG picture; `Card-Code` and `Card-Code-Expires-At` say it in words."""
    return _picture(body, "image/png")


@blueprint.route("/name-card/codes.svg", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.CodeRequest())
@blueprint.response(201, {"type": "string"}, content_type="image/svg+xml")
def make_code_svg(body: dict[str, Any]) -> Response:
    """A fresh code as an SVG picture; `Card-Code` and `Card-Code-Expires-At` say it in words."""
    return _picture(body, "image/svg+xml")


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
            ticks=_ticks_or_own(body.get("show")),
            now=now(),
        )
        return {"received": _held(done.received), "given": face_json(done.given)}


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
            ticks=_ticks_or_own(body.get("show")),
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
        "qr_svg": _data_url(made.text),
    }


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


def _ticks(show: dict[str, Any]) -> Ticks:
    return Ticks(NameKind(show["name_kind"]), frozenset(show["fields_"]))


def _ticks_or_own(show: dict[str, Any] | None) -> Ticks | None:
    return _ticks(show) if show else None


def _own(mine: OwnCard) -> dict[str, Any]:
    fields = [field for field in card.FIELDS if field in mine.ticks.fields]
    return {
        "nickname": mine.nickname,
        "show": {"name_kind": str(mine.ticks.name), "fields_": fields},
        "preview": face_json(mine.face),
        "warnings": warnings_json(mine.warnings),
    }


def _held(entry: Held) -> dict[str, Any]:
    return {"id": entry.id, "received_at": entry.received_at, "card": face_json(entry.face)}


def _code(body: dict[str, Any]) -> MadeCode:
    with transaction() as session:
        return cards.make_code(
            session,
            kit().pii,
            caller().citizen_id,
            purpose=body["purpose"],
            ticks=_ticks_or_own(body.get("show")),
            now=now(),
        )


def _picture(body: dict[str, Any], content_type: str) -> Response:
    made = _code(body)
    draw = qr.png if content_type == "image/png" else qr.svg
    answer = Response(draw(made.code), 201, content_type=content_type)
    answer.headers["Card-Code"] = made.code
    answer.headers["Card-Code-Expires-At"] = made.expires_at.isoformat()
    return answer


def _data_url(text: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(text)).decode()
