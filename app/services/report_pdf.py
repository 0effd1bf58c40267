"""The credit report on paper: its JSON, the code and its QR, the words and days, handed to the typesetter.

A report reaches the template as data, so that no text of it can be markup; equal reports are equal bytes.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from functools import cache
from typing import Any

from app.domain.calendar import SHANGHAI
from app.domain.report import Report, report_as_json
from app.services import qr
from app.services.printable import covered, printable
from app.services.typesetter import FONTS, typeset

MOST_ROWS = 1000
"""Records, and items of the score, that are printed at most; more are in the JSON, and the paper says so."""
_GROUP = 4


def render(report: Report, *, code: str, check_url: str, expires_at: datetime, language: str) -> bytes:
    """The PDF of a report. `code` is checked at `check_url` until `expires_at`; a QR has both, the code as fragment.

    `language`: of the template's own words, `zh` or `en`; the report's own are in its language.
    """
    paper = {
        "report": _shown(report),
        "language": language,
        "all_items": len(report.items),
        "all_records": len(report.records),
        "made_at": _moment(report.made_at),
        "expires_at": _moment(expires_at),
        "code": " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)),
    }
    check = f"{check_url}#{code}"
    ours = {"check_url": check_url, "check": check, "qr": qr.svg(check).decode()}
    return typeset(_printable(paper, _points()) | ours, report.made_at.astimezone(SHANGHAI))


def _shown(report: Report) -> dict[str, Any]:
    body = report_as_json(report)
    newest = {name: body[name][:MOST_ROWS] for name in ("items", "records")}
    return {name: value for name, value in (body | newest).items() if name != "private"}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _printable(value: Any, points: Set[int]) -> Any:
    if isinstance(value, str):
        return printable(value, points)
    if isinstance(value, dict):
        return {name: _printable(part, points) for name, part in value.items()}
    return [_printable(part, points) for part in value] if isinstance(value, list) else value


@cache
def _points() -> frozenset[int]:
    return covered(FONTS / "XinyiReport.otf")
