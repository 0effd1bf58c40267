"""The picture on a card (头像): made anew as a small square; of the photograph nothing is kept but what it shows.

A face is sensitive information: it is taken only with its person's own agreement to that (PIPL 28-29), sealed, shown
where it is ticked, and deleted on a word or with its person's leaving. Nothing measures, matches or searches a face.
"""

from __future__ import annotations

import base64
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import pictures
from app.store import cards as store
from app.store import citizens
from app.store.pii import PiiBox

SIDE = 256
LEAST = 64
"""Pixels: of the square that is kept, and the least of a picture's shorter side."""
MEDIA_TYPE = "image/webp"
ENOUGH = 4 * SIDE
"""Pixels a side to which a JPEG is unpacked; more would not be seen."""


def of(session: Session, pii: PiiBox, citizen_id: str) -> bytes | None:
    """The person's avatar, a WebP of SIDE by SIDE pixels; None where they have none."""
    row = store.avatar(session, citizen_id)
    return base64.b64decode(pii.decrypt(row.sealed_avatar, context=_context(citizen_id))) if row else None


def save(session: Session, pii: PiiBox, citizen_id: str, small: bytes, now: datetime) -> None:
    """Keep what `made` gave instead of the avatar before; its person has agreed to that now.

    Raises Refusal `login-needed` for one who left and has not logged in since.
    """
    citizens.hold(session, citizen_id)
    if citizens.vouched(session, pii, citizen_id) is None:
        raise Refusal("login-needed")
    sealed = pii.encrypt(base64.b64encode(small).decode(), context=_context(citizen_id))
    store.save_avatar(session, citizen_id, sealed, now)


def remove(session: Session, citizen_id: str) -> None:
    """Delete the avatar itself; `card_given.withdraw_avatar` takes it off the cards that others hold."""
    store.delete_avatar(session, citizen_id)


def made(picture: bytes, media_type: str) -> bytes:
    """The middle of the picture as a small WebP, upright as it was taken, on white, without any metadata.

    Raises Refusal `unsupported-media-type`, `picture-too-large`, `picture-too-small`, `picture-animated` or
    `picture-unreadable`.
    """
    with pictures.opened(picture, media_type) as opened:
        if min(opened.size) < LEAST:
            raise Refusal("picture-too-small", least=LEAST)
        if getattr(opened, "is_animated", False) and opened.format != "MPO":  # a phone's JPEG with a second exposure
            raise Refusal("picture-animated")
        opened.draft("RGB", (ENOUGH, ENOUGH))
        return _webp(_upright(opened))


def _upright(opened: Image.Image) -> Image.Image:
    square = ImageOps.fit(opened.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
    return square if turn is None else square.transpose(turn)


def _webp(square: Image.Image) -> bytes:
    plain = Image.new("RGB", square.size, "white")
    plain.paste(square, mask=square)
    out = BytesIO()
    plain.save(out, "WEBP", quality=80)
    return out.getvalue()


def _context(citizen_id: str) -> str:
    return f"card_avatars:{citizen_id}"


_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture is turned upright, by its EXIF orientation (as in Pillow's ImageOps.exif_transpose)."""
