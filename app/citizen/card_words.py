"""Cards as the API takes and gives them: ticks, and faces and warnings in the words of the request's language."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain import card
from app.domain.card import Face, Grade, Holder, NameKind, Ticks
from app.domain.entity import Role
from app.domain.pack import catalogue_of, pack_of_city
from app.domain.report import ReportLink
from app.domain.wording import Words
from app.services import avatars, qr
from app.web.kit import kit, now
from app.web.texts import catalogue, language, say


def ticks_of(show: Mapping[str, Any]) -> Ticks:
    """What a body's `show` ticks."""
    honours = frozenset(show["honours"]) if "honours" in show else None
    return Ticks(NameKind(show["name_kind"]), frozenset(show["fields_"]), honours, show.get("entity"))


def show_json(ticks: Ticks) -> dict[str, Any]:
    """Ticks as a body's `show`."""
    honours = None if ticks.honours is None else sorted(ticks.honours)
    fields = card.in_order(ticks.fields)
    return {"name_kind": str(ticks.name), "fields_": fields, "honours": honours, "entity": ticks.entity}


def asked_ticks(show: Mapping[str, Any] | None) -> Ticks | None:
    """What a body's `show` ticks; None, which stands for the card's own, where it says nothing."""
    return ticks_of(show) if show else None


def picture_url(text: str) -> str:
    """A text as a QR picture in a data: URL."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(text)).decode()


def face_json(face: Face) -> dict[str, Any]:
    """A face with its codes in words; a code that no pack knows any more stands for itself, a dead link is left out."""
    body = card.as_json(face)
    if face.city:
        body["city"] = city_json(face.city)
    if face.grade:
        body["grade"] = grade_json(face.grade)
    if face.honours:
        body["honours"] = honours_json(face.honours)
    if face.role:
        body["role"] = role_json(face.role)
    if face.avatar:
        body["avatar"] = avatar_url(face.avatar)
    if face.report:
        body.pop("report")
        return body | ({"report": _report_json(face.report)} if face.report.expires_at > now() else {})
    return body


def available_json(holder: Holder) -> dict[str, Any]:
    """What a holder has to show: the fields, and of honours and roles which."""
    everything = card.face(holder, Ticks(fields=frozenset(card.FIELDS)))
    shown = {*card.field_names(everything), *(("legal_role",) if holder.roles else ())}
    return {
        "fields_": [field for field in card.FIELDS if field in shown],
        "honours": honours_json(holder.honours),
        "roles": [{**role_json(role), "entity": role.entity} for role in holder.roles],
        "avatar": avatar_url(holder.avatar) if holder.avatar else None,
    }


def avatar_url(avatar: bytes) -> str:
    """An avatar in a data: URL."""
    return f"data:{avatars.MEDIA_TYPE};base64," + base64.b64encode(avatar).decode()


def honours_json(codes: Iterable[str]) -> list[dict[str, str]]:
    """Honours with the words of the catalogue."""
    items = catalogue_of(kit().packs)
    names = {code: items[code].name if code in items else None for code in codes}
    return [{"code": code, "name": _word(name, code)} for code, name in names.items()]


def role_json(role: Role) -> dict[str, Any]:
    """A role with its words; our own id of the entity stays here."""
    known = f"entity.role.{role.role}"
    name = say(known) if known in catalogue() else role.role
    return {"name": role.name, "uscc": role.uscc, "role": {"code": role.role, "name": name}}


def _report_json(link: ReportLink) -> dict[str, Any]:
    url = f"{kit().settings.base_url}/reports/check#{link.code}"
    return {"code": link.code, "url": url, "expires_at": link.expires_at}


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
