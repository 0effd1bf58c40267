"""Cards as the API takes and gives them: ticks, and faces and warnings in the words of the request's language."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain import card
from app.domain.card import Face, Grade, NameKind, Ticks
from app.domain.pack import catalogue_of, pack_of_city
from app.domain.wording import Words
from app.services import qr
from app.web.kit import kit
from app.web.texts import language, say


def ticks_of(show: Mapping[str, Any]) -> Ticks:
    """What a body's `show` ticks."""
    return Ticks(NameKind(show["name_kind"]), frozenset(show["fields_"]))


def asked_ticks(show: Mapping[str, Any] | None) -> Ticks | None:
    """What a body's `show` ticks; None, which stands for the card's own, where it says nothing."""
    return ticks_of(show) if show else None


def picture_url(text: str) -> str:
    """A text as a QR picture in a data: URL."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(text)).decode()


def face_json(face: Face) -> dict[str, Any]:
    """A face with its codes in words; a code that no pack knows any more stands for itself."""
    body = card.as_json(face)
    if face.city:
        body["city"] = city_json(face.city)
    if face.grade:
        body["grade"] = grade_json(face.grade)
    if face.honours:
        items = catalogue_of(kit().packs)
        names = {code: items[code].name if code in items else None for code in face.honours}
        body["honours"] = [{"code": code, "name": _word(name, code)} for code, name in names.items()]
    return body


def city_json(city: str) -> dict[str, str]:
    """A city with its name."""
    home = pack_of_city(kit().packs, city)
    return {"code": city, "name": _word(home.city_name if home else None, city)}


def grade_json(grade: Grade) -> dict[str, str]:
    """A grade with its words and those of its score."""
    pack = kit().packs.get(grade.pack)
    names = {known.code: known.name for known in pack.grades} if pack else {}
    return {
        "pack": grade.pack,
        "pack_name": _word(pack.name if pack else None, grade.pack),
        "code": grade.code,
        "name": _word(names.get(grade.code), grade.code),
    }


def warnings_json(codes: Iterable[str]) -> list[dict[str, str]]:
    """Warnings with their words."""
    return [{"code": code, "detail": say(f"card.warning.{code}")} for code in codes]


def _word(words: Words | None, code: str) -> str:
    return (words.zh if language() == "zh" else words.en) if words else code
