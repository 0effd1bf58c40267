"""/citizen/v1/name-card/avatar: the picture that one's card may show."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import card_schemas as schemas
from app.citizen.card_words import avatar_url
from app.domain.code_picture import FORMATS
from app.services import avatars, card_given
from app.web.api import ApiBlueprint
from app.web.code_pictures import sent_picture
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("card_avatar", __name__, url_prefix="/citizen/v1", description="The picture on the name card")

PICTURE: dict[str, Any] = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS},
    "description": "The picture itself: 5 MiB and 25 million pixels at most, 64 pixels a side at least, not animated. "
    "Its middle is made anew as a small square; the picture and what a camera wrote into it are not kept",
}


@blueprint.route("/name-card/avatar")
class Avatar(MethodView):
    """One's own picture."""

    @needs("citizen")
    @limited("avatar")
    @blueprint.doc(requestBody=PICTURE)
    @blueprint.arguments(schemas.AvatarQuery(), location="query")
    @blueprint.response(200, schemas.AvatarSchema())
    def put(self, _agreed: dict[str, Any]) -> dict[str, Any]:
        """Keep a small copy of a picture, to be shown where I tick it."""
        small = avatars.made(*sent_picture())
        with transaction() as session:
            avatars.save(session, kit().pii, caller().citizen_id, small, now())
        return {"avatar": avatar_url(small)}

    @needs("citizen")
    @blueprint.response(204)
    def delete(self) -> Response:
        """Delete my picture, from the cards that others hold of me too."""
        with transaction() as session:
            card_given.withdraw_avatar(session, kit().pii, caller().citizen_id)
            avatars.remove(session, caller().citizen_id)
        return no_content()
