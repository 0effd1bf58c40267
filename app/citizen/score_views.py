"""The white box put in the words of the request's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.citizen.record_schemas import coded
from app.domain.pack import Dimension, Grade, Indicator, Item, Pack
from app.domain.record import Status
from app.domain.score import Contribution, DimensionPart, IndicatorPart, LeftOut
from app.domain.wording import Words
from app.services.white_box import Explained, Today
from app.web.texts import language, say


def said(words: Words) -> str:
    """The words in the request's language."""
    return words.zh if language() == "zh" else words.en


def named(code: str, words: Words) -> dict[str, str]:
    """A code and its words."""
    return {"code": code, "name": said(words)}


def pack_view(pack: Pack) -> dict[str, Any]:
    """The city's model in short."""
    plain = ("version", "illustrative", "base", "min", "max")
    return named(pack.code, pack.name) | {name: getattr(pack, name) for name in plain} | {
        "city": named(pack.city, pack.city_name),
        "grades": [named(grade.code, grade.name) | {"from_points": grade.from_points} for grade in pack.grades],
    }  # fmt: skip


def today_view(today: Today) -> dict[str, Any]:
    """The score of today, or that it is pending."""
    if today.score is None:
        return {"status": "pending", "pack": pack_view(today.pack)}
    return {
        "status": "ready",
        "score": today.score.score,
        "grade": _grade(today.pack.grade(today.score.score)),
        "change": today.change,
        "as_of": today.as_of,
        "computed_at": today.score.computed_at,
        "pack": pack_view(today.pack),
    }


def explanation_view(explained: Explained) -> dict[str, Any]:
    """An explanation, whole."""
    explanation = explained.explanation
    plain = ("as_of", "score", "base_units", "raw_units", "range_cut_units", "floor_cut_units")
    parts = zip(explained.pack.dimensions, explanation.dimensions, strict=True)
    return {name: getattr(explanation, name) for name in plain} | {
        "pack": pack_view(explained.pack),
        "grade": _grade(explanation.grade),
        "dimensions": [_dimension(explained, dimension, part) for dimension, part in parts],
        "left_out": [_left_out(explained.pack, record) for record in _still_shown(explanation.left_out)],
        "next_change_on": explained.next_change_on,
        "note": coded("score.note", explained.note) if explained.note else None,
    }


def _grade(grade: Grade) -> dict[str, str]:
    return named(grade.code, grade.name)


def _part(about: Dimension | Indicator, part: DimensionPart | IndicatorPart) -> dict[str, Any]:
    return named(about.code, about.name) | {
        "scored": about.scored,
        "reason": said(about.reason) if about.reason else None,
        "floor": about.floor,
        "ceiling": about.ceiling,
        "sum_units": part.sum_units,
        "cut_units": part.cut_units,
        "total_units": part.total_units,
    }


def _dimension(explained: Explained, dimension: Dimension, part: DimensionPart) -> dict[str, Any]:
    parts = zip(dimension.indicators, part.indicators, strict=True)
    return _part(dimension, part) | {"indicators": [_indicator(explained, about, inner) for about, inner in parts]}


def _indicator(explained: Explained, indicator: Indicator, part: IndicatorPart) -> dict[str, Any]:
    contributions = [_contribution(explained, indicator, each) for each in part.contributions]
    return _part(indicator, part) | {
        "age": [{"from_months": months, "percent": percent} for months, percent in indicator.age],
        "items": [_item(item) for item in indicator.items],
        "contributions": contributions,
    }


def _item(item: Item) -> dict[str, Any]:
    plain = ("kind", "centipoints", "retention_months")
    return named(item.code, item.name) | {name: getattr(item, name) for name in plain} | {"basis": said(item.basis)}


def _contribution(explained: Explained, indicator: Indicator, each: Contribution) -> dict[str, Any]:
    item = next(item for item in indicator.items if item.code == each.item)
    row = explained.records.get(each.record_id)
    plain = ("record_id", "event_on", "months", "percent", "before_age_units", "units")
    return {name: getattr(each, name) for name in plain} | {
        "item": named(item.code, item.name),
        "source": {"code": row.source, "name": row.source_name} if row else None,
        "expires_on": row.expires_on if row else None,
        "rule": say("score.rule", points=_points(item.centipoints), percent=each.percent, months=each.months),
        "next": _next(explained.next_steps, each.record_id),
    }


def _next(steps: Mapping[str, tuple[date, int]], record_id: str) -> dict[str, Any] | None:
    return {"on": steps[record_id][0], "percent": steps[record_id][1]} if record_id in steps else None


def _still_shown(records: Sequence[LeftOut]) -> Iterator[LeftOut]:
    """What is repaired is shown no more (guardrail 12)."""
    return (record for record in records if record.because != Status.REPAIRED)


def _left_out(pack: Pack, record: LeftOut) -> dict[str, Any]:
    item = pack.item(record.item)
    return {
        "record_id": record.record_id,
        "item": named(item.code, item.name) if item else {"code": record.item, "name": record.item},
        "event_on": record.event_on,
        "because": coded("record.because", record.because),
    }


def _points(centipoints: int) -> str:
    sign = "-" if centipoints < 0 else "+"
    return f"{sign}{abs(centipoints) // 100}.{abs(centipoints) % 100:02d}"
