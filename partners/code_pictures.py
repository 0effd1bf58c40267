"""Reading a code from a photograph, at the counter."""

from __future__ import annotations

from typing import Any

from app.services import code_pictures
from app.web.api import ApiBlueprint
from app.web.code_pictures import PICTURE, CodeTextsSchema, sent_picture
from app.web.limits import limited
from auth.guard import needs

blueprint = ApiBlueprint("partner_code_pictures", __name__, url_prefix="/partner/v1", description=__doc__)


@blueprint.route("/code-pictures", methods=["POST"])
@needs("card_scans")
@limited("code-picture")
@blueprint.doc(requestBody=PICTURE)
@blueprint.response(200, CodeTextsSchema())
def read_code_picture() -> dict[str, Any]:
    """What the QR codes in a photograph say; the photograph is not kept"""
    return {"texts": code_pictures.texts(*sent_picture())}
