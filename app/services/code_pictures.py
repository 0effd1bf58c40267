"""QR codes in a photograph, for browsers that cannot read them; zxing-cpp reads, nothing is kept or logged."""

from __future__ import annotations

import zxingcpp
from PIL import Image

from app.domain.code_picture import MAX_CODES
from app.services import pictures

ENOUGH = 2_000
"""Pixels a side in which a code that fills a tenth of the picture is still read."""


def texts(picture: bytes, media_type: str) -> tuple[str, ...]:
    """The texts of up to MAX_CODES QR codes in the picture; empty where none is read.

    Raises Refusal `unsupported-media-type`, `picture-too-large` (over MAX_PIXELS) or `picture-unreadable`.
    """
    with pictures.opened(picture, media_type) as opened:
        opened.draft("L", (ENOUGH, ENOUGH))
        codes = zxingcpp.read_barcodes(
            _on_white(opened), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    return tuple(dict.fromkeys(code.text for code in codes if code.text))[:MAX_CODES]


def _on_white(opened: Image.Image) -> Image.Image:
    """In grey, no larger than is enough; what is transparent is white, as on a page."""
    opened.thumbnail((ENOUGH, ENOUGH))
    if not opened.has_transparency_data:
        return opened.convert("L")
    seen = opened.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("L")
