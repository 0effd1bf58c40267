"""Who looked at my data: /citizen/v1/access-log."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma

from app.domain.access import ActorKind
from app.domain.errors import FieldError, Refusal
from app.services import access
from app.services.access import Look, Place
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import transaction
from app.web.texts import catalogue, say
from auth.guard import caller, needs

blueprint = ApiBlueprint("access_log", __name__, url_prefix="/citizen/v1", description="Who looked at my data, and why")


class Worded(Schema):
    """A code and its words in the language of the request."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ActorSchema(Schema):
    """Who looked."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in ActorKind]))
    name = ma.fields.String(required=True)


class RunSchema(Schema):
    """A run over a whole city, of which I was one."""

    city = ma.fields.String(required=True)
    pack = ma.fields.String(required=True)
    pack_version = ma.fields.Integer(required=True)
    as_of = ma.fields.Date(required=True)
    members = ma.fields.Integer(required=True, metadata={"description": "how many people it was about"})


class LookSchema(Schema):
    """One look; `number` counts all looks at me alone from 1, so that a gap would show; of a `run`, all runs."""

    id = ma.fields.String(required=True)
    number = ma.fields.Integer(required=True)
    at = Time(required=True)
    actor = ma.fields.Nested(ActorSchema, required=True)
    action = ma.fields.Nested(Worded, required=True)
    purpose = ma.fields.Nested(Worded, required=True)
    fields_ = ma.fields.List(ma.fields.Nested(Worded), required=True, data_key="fields")
    scenario = ma.fields.String()
    ref = ma.fields.String(metadata={"description": "the decision, order, card … that it was about"})
    outcome = ma.fields.Nested(Worded)
    run = ma.fields.Nested(RunSchema, metadata={"description": "where it was one run over a whole city"})


@blueprint.route("/access-log", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(LookSchema)())
def looks(query: dict[str, Any]) -> dict[str, Any]:
    """Every look at my data, newest first, jobs over many people included."""
    before, limit = _place(query["cursor"]), query["limit"]
    with transaction() as session:
        rows = access.listed(session, caller().citizen_id, before=before, limit=limit + 1)
    answer = page(rows, limit, key=lambda row: ".".join(str(number or "") for number in row.place))
    return answer | {"data": [_look(row) for row in answer["data"]]}


def _place(cursor: str | None) -> Place:
    found = re.fullmatch(r"([0-9]{0,18})\.([0-9]{0,18})", cursor or ".")
    if found is None:
        raise Refusal("validation", errors=[FieldError("/cursor", "invalid", "Not a cursor of ours.")])
    looks, runs = (int(number) if number else None for number in found.groups())
    return looks, runs


def _look(row: Look) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "at": row.at,
        "actor": {"kind": row.actor_kind, "name": _name(row)},
        "action": worded("action", row.action),
        "purpose": worded("purpose", row.purpose),
        "fields_": [worded("field", field) for field in row.fields],
        "scenario": row.scenario,
        "ref": row.ref,
        "outcome": worded("outcome", row.outcome) if row.outcome else None,
        "run": row.run,
    }


def _name(row: Look) -> str:
    """Who looked; for strangers, whom we do not know, a word in the reader's language."""
    return say("access.actor.public") if row.actor_kind == ActorKind.PUBLIC else row.actor_name


def worded(kind: str, code: str) -> dict[str, str]:
    """A code with its words; one without words, such as a purpose that a person wrote, stands for itself."""
    key = f"access.{kind}.{code}"
    return {"code": code, "name": say(key) if key in catalogue() else code}
