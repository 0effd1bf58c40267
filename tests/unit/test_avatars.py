"""An avatar is a small square made anew: upright, without a word of what a camera wrote, and never made of a trap."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from app.domain.errors import Refusal
from app.services import avatars

PLACE = "24.4798 N 118.0894 E"
RED, BLUE = (200, 30, 30), (30, 30, 200)


def encoded(picture: Image.Image, make: str = "JPEG", **said: Any) -> bytes:
    out = BytesIO()
    picture.save(out, make, **said)
    return out.getvalue()


def red_over_blue(width: int = 300, height: int = 400) -> Image.Image:
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def opened(small: bytes) -> Image.Image:
    found = Image.open(BytesIO(small))
    found.load()
    return found


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=True))


def refused(picture: bytes, kind: str = "image/jpeg") -> str:
    with pytest.raises(Refusal) as refusal:
        avatars.made(picture, kind)
    return refusal.value.code


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_that_says(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "make"), [("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/webp", "WEBP")])
def test_each_kind_becomes_the_same_small_square(kind: str, make: str) -> None:
    small = opened(avatars.made(encoded(red_over_blue(), make), kind))
    assert (small.format, small.size, small.mode) == ("WEBP", (256, 256), "RGB")
    assert near(small.getpixel((128, 10)), RED)
    assert near(small.getpixel((128, 245)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright_however_the_phone_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photograph = encoded(red_over_blue(400, 400), exif=exif)
    small = opened(avatars.made(photograph, "image/jpeg"))
    upright = ImageOps.exif_transpose(Image.open(BytesIO(photograph))).resize((256, 256))
    for point in ((128, 10), (128, 245), (10, 128), (245, 128)):
        assert near(small.getpixel(point), upright.getpixel(point)), orientation


def test_nothing_that_was_written_beside_the_picture_is_left() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0132] = PLACE, "2026:11:21 08:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    said = PngInfo()
    said.add_text("Location", PLACE)
    for kind, photograph in (
        ("image/jpeg", encoded(red_over_blue(), exif=exif, comment=PLACE.encode(), icc_profile=PLACE.encode())),
        ("image/png", encoded(red_over_blue(), "PNG", pnginfo=said, exif=exif)),
        ("image/webp", encoded(red_over_blue(), "WEBP", exif=exif, xmp=PLACE.encode())),
    ):
        assert PLACE.encode() in photograph
        small = avatars.made(photograph, kind)
        assert PLACE.encode() not in small
        assert not dict(opened(small).getexif())
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(opened(small).info)
        assert small[12:16] == b"VP8 ", "the plain form of WebP, which has no room for more"


def test_what_is_transparent_is_white() -> None:
    small = opened(avatars.made(encoded(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"), "image/png"))
    assert near(small.getpixel((128, 128)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "RGBA"])
def test_every_depth_of_png_is_taken(mode: str) -> None:
    assert opened(avatars.made(encoded(Image.new(mode, (80, 90)), "PNG"), "image/png")).size == (256, 256)


def test_print_colours_are_taken() -> None:
    assert opened(avatars.made(encoded(Image.new("CMYK", (80, 90))), "image/jpeg")).mode == "RGB"


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp"])
@pytest.mark.parametrize("body", [b"", b"\xff\xd8\xff", SVG, HTML, b"GIF89a", b"\x89PNG\r\n\x1a\n" + SVG, b"RIFF"])
def test_what_is_no_picture_is_called_so(body: bytes, kind: str) -> None:
    assert refused(body, kind) == "picture-unreadable"


def test_a_picture_of_another_kind_than_it_says_is_not_opened() -> None:
    assert refused(encoded(red_over_blue(), "PNG"), "image/jpeg") == "picture-unreadable"
    assert refused(encoded(red_over_blue(), "GIF"), "image/png") == "picture-unreadable"


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/gif", "text/html", "application/json", "image/heic", ""])
def test_no_other_media_type_is_read(kind: str) -> None:
    assert refused(encoded(red_over_blue()), kind) == "unsupported-media-type"


@pytest.mark.parametrize("make", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_none(make: str) -> None:
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    whole = encoded(noise, make)
    assert refused(whole[: len(whole) // 2], f"image/{make.lower()}") == "picture-unreadable"


@pytest.mark.parametrize("size", [(5_001, 5_000), (40_000, 40_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_known_by_its_label(size: tuple[int, int]) -> None:
    assert refused(png_that_says(*size), "image/png") in {"picture-too-large", "picture-unreadable"}


@pytest.mark.parametrize("size", [(63, 400), (400, 63), (1, 1)])
def test_a_picture_too_small_to_be_seen_is_refused(size: tuple[int, int]) -> None:
    assert refused(encoded(Image.new("RGB", size))) == "picture-too-small"


@pytest.mark.parametrize("make", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(make: str) -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in (RED, BLUE)]
    moving = encoded(frames[0], make, save_all=True, append_images=frames[1:], duration=100)
    assert refused(moving, f"image/{make.lower()}") == "picture-animated"


def test_the_second_exposure_of_a_phone_is_passed_over() -> None:
    both = encoded(red_over_blue(), "MPO", save_all=True, append_images=[Image.new("RGB", (300, 400))])
    assert near(opened(avatars.made(both, "image/jpeg")).getpixel((128, 10)), RED)


WHOLE = {kind: encoded(red_over_blue(70, 70), make) for kind, make in
         (("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/webp", "WEBP"))}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_spoilt_picture_is_small_or_refused_and_nothing_else(kind: str, data: st.DataObject) -> None:
    spoilt = bytearray(WHOLE[kind])
    for place in data.draw(st.lists(st.integers(0, len(spoilt) - 1), min_size=1, max_size=6)):
        spoilt[place] = data.draw(st.integers(0, 255))
    try:
        small = avatars.made(bytes(spoilt), kind)
    except Refusal as refusal:
        small, code = b"", refusal.code
    assert opened(small).size == (256, 256) if small else code.startswith("picture-")
