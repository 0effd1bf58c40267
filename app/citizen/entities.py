"""/citizen/v1/entities: the legal entities for which one speaks, and the card of each to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.views import MethodView

from app.citizen import entity_schemas as schemas
from app.citizen.card_words import city_json, picture_url
from app.domain.entity import EntityRecord
from app.domain.entity_card import EntityFace, EntityTicks, entity_as_json
from app.services import entities
from app.services.entities import OwnEntity, OwnEntityCard
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import say
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_entities", __name__, url_prefix="/citizen/v1/entities", description=__doc__)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(schemas.EntitySchema)())
def list_entities(query: dict[str, Any]) -> dict[str, Any]:
    """The entities for which I speak, newest first."""
    limit, mine = query["limit"], caller().citizen_id
    with transaction() as session:
        found = entities.listed(session, mine, before=query["cursor"], limit=limit + 1)
        return page([_entity(one) for one in found], limit, key=lambda row: str(row["id"]))


@blueprint.route("/<entity_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, schemas.WholeEntity())
def get_entity(entity_id: str) -> dict[str, Any]:
    """One of my entities, with its public records."""
    with transaction() as session:
        found = entities.own(session, caller().citizen_id, entity_id, now())
        return _entity(found) | {"records": [_record(record) for record in found.records]}


@blueprint.route("/<entity_id>/card")
class EntityCard(MethodView):
    """The card of one of my entities."""

    @needs("citizen")
    @blueprint.response(200, schemas.EntityCardSchema())
    def get(self, entity_id: str) -> dict[str, Any]:
        """Its card, and exactly what others see of it."""
        with transaction() as session:
            return _card(entities.card(session, caller().citizen_id, entity_id, now()))

    @needs("citizen")
    @blueprint.arguments(schemas.EntityChoices())
    @blueprint.response(200, schemas.EntityCardSchema())
    def put(self, body: dict[str, Any], entity_id: str) -> dict[str, Any]:
        """Choose what its card shows."""
        ticks = EntityTicks(frozenset(body["show"]["fields_"]))
        with transaction() as session:
            return _card(entities.save_card(session, caller().citizen_id, entity_id, ticks, now()))


@blueprint.route("/<entity_id>/card/offline", methods=["POST"])
@needs("citizen")
@limited("card-code")
@blueprint.arguments(schemas.EntityOfflineRequest())
@blueprint.response(201, schemas.EntityOfflineSchema())
def make_entity_card(body: dict[str, Any], entity_id: str) -> dict[str, Any]:
    """Its card, signed, that anyone verifies with our published keys, without a network."""
    with transaction() as session:
        made = entities.offline(
            session,
            caller().citizen_id,
            entity_id,
            lifetime=timedelta(minutes=body["minutes"]),
            key=kit().keys.current("card").private.as_dict(private=True),
            now=now(),
        )
    said = {"card": made.text, "expires_at": made.expires_at, "qr_svg": picture_url(made.text)}
    return said | {"preview": _face(made.face)}


def _entity(mine: OwnEntity) -> dict[str, Any]:
    entity = mine.entity
    plain = {name: getattr(entity, name) for name in ("id", "uscc", "name", "established_on", "as_of")}
    return plain | {
        "kind": _named("kind", entity.kind),
        "status": _named("status", entity.status),
        "role": _named("role", mine.role),
        "city": city_json(entity.city),
        "source": {"code": entity.source, "name": entity.source_name},
    }


def _record(record: EntityRecord) -> dict[str, Any]:
    plain = ("document_no", "title", "issuer", "decided_on", "expires_on")
    legal_class = _named("class", str(record.legal_class)) if record.legal_class else None
    return {
        **{name: getattr(record, name) for name in plain},
        "kind": _named("record", str(record.kind)),
        "legal_class": legal_class,
    }


def _card(mine: OwnEntityCard) -> dict[str, Any]:
    return {"show": {"fields_": mine.ticks.in_order}, "preview": _face(mine.face)}


def _face(face: EntityFace) -> dict[str, Any]:
    body = entity_as_json(face)
    body |= {kind: _named(kind, body[kind]) for kind in ("kind", "role") if kind in body}
    return body | ({"city": city_json(face.city)} if face.city else {})


def _named(kind: str, code: str) -> dict[str, str]:
    return {"code": code, "name": say(f"entity.{kind}.{code}")}
