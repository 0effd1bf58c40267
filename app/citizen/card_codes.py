"""/citizen/v1/name-card/codes: codes of sixty seconds, in words and as pictures."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.citizen import card_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json, picture_url, warnings_json
from app.domain.card_term import Term
from app.services import cards, qr
from app.services.cards import MadeCode
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("card_codes", __name__, url_prefix="/citizen/v1", description="Codes of the credit name card")


@blueprint.route("/name-card/codes", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.CodeRequest())
@blueprint.response(201, schemas.CodeSchema())
def make_code(body: dict[str, Any]) -> dict[str, Any]:
    """A code of sixty seconds for one check or one exchange, with its picture."""
    made = _code(body)
    answer = {"code": made.code, "purpose": body["purpose"], "expires_at": made.expires_at}
    answer |= {"warnings": warnings_json(made.warnings), "qr_svg": picture_url(made.code)}
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


def _code(body: dict[str, Any]) -> MadeCode:
    with transaction() as session:
        return cards.make_code(
            session,
            kit().pii,
            caller().citizen_id,
            purpose=body["purpose"],
            ticks=asked_ticks(body.get("show")),
            term=Term(body.get("term", Term.YEAR)),
            now=now(),
        )


def _picture(body: dict[str, Any], content_type: str) -> Response:
    made = _code(body)
    draw = qr.png if content_type == "image/png" else qr.svg
    answer = Response(draw(made.code), 201, content_type=content_type)
    answer.headers["Card-Code"] = made.code
    answer.headers["Card-Code-Expires-At"] = made.expires_at.isoformat()
    return answer
