"""What moved a score, put in the words of the request's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.citizen.record_schemas import coded
from app.citizen.score_views import named, said
from app.domain.pack import Dimension, Indicator, Pack
from app.domain.score_change import Move, Place
from app.services.score_history import Moved, Past
from app.services.white_box import Explained
from app.web.texts import catalogue, say


def past_view(past: Past) -> dict[str, Any]:
    """A past score and what moved it."""
    plain = ("id", "score", "as_of", "pack", "pack_version", "digest", "computed_at")
    grade = named(past.grade.code, past.grade.name) if past.grade else None
    return {name: getattr(past.snapshot, name) for name in plain} | {
        "grade": grade or {"code": past.snapshot.grade, "name": past.snapshot.grade},
        "pack_name": said(past.pack.name) if past.pack else past.snapshot.pack,
        "cause": coded("score.cause", past.snapshot.cause),
        "change": past.change,
        "proven": past.proven,
        "moved": [_moved(past.pack, moved) for moved in past.moved],
    }


def supposed_view(explained: Explained, moves: Iterable[Move]) -> list[dict[str, Any]]:
    """What moves between the score of today and a supposed one; a supposed fact has its item's name."""
    items = _items_by_record(explained)
    found = []
    for move in moves:
        row = explained.records.get(move.record_id) if move.record_id else None
        moved = Moved(move.place, move.units, move.because, row, (), move.dimension, move.indicator)
        found.append(_moved(explained.pack, moved, items.get(move.record_id or "")))
    return found


def _items_by_record(explained: Explained) -> dict[str, str]:
    parts = explained.explanation.dimensions
    return {each.record_id: each.item for part in parts for inner in part.indicators for each in inner.contributions}


def _moved(pack: Pack | None, moved: Moved, item: str | None = None) -> dict[str, Any]:
    row = moved.row
    part = _part(pack, moved)
    return {
        "place": moved.place,
        "name": _item_name(pack, row.item if row else item) or say(f"score.place.{moved.place}"),
        "units": moved.units,
        "because": [_event(each.kind) for each in moved.events] + ([_because(moved.because)] if moved.because else []),
        "record_id": row.id if row else None,
        "source": {"code": row.source, "name": row.source_name} if row else None,
        "event_on": row.event_on if row else None,
        "at": moved.events[-1].at if moved.events else None,
        "part": said(part.name) if part else None,
    }


def _item_name(pack: Pack | None, code: str | None) -> str | None:
    item = pack.item(code) if pack and code else None
    return said(item.name) if item else code


def _part(pack: Pack | None, moved: Moved) -> Dimension | Indicator | None:
    if pack is None or moved.place not in (Place.DIMENSION, Place.INDICATOR):
        return None
    dimension = next((each for each in pack.dimensions if each.code == moved.dimension), None)
    if dimension is None or moved.place is Place.DIMENSION:
        return dimension
    return next((each for each in dimension.indicators if each.code == moved.indicator), None)


def _event(kind: str) -> dict[str, str] | None:
    return coded("score.moved" if kind == "correction" else "record.event", kind)


def _because(code: str) -> dict[str, str] | None:
    return coded("score.moved" if f"score.moved.{code}" in catalogue() else "record.because", code)
