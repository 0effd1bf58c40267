"""A code is read by a reader that is not ours from bad photographs of a screen, the largest card among them.

Each distortion alone is worse than what a hand, a lamp and a cheap camera do to a code that fills a third of the
picture; the last ones come together, as they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import zxingcpp
from joserfc.jwk import ECKey
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from app.domain.card import Face, Grade, NameKind
from app.domain.entity import Role
from app.domain.entity_card import EntityFace
from app.packs import load_packs
from app.services import card_tokens, qr
from tests.support.photographs import grainy, jpeg, on_screen, skewed

KEY = dict(ECKey.generate_key("P-256").as_dict(private=True))
LONG_AGO = datetime(2026, 3, 1, 8, tzinfo=UTC)
Distortion = Callable[[Image.Image], Image.Image]
NAME = "阿卜杜热合曼·麦麦提依明·买买提江·卡迪尔"[:20]
ENTITY = "鹭岛共享自行车租赁服务有限公司思明分公司"
USCC = "919900009000000154"
ROLE = Role("", ENTITY, USCC, "legal_representative")
PACK, CITY, GRADE = "qianjiang", "rongcheng", "very_good"
BADGES: dict[str, Any] = {"volunteer_stars": 5, "blood_donor": True, "honours": ("bravery", "honour")}
"""The longest codes that are shipped, and names of twenty characters: what a real card has at most."""
LARGEST: dict[str, tuple[Face | EntityFace, str]] = {
    "an introduction with every badge and a role": (
        Face("张*三", NameKind.MASKED, assurance_level="al3", city=CITY, role=ROLE, **BADGES), "introduction"
    ),
    "an introduction in full with every badge": (
        Face(NAME, NameKind.FULL, assurance_level="al3", city=CITY, **BADGES), "introduction"
    ),
    "a grade and its score under a full name": (
        Face(NAME, NameKind.FULL, assurance_level="al3", city=CITY, grade=Grade(PACK, GRADE), score=1000), "credit"
    ),
    "an entity with all of its facts": (
        EntityFace(ENTITY, USCC, "individual_business", CITY, "2019-05-04", role="responsible_person"), "entity"
    ),
}  # fmt: skip
FULL_CARD = "XY1:" + "RRQT 9O60GO0:ZDL2EI/LZN88CKP3$%*+-./" * 10 + "AB"
"""As long as a card can be: version 11 to the last letter."""
TEXTS = {"a code of a minute": "7K3M9QXDABCD1234", "the largest card": FULL_CARD}


def signed(face: Face | EntityFace, purpose: str) -> str:
    if isinstance(face, EntityFace):
        return card_tokens.sign_entity(face, key=KEY, now=LONG_AGO)
    return card_tokens.sign(face, purpose, key=KEY, now=LONG_AGO)


def rotated(degrees: float) -> Distortion:
    return lambda code: code.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def blurred(pixels: float) -> Distortion:
    return lambda code: code.filter(ImageFilter.GaussianBlur(pixels))


def lit(light: float, floor: int = 0) -> Distortion:
    return lambda code: code.point(lambda value: min(255, int(value * light) + floor))


def gamma(exponent: float) -> Distortion:
    return lambda code: code.point(lambda value: int(255 * (value / 255) ** exponent))


def scaled(width: int) -> Distortion:
    return lambda code: code.resize((width, width), Image.Resampling.BILINEAR)


def tilted(*corners: tuple[float, float]) -> Distortion:
    return lambda code: skewed(code, corners)


def together(*distortions: Distortion) -> Distortion:
    def all_of_them(code: Image.Image) -> Image.Image:
        for distortion in distortions:
            code = distortion(code)
        return code

    return all_of_them


DISTORTIONS: Mapping[str, Distortion] = {
    **{f"turned by {degrees}°": rotated(degrees) for degrees in range(0, 360, 24)},
    **{f"blurred by {pixels} px": blurred(pixels) for pixels in (2, 3, 4)},
    "half of the light": lit(0.5),
    "a tenth of the light": lit(0.1),
    "washed out by the sun": lit(0.25, 190),
    "hardly darker than its ground": lit(0.15, 100),
    "overexposed": lambda code: ImageEnhance.Brightness(code.convert("L")).enhance(3.0),
    "gamma 0.3": gamma(0.3),
    "gamma 3": gamma(3),
    "three pixels a module": scaled(207),
    "far too large": scaled(1400),
    "a dark screen that turns colours round": lambda code: ImageOps.expand(ImageOps.invert(code), 40, 0),
    "from the left": tilted((0.0, 0.0), (-0.1, 0.12), (-0.1, -0.12), (0.0, 0.0)),
    "from below": tilted((0.13, 0.06), (-0.13, 0.06), (0.0, 0.0), (0.0, 0.0)),
    "from a corner": tilted((0.1, 0.1), (0.0, 0.05), (-0.04, -0.04), (0.05, 0.0)),
    "a JPEG of quality 10": lambda code: jpeg(code, 10),
    "the grain of a dark room": lambda code: grainy(code, 0.35),
    "a bus at night": together(lit(0.4, 10), lambda code: grainy(code, 0.12), rotated(11), lambda code: jpeg(code, 40)),
    "a shaking hand": together(tilted((0.05, 0.0), (0.0, 0.07), (0.0, 0.0), (0.03, -0.04)), rotated(33), blurred(2)),
    "sent on by a messenger": together(scaled(420), lit(0.7, 20), lambda code: jpeg(code, 35)),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_is_read_from_every_bad_photograph(text: str) -> None:
    screen = on_screen(text, 560)
    unread = [
        name
        for name, distortion in DISTORTIONS.items()
        if [code.text for code in zxingcpp.read_barcodes(distortion(screen))] != [text]
    ]
    assert unread == []


def test_no_code_that_is_shipped_is_longer_than_those_of_the_largest_cards() -> None:
    packs = load_packs().values()
    assert max(len(pack.city) for pack in packs) <= len(CITY)
    assert max(len(pack.code + grade.code) for pack in packs for grade in pack.grades) <= len(PACK + GRADE)
    assert len(FULL_CARD) == card_tokens.MAX_TEXT


@pytest.mark.parametrize("largest", LARGEST)
def test_the_largest_card_of_each_purpose_is_no_larger_than_version_11(largest: str) -> None:
    text = signed(*LARGEST[largest])
    assert qr.version(text) <= 11
    [read] = zxingcpp.read_barcodes(on_screen(text, 207))
    assert (read.text, "M" in str(read.ec_level)) == (text, True)
