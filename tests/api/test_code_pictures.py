"""A photograph of a code is read and forgotten; a picture made to do harm does none."""

from __future__ import annotations

import logging
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session

from app.domain.code_picture import FORMATS, MAX_BYTES
from app.domain.errors import Refusal
from app.services import code_pictures, pictures, qr
from tests.support.callers import TestCaller, as_citizen, as_counter
from tests.support.people import make_citizen
from tests.support.photographs import photograph

CODE = "7K3M9QXDABCD1234"
CARD = "XY1:" + "RRQT 9O60GO0:ZDL2EI/LZN88CKP3$%*+-./" * 9


def encoded(picture: Image.Image, make: str) -> bytes:
    out = BytesIO()
    picture.save(out, make)
    return out.getvalue()


def picture_of(text: str) -> Image.Image:
    return Image.open(BytesIO(qr.png(text)))


@pytest.fixture
def citizen(app: Flask, session: Session, kit: Any) -> TestCaller:
    return as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=1))


@pytest.fixture
def counter(app: Flask, session: Session) -> TestCaller:
    return as_counter(app, session, "par_camera")


def send(caller: TestCaller, picture: bytes, kind: str = "image/jpeg", to: str = "citizen") -> Any:
    return caller.post(f"/{to}/v1/code-pictures", data=picture, headers={"Content-Type": kind, "Accept-Language": "en"})


@pytest.mark.parametrize("text", [CODE, CARD], ids=["a code of a minute", "a card"])
def test_a_screen_photographed_at_an_angle_is_read(citizen: TestCaller, text: str) -> None:
    answer = send(citizen, encoded(photograph(picture_of(text)), "JPEG"))
    assert (answer.status_code, answer.json) == (200, {"texts": [text]})


@pytest.mark.parametrize("make", FORMATS.values())
def test_the_counter_reads_each_kind_of_picture(counter: TestCaller, make: str) -> None:
    answer = send(counter, encoded(picture_of(CODE), make), f"image/{make.lower()}", to="partner")
    assert answer.json == {"texts": [CODE]}


def test_a_picture_without_a_code_says_nothing_and_one_of_two_says_both(citizen: TestCaller) -> None:
    assert send(citizen, encoded(Image.new("RGB", (300, 300), "grey"), "JPEG")).json == {"texts": []}
    both = Image.new("L", (900, 400), 255)
    for place, text in ((10, CODE), (450, CODE[::-1])):
        both.paste(picture_of(text).resize((380, 380)), (place, 10))
    assert set(send(citizen, encoded(both, "PNG"), "image/png").json["texts"]) == {CODE, CODE[::-1]}


def test_what_is_transparent_is_white_as_on_a_page(citizen: TestCaller) -> None:
    code = picture_of(CODE).convert("L")
    clear = Image.merge("LA", (Image.new("L", code.size, 0), code.point(lambda value: 255 - value)))
    assert send(citizen, encoded(clear, "PNG"), "image/png").json == {"texts": [CODE]}


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as that."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


WHOLE = encoded(picture_of(CODE), "PNG")


def progressive(scans: int) -> bytes:
    """A JPEG of the code that refines itself once more, and so many times again."""
    out = BytesIO()
    picture_of(CODE).convert("L").save(out, "JPEG", progressive=True)
    refined, end = out.getvalue()[:-2], out.getvalue()[-2:]
    return refined + refined[refined.rindex(b"\xff\xda") :] * scans + end


def with_exif(parts: int) -> bytes:
    """A JPEG of the code with its EXIF in so many parts."""
    whole = encoded(picture_of(CODE).convert("L"), "JPEG")
    part = b"Exif\0\0"
    return whole[:2] + (b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part) * parts + whole[2:]


BAD: dict[str, tuple[bytes, str, int, str]] = {
    "no picture at all": (b"hello", "image/png", 422, "picture-unreadable"),
    "nothing": (b"", "image/png", 422, "picture-unreadable"),
    "cut off": (WHOLE[: len(WHOLE) // 2], "image/png", 422, "picture-unreadable"),
    "of another make than it says": (WHOLE, "image/jpeg", 422, "picture-unreadable"),
    "a format that we do not read": (b"GIF89a", "image/gif", 415, "unsupported-media-type"),
    "a drawing that a browser would run": (b"<svg/>", "image/svg+xml", 415, "unsupported-media-type"),
    "json": (b"{}", "application/json", 415, "unsupported-media-type"),
    "without a type": (WHOLE, "", 415, "unsupported-media-type"),
    "pixels over the bound": (bomb(5001, 5000), "image/png", 422, "picture-too-large"),
    "pixels to fill a machine": (bomb(2_000_000, 2_000_000), "image/png", 422, "picture-too-large"),
    "a row as long as the sea": (bomb(2_147_483_647, 1), "image/png", 422, "picture-too-large"),
    "scans that go over it for minutes": (progressive(300), "image/jpeg", 422, "picture-unreadable"),
    "EXIF in parts that are put together for minutes": (with_exif(30), "image/jpeg", 422, "picture-unreadable"),
    "bytes over the bound": (WHOLE + bytes(MAX_BYTES), "image/png", 413, "body-too-large"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_picture_that_is_none_is_refused_in_words(citizen: TestCaller, fault: str) -> None:
    body, kind, status, code = BAD[fault]
    answer = send(citizen, body, kind)
    assert (answer.status_code, answer.json["code"], answer.mimetype) == (status, code, "application/problem+json")
    assert answer.json["detail"]


@pytest.mark.parametrize("usual", [progressive(3), with_exif(2)], ids=["refined as it loads", "EXIF in two parts"])
def test_a_picture_as_cameras_write_it_is_read(citizen: TestCaller, usual: bytes) -> None:
    assert send(citizen, usual).json == {"texts": [CODE]}


def test_nothing_of_a_picture_is_logged(citizen: TestCaller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert send(citizen, WHOLE, "image/png").json == {"texts": [CODE]}
        send(citizen, WHOLE[:200], "image/png")
    assert CODE not in caplog.text
    assert citizen.get("/citizen/v1/access-log").json["data"] == []


def test_who_would_wait_too_long_for_the_pictures_of_others_is_told_so(
    citizen: TestCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0.0)
    with pictures.opened(WHOLE, "image/png"):
        answer = send(citizen, WHOLE, "image/png")
    assert (answer.status_code, answer.json["code"], answer.json["retryable"]) == (503, "temporarily-unavailable", True)
    assert send(citizen, WHOLE, "image/png").json == {"texts": [CODE]}


def test_each_person_has_so_many_pictures_a_minute(citizen: TestCaller) -> None:
    told = send(citizen, WHOLE, "image/png").headers["RateLimit-Policy"]
    assert '"code-picture-subject"' in told


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_spoilt_picture_does_more_than_not_open(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from(sorted(FORMATS)))
    spoilt = bytearray(SMALL[make])
    for _ in range(data.draw(st.integers(1, 6))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    assert seen_in(bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))]), make) <= {
        CODE, "picture-unreadable", "picture-too-large"
    }  # fmt: skip


def seen_in(picture: bytes, kind: str) -> set[str]:
    """The texts in it, or the code of its refusal."""
    try:
        return set(code_pictures.texts(picture, kind))
    except Refusal as refused:
        return {refused.code}


SMALL = {kind: encoded(picture_of(CODE).resize((116, 116)).convert("RGB"), make) for kind, make in FORMATS.items()}
