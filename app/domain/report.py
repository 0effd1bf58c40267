"""The credit report (信用报告): a document about a person or an entity at one moment, and its link for others.

Rules: domain.md section 6 (PIPL 44-48, 征信业管理条例 §16-25, 国办发〔2025〕22号), guardrails 3, 9, 10, 12, 13 and 14.
A report shows facts that stand on its day: none that is repaired, corrected, withdrawn, expired or deleted. All words
are in its `language`; points are text such as "+12.5", and those of `Score.sums` add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

LANGUAGES = ("zh", "en")
LONGEST_DAYS = 30
"""How long others may check a report at most."""
KEPT_AFTER = timedelta(days=30)
"""How long a report is kept once its link is over, for the one whom it is about."""


class Kind(StrEnum):
    """Whom a report is about."""

    CITIZEN = "citizen"
    ENTITY = "entity"


class Shows(StrEnum):
    """What a check of the code shows: that the paper is genuine, or the report too."""

    SEAL = "seal"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Named:
    """A code and its words."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what stands beside it, both words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about. `full_name` is None where we do not know it, and in what others are shown of a person.

    `facts` are the plain ones: city, assurance level, member since; of an entity its code and status.
    """

    masked_name: str
    full_name: str | None
    facts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The score as of a day; `sums` is the calculation: base, dimensions and cuts, as lines of points."""

    points: int
    grade: Named
    as_of: date
    pack: Named
    pack_version: int
    illustrative: bool
    least: int
    most: int
    sums: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What one record adds to the score: `points` as text, and the rule in words."""

    record_id: str
    dimension: str
    name: str
    source: str
    event_on: date
    points: str
    rule: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of a record that waits to be settled: until then the record counts for nothing."""

    ground: Named
    asked_on: date
    due_on: date
    status: Named


@dataclass(frozen=True, slots=True)
class Record:
    """One fact that stands. `kind`: `positive`, `adverse`; `because`: why it does not count in the score, or None.

    `expires_on`: the first day on which it is shown no more; None: until further notice.
    `details`: of an adverse one its document, issuer and class. `statement`: what the person says of it, whole.
    """

    id: str
    name: str
    kind: str
    source: Named
    event_on: date
    expires_on: date | None
    status: Named
    because: Named | None
    quantity: str | None
    details: tuple[Line, ...]
    statement: str | None
    dispute: Dispute | None


@dataclass(frozen=True, slots=True)
class Source:
    """A department that facts of this report came from, and how many."""

    code: str
    name: str
    records: int


@dataclass(frozen=True, slots=True)
class Private:
    """What only the one whom it is about is shown, and no paper has: consents in force, and who looked how often."""

    consents: int
    looks: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `score` is None where there is none, and `score_note` says why; `notice` says what a report is not.

    `law`: the legal bases, `legend`: what the words mean. `private` is None in what is kept, printed or checked.
    """

    id: str
    kind: Kind
    language: str
    made_at: datetime
    subject: Subject
    score: Score | None
    score_note: str | None
    items: tuple[Item, ...]
    records: tuple[Record, ...]
    records_note: str | None
    sources: tuple[Source, ...]
    law: tuple[Line, ...]
    legend: tuple[Line, ...]
    notice: tuple[str, ...]
    private: Private | None = None


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A live code by which others read a report, and when it dies."""

    code: str
    expires_at: datetime


def for_others(report: Report) -> Report:
    """What a check shows of it: a person's name stays masked, and what is private stays out."""
    subject = report.subject if report.kind is Kind.ENTITY else replace(report.subject, full_name=None)
    return replace(report, subject=subject, private=None)


def report_as_json(report: Report) -> dict[str, Any]:
    """The report as JSON has it: days and moments in ISO 8601, what is None left out."""
    body = _plain(asdict(report))
    return dict(body)


def report_from_json(body: Mapping[str, Any]) -> Report:
    """The report that `report_as_json` wrote."""
    return Report(
        id=body["id"],
        kind=Kind(body["kind"]),
        language=body["language"],
        made_at=datetime.fromisoformat(body["made_at"]),
        subject=_subject(body["subject"]),
        score=_score(body["score"]) if "score" in body else None,
        score_note=body.get("score_note"),
        items=tuple(Item(**{**item, "event_on": _day(item["event_on"])}) for item in body["items"]),
        records=tuple(_record(record) for record in body["records"]),
        records_note=body.get("records_note"),
        sources=tuple(Source(**source) for source in body["sources"]),
        law=_lines(body["law"]),
        legend=_lines(body["legend"]),
        notice=tuple(body["notice"]),
        private=_private(body["private"]) if "private" in body else None,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _lines(lines: list[dict[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(**line) for line in lines)


def _named(body: Mapping[str, str] | None) -> Named | None:
    return None if body is None else Named(**body)


def _subject(body: Mapping[str, Any]) -> Subject:
    return Subject(body["masked_name"], body.get("full_name"), _lines(body["facts"]))


def _private(body: Mapping[str, Any]) -> Private:
    return Private(body["consents"], _lines(body["looks"]))


def _score(body: Mapping[str, Any]) -> Score:
    named = {"grade": Named(**body["grade"]), "pack": Named(**body["pack"])}
    return Score(**{**body, **named, "as_of": _day(body["as_of"]), "sums": _lines(body["sums"])})


def _record(body: Mapping[str, Any]) -> Record:
    dispute = body.get("dispute")
    return Record(
        id=body["id"],
        name=body["name"],
        kind=body["kind"],
        source=Named(**body["source"]),
        event_on=_day(body["event_on"]),
        expires_on=_day(body["expires_on"]) if "expires_on" in body else None,
        status=Named(**body["status"]),
        because=_named(body.get("because")),
        quantity=body.get("quantity"),
        details=_lines(body["details"]),
        statement=body.get("statement"),
        dispute=_dispute(dispute) if dispute else None,
    )


def _dispute(body: Mapping[str, Any]) -> Dispute:
    return Dispute(Named(**body["ground"]), _day(body["asked_on"]), _day(body["due_on"]), Named(**body["status"]))
