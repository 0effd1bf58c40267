"""A QR picture is read by a reader that is not ours."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from app.services import qr

TEXTS = ["7K3M9QXDABCD1234", "XY1:" + "RRQT 9O60GO0:ZDL2EI/LZN88CKP3$%*+-./" * 8]


def draw(svg: bytes, pixels: int = 10) -> Image.Image:
    """The picture of an SVG whose one path is squares `Mx,yHx2Vy2Hxz`, drawn as a browser would."""
    root = ElementTree.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    picture = Image.new("L", (side * pixels, side * pixels), 255)
    pen = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+),(\d+)H", root[-1].attrib["d"]):
        left, top = int(x) * pixels, int(y) * pixels
        pen.rectangle((left, top, left + pixels - 1, top + pixels - 1), fill=0)
    return picture


@pytest.mark.parametrize("text", TEXTS)
def test_png_and_svg_are_read_back(text: str) -> None:
    for picture in (Image.open(BytesIO(qr.png(text))), draw(qr.svg(text))):
        read = zxingcpp.read_barcode(picture)
        assert (read.text, read.format) == (text, zxingcpp.BarcodeFormat.QRCode)
        assert "M" in str(read.ec_level)


@pytest.mark.parametrize("text", TEXTS)
def test_four_modules_of_quiet_surround_it(text: str) -> None:
    picture = Image.open(BytesIO(qr.png(text))).convert("L")
    modules = 17 + 4 * qr.version(text)
    assert picture.size == ((modules + 8) * 10,) * 2
    dark = picture.point(lambda value: 255 - value).getbbox()
    assert dark == (40, 40, picture.width - 40, picture.height - 40)


@pytest.mark.parametrize("text", TEXTS)
def test_it_survives_a_tilted_dim_blurred_photo(text: str) -> None:
    picture = Image.open(BytesIO(qr.png(text))).convert("L")
    photo = (
        picture.rotate(17, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(3)).point(lambda v: v // 2 + 30)
    )
    assert zxingcpp.read_barcode(photo).text == text


def test_a_code_of_a_moment_needs_the_smallest_square() -> None:
    assert qr.version(TEXTS[0]) == 1
