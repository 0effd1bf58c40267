"""QR codes in a photograph, for browsers that cannot read them; zxing-cpp reads, nothing is kept or logged.

A picture comes from anyone: its make is fixed by its media type, its size is known before a pixel is unpacked, and one
picture at a time is unpacked in a process, so that no number of them fills the memory.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from threading import Lock

import zxingcpp
from PIL import Image

from app.domain.code_picture import FORMATS, MAX_CODES, MAX_PIXELS
from app.domain.errors import Refusal

ENOUGH = 2_000
"""Pixels a side in which a code that fills a tenth of the picture is still read."""
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)
"""What Pillow raises for files that are cut off, spoilt or of another make."""
_ONE_AT_A_TIME = Lock()


def texts(picture: bytes, media_type: str) -> tuple[str, ...]:
    """The texts of up to MAX_CODES QR codes in the picture; empty where none is read.

    Raises Refusal `unsupported-media-type`, `picture-too-large` (over MAX_PIXELS) or `picture-unreadable`.
    """
    if media_type not in FORMATS:
        raise Refusal("unsupported-media-type", expected=", ".join(FORMATS))
    with _ONE_AT_A_TIME:
        grey = _grey(picture, FORMATS[media_type])
        codes = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
    return tuple(dict.fromkeys(code.text for code in codes if code.text))[:MAX_CODES]


def _grey(picture: bytes, make: str) -> Image.Image:
    try:
        with Image.open(BytesIO(picture), formats=(make,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refusal("picture-too-large", limit=MAX_PIXELS // 1_000_000)
            opened.draft("L", (ENOUGH, ENOUGH))
            return _on_white(opened)
    except _TOO_LARGE:
        raise Refusal("picture-too-large", limit=MAX_PIXELS // 1_000_000) from None
    except _BROKEN:
        raise Refusal("picture-unreadable") from None


def _on_white(opened: Image.Image) -> Image.Image:
    """In grey, no larger than is enough; what is transparent is white, as on a page."""
    opened.thumbnail((ENOUGH, ENOUGH))
    if not opened.has_transparency_data:
        return opened.convert("L")
    seen = opened.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("L")
