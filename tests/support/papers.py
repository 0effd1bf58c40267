"""A printed report read back: its text as two independent readers see it, without what stands on every page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2
from pypdf import PdfReader

from app.domain.report import Report
from app.services import report_pdf
from app.services.typesetter import FOLDER
from tests.support.reports import MADE_AT

CODE = "7K3M9QX2TB5WHN4Z"
CHECK_URL = "https://xinyi.example/reports/check"
UNTIL = MADE_AT + timedelta(days=7)


def printed(report: Report, language: str = "zh") -> bytes:
    """The PDF of a report, with a made-up code."""
    return report_pdf.render(report, code=CODE, check_url=CHECK_URL, expires_at=UNTIL, language=language)


def own_words(language: str) -> dict[str, Any]:
    """The template's own words."""
    words: dict[str, Any] = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))[language]
    return words


def reader(pdf: bytes) -> Any:
    """The PDF as pypdf has it."""
    return PdfReader(BytesIO(pdf))


@cache
def by_pypdf(pdf: bytes) -> tuple[str, ...]:
    """The text of each page."""
    return tuple(page.extract_text() for page in reader(pdf).pages)


@cache
def by_pdfium(pdf: bytes) -> tuple[str, ...]:
    """The text of each page."""
    return tuple(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def flat(text: str) -> str:
    """A text without white space and places to break a line, which a page sets as it needs them."""
    return re.sub(r"[\s\u200b\u2060\ufffe\u00ad]+", "", text)


def watermark(report: Report, language: str) -> str:
    """What runs across each page."""
    return flat(f"{report.subject.masked_name}2026-03-02 09:30{own_words(language)['watermark']}")


def body(pages: Sequence[str], report: Report, language: str) -> str:
    """What the report says, in reading order: without watermark, header and footer, tables' heads of later pages."""
    words = own_words(language)
    title = words["title"][str(report.kind)]
    head = f"{words['product']}{'·' if language == 'zh' else '–'}{title}{report.subject.masked_name}2026-03-0209:30"
    foot = words["code"] + CODE
    told = []
    for number, page in enumerate(pages, 1):
        text = flat(page).replace(watermark(report, language), "")
        numbers = flat(words["page"].format(page=number, pages=len(pages)))
        for once in (flat(foot), numbers):
            at = text.rindex(once)
            text = text[:at] + text[at + len(once) :]
        told.append(text.replace(flat(head), "", 1) if number > 1 else text)
    return "".join(told)


def strings(value: Any, leave_out: Iterable[str]) -> Iterator[str]:
    """Every text within the JSON of a report, in its order, but for the fields `leave_out`."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in leave_out:
                yield from strings(part, leave_out)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part, leave_out)
    else:
        yield str(value)
