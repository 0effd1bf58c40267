"""QR pictures for a phone's screen: level M, a quiet zone of four modules (ISO/IEC 18004), black on white."""

from __future__ import annotations

from io import BytesIO

from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.base import BaseImage
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

PIXELS_PER_MODULE = 10
QUIET_ZONE = 4


def png(text: str) -> bytes:
    """`text` as a PNG picture."""
    return _draw(text, PilImage)


def svg(text: str) -> bytes:
    """`text` as an SVG picture that scales to any screen, its white painted: no dark page shows through."""
    return _draw(text, SvgPathFillImage)


def version(text: str) -> int:
    """The QR version, 1 to 40, that `text` needs at level M."""
    return int(_code(text).version)


def _draw(text: str, factory: type[BaseImage]) -> bytes:
    out = BytesIO()
    _code(text).make_image(image_factory=factory).save(out)
    return out.getvalue()


def _code(text: str) -> QRCode:
    code = QRCode(error_correction=ERROR_CORRECT_M, box_size=PIXELS_PER_MODULE, border=QUIET_ZONE)
    # One segment: split into modes, as qrcode does by default, a base45 text would grow.
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return code
