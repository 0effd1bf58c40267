"""Text that a font can print: what it lacks is described, so that nothing on paper is an empty box or a gap."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Set
from itertools import groupby
from pathlib import Path

LONGEST_WORD = 16
"""Latin letters in a row without a place to break a line; longer words get one, which nobody sees."""
_BREAK = "\u200b"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_ACCENTED = re.compile(r"\w[\u0300-\u036f]+")
_LONG_WORD = re.compile(rf"([!-~\u00a1-\u2fff]{{{LONGEST_WORD}}})(?=[!-~\u00a1-\u2fff])")
_FORMAT_12 = 12


def covered(font: Path) -> frozenset[int]:
    """The code points that an OpenType font shows (its `cmap` table, subtable format 12).

    Raises ValueError where it has no such subtable.
    """
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    places = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    start = places[b"cmap"]
    subtables = struct.unpack_from(">H", data, start + 2)[0]
    for at in range(start + 4, start + 4 + 8 * subtables, 8):
        subtable = start + struct.unpack_from(">I", data, at + 4)[0]
        if struct.unpack_from(">H", data, subtable)[0] == _FORMAT_12:
            return _of_groups(data, subtable)
    raise ValueError(f"{font.name} has no character map of format 12")


def _of_groups(data: bytes, subtable: int) -> frozenset[int]:
    groups = struct.unpack_from(">I", data, subtable + 12)[0]
    ends = struct.iter_unpack(">III", data[subtable + 16 : subtable + 16 + 12 * groups])
    return frozenset(point for first, last, _ in ends for point in range(first, last + 1))


def printable(text: str, points: Set[int]) -> str:
    """`text` in characters out of `points` and line breaks alone: a run of others is written as 〔U+1F600〕.

    Joiners and variation selectors, which have no shape of their own, go; what turns or hides text is a run of others.

    >>> printable("好😀\\u202e", {0x597D})
    '好〔U+1F600 U+202E〕'
    """
    shown = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\t", " "))
    shown = _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found[0]), shown)
    runs = groupby(shown, key=lambda letter: letter == "\n" or ord(letter) in points)
    told = "".join("".join(run) if fine else _described(run) for fine, run in runs)
    return _LONG_WORD.sub(rf"\1{_BREAK}", told)


def _described(run: Iterable[str]) -> str:
    return f"〔{' '.join(f'U+{ord(letter):04X}' for letter in run)}〕"
