"""A partner's own keys, its contacts and its way to live; for the partner's own client, not for its counters."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import marshmallow as ma
from flask import Response, g, json, request
from marshmallow import validate
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.services import partner_going_live, partner_keys, partner_observed, partner_profile, partners
from app.web.api import ApiBlueprint, NoFields, Schema
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.partner_schemas import Checklist, Contacts, ContactsView, Keys, KeyView, PublicKey, checklist_json
from auth.guard import caller, needs

blueprint = ApiBlueprint("partner_keys", __name__, url_prefix="/partner/v1", description=__doc__)
once = idempotent(lambda: caller().client_id)


class NewKey(Schema):
    """A public key. `stage` live: the one that you go live with; it waits until then, and none of yours is like it."""

    jwk = ma.fields.Nested(PublicKey, required=True)
    stage = ma.fields.String(validate=validate.OneOf(["live"]))


@blueprint.route("/keys", methods=["GET"])
@needs("partner")
@blueprint.response(200, Keys())
def list_own_keys() -> dict[str, Any]:
    """Your keys, newest first, revoked ones too"""
    with transaction() as session:
        partners.itself(session, caller().client_id)
        partner = partners.found(session, caller().partner_id)
        return {"data": partner_keys.of_partner(session, partner, now())}


@blueprint.route("/keys", methods=["POST"])
@needs("partner")
@once
@blueprint.arguments(NewKey())
@blueprint.response(201, KeyView())
def add_own_key(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Add a key, good at once, so that it can follow another; two at most are active"""
    client = partners.itself(session, caller().client_id)
    partner, jwk = partners.found(session, caller().partner_id), partner_keys.checked(asked["jwk"])
    if asked.get("stage"):
        return partner_keys.deposit(session, partner, jwk, by=partner_keys.PARTNER, now=now())
    return partner_keys.add(session, partner, client.client_id, jwk, by=partner_keys.PARTNER, now=now())


@blueprint.route("/keys/<key_id>/revoke", methods=["POST"])
@needs("partner")
@once
@blueprint.arguments(NoFields())
@blueprint.response(200, KeyView())
def revoke_own_key(_: dict[str, Any], key_id: str, session: Session) -> dict[str, Any]:
    """End a key at once, with every token that you asked for with it; never the last one"""
    client = partners.itself(session, caller().client_id)
    return partner_keys.revoke(session, client.client_id, key_id, now=now())


@blueprint.route("/checklist", methods=["GET"])
@needs("partner")
@blueprint.response(200, Checklist())
def get_own_checklist() -> dict[str, Any]:
    """What you have shown in the sandbox, and what is open before you may go live"""
    with transaction() as session:
        return checklist_json(partner_going_live.stand(session, caller().partner_id))


@blueprint.route("/contacts", methods=["GET"])
@needs("partner")
@blueprint.response(200, ContactsView())
def get_own_contacts() -> dict[str, Any]:
    """Whom we call at your place"""
    with transaction() as session:
        partners.itself(session, caller().client_id)
        return _own_contacts(session)


def _own_contacts(session: Session) -> dict[str, Any]:
    return {"contacts": partner_profile.contacts(kit().pii, partners.found(session, caller().partner_id))}


def shows_contacts(view: Callable[..., Response]) -> Callable[..., Response]:
    """Above `once`: add the contacts to the answer after that was kept, so that they are kept nowhere in clear."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Response:
        answer = view(*args, **kwargs)
        if answer.status_code == 200:
            with transaction() as session:
                answer.set_data(json.dumps(_own_contacts(session)))
        return answer

    return shown


@blueprint.route("/contacts", methods=["PUT"])
@needs("partner")
@shows_contacts
@once
@blueprint.arguments(Contacts())
@blueprint.response(200, ContactsView())
def put_own_contacts(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Say whom we call at your place, in place of those before"""
    partners.itself(session, caller().client_id)
    partner_profile.put_contacts(session, kit().pii, caller().partner_id, asked["contacts"])
    return {}


@blueprint.after_app_request
def observe(answer: Response) -> Response:
    """Note what a partner of the sandbox has shown by this request, for its checklist."""
    who = g.get("caller")
    if who is None or who.kind is not ActorKind.PARTNER or who.livemode or request.url_rule is None:
        return answer
    replayed = "Idempotent-Replayed" in answer.headers
    shown = partner_observed.milestone(request.method, request.url_rule.rule, answer.status_code, replayed=replayed)
    if shown:
        with transaction() as session:
            partner_observed.reach(session, who.partner_id, shown, now())
    return answer
