"""What is never an input to a score (guardrail 6, domain.md 3.1), under its usual Chinese and English names.

A name is looked at without its spaces, punctuation, width, accents and letter case, in simplified characters, so that
`maritalStatus`, `婚 姻`, `戶籍`, `hù kǒu` and `ＨＵＫＯＵ` are seen for what they are. Over-strict by design: a pack's
author can rename an innocent item.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from app.domain.protected_words import AROUND, CHINESE, ENGLISH, LAWFUL, SIMPLIFIED, STEMS, UNITS

LONGEST_PHRASE = 4
"""Words in a row that are looked at as one: `social media post`, `hun yin zhuang kuang`."""


def _compiled(vocabulary: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", "[a-z]*") for word in vocabulary.split()))


def _run_together(vocabulary: str) -> re.Pattern[str]:
    around = f"(?:{'|'.join(AROUND.split())})*"
    return re.compile(f"(?:is)?{around}(?:{_compiled(vocabulary).pattern}){around}")


def _unit(word: str) -> str:
    return rf"\b{word}\b" if word.isascii() else word


_ENGLISH = {attribute: _compiled(vocabulary) for attribute, vocabulary in ENGLISH.items()}
_RUN_TOGETHER = {attribute: _run_together(vocabulary) for attribute, vocabulary in ENGLISH.items()}
_STEMS = {attribute: re.compile("|".join(stems.split())) for attribute, stems in STEMS.items()}
_UNITS = {attribute: re.compile("|".join(map(_unit, units.split()))) for attribute, units in UNITS.items()}
_CHINESE = {attribute: re.compile("|".join(vocabulary.split())) for attribute, vocabulary in CHINESE.items()}
_LAWFUL = re.compile("|".join(rf"\b{phrase}\b" for phrase in LAWFUL))
_SIMPLIFIED = str.maketrans(SIMPLIFIED)


@lru_cache(4096)
def attribute_in(name: str) -> str | None:
    """The protected attribute that `name` stands for, in English, or None."""
    folded = _folded(name)
    return _chinese(folded) or _english(folded)


@lru_cache(4096)
def attribute_of_unit(unit: str) -> str | None:
    """The protected attribute that a quantity of `unit` measures, or None: 岁 and years are an age, 元 an income."""
    folded = _folded(unit).lower()
    measured = (attribute for attribute, units in _UNITS.items() if units.search(folded))
    return attribute_in(unit) or next(measured, None)


@lru_cache(4096)
def plain(name: str) -> str:
    """`name` by its letters and digits alone, so that two ways of writing it compare equal."""
    return "".join(char for char in _folded(name).lower() if char.isalnum())


@lru_cache(4096)
def strange_letter(name: str) -> str | None:
    """The first letter in `name` that is neither Chinese nor Latin (a Cyrillic `а` looks Latin), or None."""
    return next((char for char in _folded(name) if char.isalpha() and not _is_ours(char)), None)


def _folded(name: str) -> str:
    """Without width, accents and invisible characters, and in simplified Chinese."""
    apart = unicodedata.normalize("NFKD", name)
    return "".join(char for char in apart if unicodedata.category(char) not in ("Cf", "Mn")).translate(_SIMPLIFIED)


def _is_ours(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH")


def _chinese(name: str) -> str | None:
    squeezed = "".join(char for char in name if char.isalnum() and not char.isascii())
    return (
        next((attribute for attribute, words in _CHINESE.items() if words.search(squeezed)), None) if squeezed else None
    )


def _english(name: str) -> str | None:
    words = _words(name)
    candidates = set(_phrases(words))
    for attribute, pattern in _ENGLISH.items():
        if any(pattern.fullmatch(candidate) for candidate in candidates):
            return attribute
    return next(filter(None, map(_inside, words)), None)


def _inside(word: str) -> str | None:
    """The attribute that one word of small letters holds: `hukouxingzhi`, `userage`; never that of `average`."""
    by_stem = next((attribute for attribute, stems in _STEMS.items() if stems.search(word)), None)
    return by_stem or next((attribute for attribute, names in _RUN_TOGETHER.items() if names.fullmatch(word)), None)


def _words(name: str) -> list[str]:
    """The Latin words of a name; letters that stand alone in a row (`a g e`) are one."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    spelled = re.sub(r"(?<=\b[a-z]) (?=[a-z]\b)", "", " ".join(words))
    return _LAWFUL.sub(" ", spelled).split()


def _phrases(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for length in range(1, LONGEST_PHRASE + 1):
            yield "".join(words[start : start + length])
