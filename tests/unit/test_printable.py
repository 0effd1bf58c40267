"""Everything on paper can be read: what the font lacks is described, never an empty box."""

from __future__ import annotations

import unicodedata

import pytest

from app.services.printable import covered, printable
from app.services.typesetter import FONTS
from tests.support.papers import own_words

POINTS = covered(FONTS / "XinyiReport.otf")
LAST_OF_LEVEL_1 = b"\xd7\xf9"
"""The bold font has GB 2312 level 1, the 3,755 commonest characters, and Latin."""


def test_the_font_has_every_ideograph_that_a_name_may_have() -> None:
    """GB 18030-2022 asks for the whole of 4E00-9FFF and Extension A; beyond, what Noto 2.004 has."""
    assert not [point for point in (*range(0x4E00, 0x9FF0), *range(0x3400, 0x4DB6)) if point not in POINTS]
    assert sum(point >= 0x20000 for point in POINTS) > 2000
    assert {ord(letter) for letter in "𠮷䶮㛃𬭶𫍯𪩘𬸚（）·—…“”‘’〔〕①→✓√￥№ÀéǎňШ"} <= POINTS


def test_a_text_that_the_font_has_stays_as_it_is() -> None:
    text = "𠮷田、䶮女士：〔2026〕第990000号 “A+B” → é\n第二行"
    assert printable(text, POINTS) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("好😀", "好〔U+1F600〕"),
        ("👨‍👩‍👧全家", "〔U+1F468 U+1F469 U+1F467〕全家"),
        ("☆\ufe0f", "☆"),
        ("ئۇيغۇر", "〔U+0626 U+06C7 U+064A U+063A U+06C7 U+0631〕"),
        ("甲\u202e乙", "甲〔U+202E〕乙"),
        ("甲\x00乙\x07", "甲〔U+0000〕乙〔U+0007〕"),
        ("甲\ue000", "甲〔U+E000〕"),
        ("甲\ud800", "甲〔U+D800〕"),
        ("e\u0301", "é"),
        ("一\r\n二", "一\n二"),
        ("葛\U000e0100", "葛"),
        ("", ""),
    ],
)
def test_what_the_font_lacks_is_described(text: str, told: str) -> None:
    assert printable(text, POINTS) == told


def test_an_ideograph_is_never_replaced_by_another() -> None:
    """Unicode's normal forms would turn 隆 of U+F9DC into U+9686: a name is written as its bearer writes it."""
    name = "\uf9dc"
    assert unicodedata.normalize("NFC", name) != name
    assert printable(name, POINTS) == name


def test_a_long_word_may_break_and_loses_no_letter() -> None:
    word = "https://" + "a" * 500
    told = printable(word, POINTS)
    assert told.replace("\u200b", "") == word
    assert max(map(len, told.split("\u200b"))) <= 16


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_fonts_have_the_templates_own_words(language: str) -> None:
    words = own_words(language)
    headings = ("items", "records", "sources", "law", "legend", "notice", "product", "no_score")
    bold = set("".join([*(words[name] for name in headings), *words["title"].values()]))
    assert all(letter.isascii() or letter.encode("gb2312") <= LAST_OF_LEVEL_1 for letter in bold)
    assert {ord(letter) for text in words.values() if isinstance(text, str) for letter in text} <= POINTS


def test_both_languages_have_the_same_words() -> None:
    assert own_words("zh").keys() == own_words("en").keys()
