"""The one shape of reading codes from a photograph, for the citizen's app and the counter."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request

from app.domain.code_picture import FORMATS, MAX_BYTES
from app.web.api import Schema

PICTURE: dict[str, Any] = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS},
    "description": "The photograph itself: 5 MiB and 25 million pixels at most; it is read and forgotten",
}
"""The request body in the API document."""


class CodeTextsSchema(Schema):
    """What the QR codes in the photograph say, each once; empty where none is read."""

    texts = ma.fields.List(ma.fields.String(), required=True)


def sent_picture() -> tuple[bytes, str]:
    """The body of this request and its media type; a longer one than MAX_BYTES is a 413."""
    request.max_content_length = MAX_BYTES
    return request.get_data(cache=False), request.mimetype
