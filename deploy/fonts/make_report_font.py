"""Makes the fonts of the credit report out of Debian's fonts-noto-cjk (Noto Sans CJK SC, OFL-1.1).

A fresh machine has no Chinese font and a PDF must carry its own, so the repository does. Run it to make them again:

    apt-get install fonts-noto-cjk=1:20220127+repack1-1
    python -m pip install fonttools==4.68.0
    python deploy/fonts/make_report_font.py /usr/share/fonts/opentype/noto app/typesetting/fonts

The same fonttools makes the same bytes. The family gets a name of its own, as the OFL asks of a changed font.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE = 2
"""The place of Noto Sans CJK SC within the collection."""

WIDE = (
    *((0x0020, 0x007E), (0x00A0, 0x024F), (0x02B0, 0x02FF), (0x0370, 0x03FF), (0x0400, 0x04FF), (0x1E00, 0x1EFF)),
    *((0x2010, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF)),
    *((0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3105, 0x312F)),
    *((0x31C0, 0x31EF), (0x3220, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F)),
    *((0xFF01, 0xFF5E), (0xFFE0, 0xFFE6), (0x20000, 0x3FFFF)),
)
"""What names and texts need: every ideograph that Noto has, punctuation, Latin, Greek, Cyrillic, kana, symbols."""

LATIN = ((0x0020, 0x007E), (0x00A0, 0x00FF), (0x2010, 0x2026), (0x3000, 0x3017), (0xFF01, 0xFF5E))


def main(source: str, target: str) -> None:
    """Write both fonts into the folder `target` out of the collections in `source`."""
    # Headings are the template's own words: the 3,755 commonest characters will do for the bold.
    common = [ord(bytes((row, cell)).decode("gb2312")) for row in range(0xB0, 0xD8) for cell in _cells(row)]
    _make(Path(source, "NotoSansCJK-Regular.ttc"), Path(target), "Xinyi Report", _all(WIDE))
    _make(Path(source, "NotoSansCJK-Bold.ttc"), Path(target), "Xinyi Heading", {*_all(LATIN), *common})


def _cells(row: int) -> range:
    return range(0xA1, 0xFA if row == 0xD7 else 0xFF)


def _all(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {point for first, last in ranges for point in range(first, last + 1)}


def _make(source: Path, target: Path, family: str, points: set[int]) -> None:
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern", "halt", "pwid"]
    options.hinting = options.desubroutinize = options.glyph_names = options.notdef_outline = False
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.name_IDs = [0, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    _name(font, family)
    font.save(target / f"{family.replace(' ', '')}.otf")


def _name(font: TTFont, family: str) -> None:
    postscript = family.replace(" ", "")
    names = {1: family, 2: "Regular", 3: f"{postscript}; subset of Noto Sans CJK SC 2.004", 4: family, 6: postscript}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    # Each is a family of one weight, so that asking for a weight can never find the wrong one.
    font["OS/2"].usWeightClass = 400
    font["head"].macStyle = 0
    font["OS/2"].fsSelection = 0x40
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FullName = top.FamilyName = family
    top.Weight = "Regular"


if __name__ == "__main__":
    main(*sys.argv[1:])
