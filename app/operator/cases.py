"""What the desk's cases share: the record in question, and how an answered one is told."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.domain.pack import catalogue_of
from app.web.api import Schema, Time
from app.web.kit import kit
from app.web.texts import language

_PLAIN = ("source_name", "source_record_id", "status", "event_on", "ended_on", "expires_on")


class CodeAndName(Schema):
    """A code and its words."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class RecordAbout(Schema):
    """The record that a case is about, as its department said it."""

    item = ma.fields.Nested(CodeAndName, required=True)
    source_name = ma.fields.String(required=True)
    source_record_id = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    event_on = ma.fields.Date(required=True)
    ended_on = ma.fields.Date()
    expires_on = ma.fields.Date(required=True)
    details = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class AnsweredCase(Schema):
    """A case that was answered; or, with `approval_id`, whose answer waits for a second operator."""

    id = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    answered_at = Time()
    approval_id = ma.fields.String()


def record_json(row: Any, *more: str) -> dict[str, Any]:
    """A record as `RecordAbout` tells it, and `more` of its columns."""
    item = catalogue_of(kit().packs).get(row.item)
    return {name: getattr(row, name) for name in (*_PLAIN, *more)} | {
        "item": {"code": row.item, "name": getattr(item.name, language()) if item else row.item},
        "details": row.details or None,
    }


def answered_json(done: Any, approval_id: str | None) -> dict[str, Any]:
    """What `AnsweredCase` tells."""
    return {"id": done.id, "status": done.status, "answered_at": done.answered_at, "approval_id": approval_id}
