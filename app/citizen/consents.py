"""My consents: who may ask what about me, until when; ended with one tap (granted through /oauth)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.services import consents
from app.services.consents import GivenConsent
from app.web.api import ApiBlueprint, Fen, ListQuery, NoFields, Schema, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.offers import said
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_consents", __name__, url_prefix="/citizen/v1/consents", description=__doc__)
STATUSES = ("live", "ended", "expired")


class PartnerSchema(Schema):
    """Who may ask."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ConsentCaps(Schema):
    """Up to where orders start without my confirmation, in fen; `today_fen` is what started so today, in all."""

    per_order_fen = Fen(required=True)
    per_day_fen = Fen(required=True)
    today_fen = Fen(required=True)


class ConsentSchema(Schema):
    """One consent. `score:read` shows my grade and score; any other scope tells open or not, and nothing else.

    With `caps` the partner may start orders of the scenario without asking me each time.
    """

    id = ma.fields.String(required=True)
    partner = ma.fields.Nested(PartnerSchema, required=True)
    scope = ma.fields.String(required=True)
    scenario = ma.fields.String()
    scenario_name = ma.fields.String()
    shows_score = ma.fields.Boolean(required=True)
    caps = ma.fields.Nested(ConsentCaps)
    purpose = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    granted_at = Time(required=True)
    expires_at = Time(required=True)
    ended_at = Time()


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(ConsentSchema)())
def list_consents(query: dict[str, Any]) -> dict[str, Any]:
    """My consents, ended ones too, newest first"""
    with transaction() as session:
        rows = consents.listed(session, caller().citizen_id, now(), before=query["cursor"], limit=query["limit"])
    answer = page(rows, query["limit"], key=lambda row: str(row.consent.consent_id))
    return answer | {"data": [_consent(row) for row in answer["data"]]}


@blueprint.route("/<consent_id>/end", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, ConsentSchema())
def end_consent(_: dict[str, Any], consent_id: str) -> dict[str, Any]:
    """End a consent and its grant at once; to the partner it is as if it never was"""
    with transaction() as session:
        return _consent(consents.end(session, caller().citizen_id, consent_id, now()))


def _consent(given: GivenConsent) -> dict[str, Any]:
    consent, partner, registry = given.consent, given.partner, kit().registry
    offer = registry.offer(consent.service) if consent.service in registry else None
    named = {name: getattr(consent, name) for name in ("scope", "purpose", "granted_at", "expires_at")}
    return named | {
        "id": consent.consent_id,
        "partner": {
            "id": consent.partner_id,
            "name": (getattr(partner, f"name_{language()}") if partner else consent.partner_id),
        },
        "scenario": consent.service,
        "scenario_name": said(offer.name) if offer else None,
        "shows_score": consent.service is None,
        "caps": consent.caps and asdict(consent.caps) | {"today_fen": given.today_fen},
        "status": "live" if consent.live(now()) else "ended" if consent.ended_at else "expired",
        "ended_at": consent.ended_at,
    }
