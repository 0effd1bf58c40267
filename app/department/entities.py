"""Registers of legal entities (法人登记): a department says what is public of an entity, whole each time."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate
from sqlalchemy.orm import Session

from app.domain.entity import EntityFacts, EntityKind, EntityRecord, EntityStatus, RecordKind
from app.domain.errors import FieldError, Refusal
from app.domain.pack import LegalClass
from app.services import entity_facts
from app.services.entity_facts import Registrar
from app.web.api import ApiBlueprint, Schema, Text, Time
from app.web.idempotency import idempotent
from app.web.kit import kit, now
from app.web.texts import say
from auth.guard import caller, needs

blueprint = ApiBlueprint("department_entities", __name__, url_prefix="/department/v1/entities", description=__doc__)
RECORDS_MOST = 200
CITY = validate.Regexp(r"^[a-z][a-z_]{1,63}\Z", error="A city's code, such as xiamen.")


class PublicRecordEntry(Schema):
    """A permit, an honour or a penalty, by its document. From `expires_on` on it is shown no more.

    A penalty needs `class` and `expires_on`, at most 12 months (`general`) or 36 (`serious`) after `decided_on`; minor
    ones are not public and not taken. One with `repaired_on` is not kept.
    """

    kind = ma.fields.String(required=True, validate=validate.OneOf([str(kind) for kind in RecordKind]))
    document_no = Text(64, required=True)
    title = Text(120, required=True)
    issuer = Text(100, required=True)
    decided_on = ma.fields.Date(required=True)
    expires_on = ma.fields.Date()
    legal_class = ma.fields.String(validate=validate.OneOf([str(one) for one in LegalClass]), data_key="class")
    repaired_on = ma.fields.Date()


class RepresentativeEntry(Schema):
    """Who speaks for the entity. The number is compared and forgotten; a keyed hash of it is kept."""

    id_number = Text(18, required=True)


class EntityEntry(Schema):
    """All that is public of an entity at the moment `as_of`; what is left out is so no more."""

    name = Text(120, required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf([str(kind) for kind in EntityKind]))
    status = ma.fields.String(required=True, validate=validate.OneOf([str(status) for status in EntityStatus]))
    city = Text(64, required=True, validate=CITY, metadata={"examples": ["xiamen"]})
    established_on = ma.fields.Date(required=True)
    as_of = Time(required=True)
    representative = ma.fields.Nested(RepresentativeEntry)
    records = ma.fields.List(
        ma.fields.Nested(PublicRecordEntry), load_default=list, validate=validate.Length(max=RECORDS_MOST)
    )


class EntityReceived(Schema):
    """The entity is registered so; whether its representative is known here is not said."""

    uscc = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    as_of = Time(required=True)
    received_at = Time(required=True)


@blueprint.route("/<uscc>", methods=["PUT"])
@needs("entities")
@idempotent(lambda: caller().client_id)
@blueprint.arguments(EntityEntry())
@blueprint.response(200, EntityReceived())
def put_entity(entry: dict[str, Any], uscc: str, session: Session) -> dict[str, Any]:
    """Say what is public of an entity, by its unified social credit code"""
    try:
        entity_facts.register(session, Registrar(kit().pii, caller().actor, now()), uscc, _facts(entry))
    except Refusal as refusal:
        raise _spoken(refusal) from None
    return {"uscc": uscc, "livemode": caller().livemode, "as_of": entry["as_of"], "received_at": now()}


def _facts(entry: dict[str, Any]) -> EntityFacts:
    plain = ("name", "city", "established_on", "as_of")
    number = entry.get("representative", {}).get("id_number")
    return EntityFacts(
        **{name: entry[name] for name in plain},
        kind=EntityKind(entry["kind"]),
        status=EntityStatus(entry["status"]),
        representative=number.upper() if number else None,
        records=tuple(_record(record) for record in entry["records"]),
    )


def _record(said: dict[str, Any]) -> EntityRecord:
    legal_class = LegalClass(said["legal_class"]) if "legal_class" in said else None
    return EntityRecord(**{**said, "kind": RecordKind(said["kind"]), "legal_class": legal_class})


def _spoken(refusal: Refusal) -> Refusal:
    """The refusal with the faults in the words of the request's language."""
    said = [FieldError(error.pointer, error.code, say(f"entity.fault.{error.code}")) for error in refusal.errors]
    return Refusal(refusal.code, errors=said) if said else refusal
