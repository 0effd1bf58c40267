"""Partners at the credit office: onboarding, terms, keys, the way to live, suspension, counters."""

from __future__ import annotations

from typing import Any

from app.domain.errors import FieldError, Refusal
from app.operator import schemas
from app.operator.approvals import ApprovalView, Why, proposed
from app.operator.desk import changing, reading
from app.services import partner_going_live, partner_keys, partner_profile, partners
from app.web.api import ApiBlueprint, ListQuery, NoFields, page, page_of
from app.web.kit import kit, now
from app.web.partner_schemas import Checklist, Contacts, Keys, KeyView, checklist_json
from auth.guard import needs, no_content

blueprint = ApiBlueprint("operator_partners", __name__, url_prefix="/operator/v1/partners", description=__doc__)


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(schemas.PartnerView)())
def list_partners(query: dict[str, Any]) -> dict[str, Any]:
    """Every partner, newest first"""
    with reading("partners.list") as session:
        rows = partners.listed(session, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewPartner())
@blueprint.response(202, ApprovalView())
def create_partner(asked: dict[str, Any]) -> dict[str, Any]:
    """Propose to take on a partner, in the sandbox; a second operator approves it"""
    reason, jwk, jwks = (asked.pop(name, None) for name in ("reason", "jwk", "jwks"))

    def data() -> dict[str, Any]:
        partners.check_scenarios(kit().registry, asked["scenarios"])
        given = [partner_keys.checked(jwk)] if jwk else []
        given += partner_keys.checked_set(jwks["keys"], "/jwks/keys") if jwks else []
        return asked | ({"keys": given} if given else {})

    return proposed("partners.create", data=data, reason=reason or "", **asked)


@blueprint.route("/<partner_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.OnePartner())
def get_partner(partner_id: str) -> dict[str, Any]:
    """One partner, with whom to call there"""
    with reading("partners.read", partner_id) as session:
        return partner_profile.with_contacts(session, kit().pii, partner_id)


@blueprint.route("/<partner_id>/contacts", methods=["PUT"])
@needs("operator")
@blueprint.arguments(Contacts())
@blueprint.response(200, schemas.OnePartner())
def put_contacts(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Say whom to call there, in place of those before; kept sealed, and not in the trail"""
    with changing("partners.contacts", partner_id) as session:
        partner_profile.put_contacts(session, kit().pii, partner_id, asked["contacts"])
        return partner_profile.with_contacts(session, kit().pii, partner_id)


@blueprint.route("/<partner_id>/change", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.PartnerChange())
@blueprint.response(202, ApprovalView())
def change_partner(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose other terms: scenarios, website, caps; what is not named stays, a cap of 0 is lifted"""
    reason = asked.pop("reason", "")

    def data() -> dict[str, Any]:
        if not asked:
            said = "Name what changes: scenarios, website, orders_per_day or order_fen."
            raise Refusal("validation", errors=[FieldError("/scenarios", "required", said)])
        partners.check_scenarios(kit().registry, asked.get("scenarios", []))
        return {name: value or None for name, value in asked.items()}

    return proposed("partners.change", partner_id, data=data, reason=reason, **asked)


@blueprint.route("/<partner_id>/suspend", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def suspend_partner(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose to let the partner open nothing new; its open orders run to their end"""
    reason = asked.get("reason", "")
    return proposed("partners.suspend", partner_id, data=lambda: {"why": reason} if reason else {}, reason=reason)


@blueprint.route("/<partner_id>/resume", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def resume_partner(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose to let a suspended partner serve again"""
    return proposed("partners.resume", partner_id, reason=asked.get("reason", ""))


@blueprint.route("/<partner_id>/keys", methods=["GET"])
@needs("operator")
@blueprint.response(200, Keys())
def list_keys(partner_id: str) -> dict[str, Any]:
    """The partner's public keys, revoked ones too, and the one that waits for it to go live"""
    with reading("partners.keys", partner_id) as session:
        return {"data": partner_keys.of_partner(session, partners.found(session, partner_id), now())}


@blueprint.route("/<partner_id>/keys", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.KeyForPartner())
@blueprint.response(202, ApprovalView())
def add_key(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose one more key of the partner's client, or its first, where it cannot add one itself"""
    return proposed(
        "partners.key",
        partner_id,
        data=lambda: {"jwk": partner_keys.checked(asked["jwk"])},
        reason=asked.get("reason", ""),
    )


@blueprint.route("/<partner_id>/keys/<key_id>/revoke", methods=["POST"])
@needs("operator")
@blueprint.arguments(NoFields())
@blueprint.response(200, KeyView())
def revoke_key(_: dict[str, Any], partner_id: str, key_id: str) -> dict[str, Any]:
    """End a key at once, with every token that it led to, such as after a theft; the last one too"""
    with changing("partners.revoke-key", partner_id, key_id=key_id) as session:
        partner = partners.found(session, partner_id)
        return partner_keys.revoke_for(session, partner, key_id, by=partner_keys.DESK, now=now())


@blueprint.route("/<partner_id>/checklist", methods=["GET"])
@needs("operator")
@blueprint.response(200, Checklist())
def get_checklist(partner_id: str) -> dict[str, Any]:
    """What the partner has shown in the sandbox, and what is open before it may go live"""
    with reading("partners.checklist", partner_id) as session:
        return checklist_json(partner_going_live.stand(session, partner_id))


@blueprint.route("/<partner_id>/go-live", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def propose_live(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose to let the partner go live: a partner, a client and a key of its own, and nothing of the sandbox"""
    return proposed("partners.live", partner_id, reason=asked.get("reason", ""))


@blueprint.route("/<partner_id>/pairing-links", methods=["POST"])
@needs("operator")
@blueprint.arguments(NoFields())
@blueprint.response(201, schemas.PairingLinkView())
def create_pairing_link(_: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """A one-time link that pairs one counter of this partner; it lives 15 minutes"""
    with changing("partners.pairing-link", partner_id) as session:
        link = partners.pairing_link(session, partner_id, now())
    url = f"{kit().settings.base_url}/counter#pair={link.token}"
    return {"url": url, "token": link.token, "expires_at": link.expires_at}


@blueprint.route("/<partner_id>/counters", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.Counters())
def list_counters(partner_id: str) -> dict[str, Any]:
    """The counters that this partner has paired"""
    with reading("partners.counters", partner_id) as session:
        return {"data": partners.counters(session, partner_id)}


@blueprint.route("/<partner_id>/counters/<client_id>", methods=["DELETE"])
@needs("operator")
@blueprint.response(204)
def unpair_counter(partner_id: str, client_id: str) -> Any:
    """End a counter, such as one that was lost"""
    with changing("partners.unpair", partner_id, client_id=client_id) as session:
        partners.unpair(session, partner_id, client_id, now())
    return no_content()
