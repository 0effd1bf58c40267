"""The credit office (信用办): partners, their counters, what is in force, and who did what. No person is in it."""

from __future__ import annotations

from typing import Any

from app.domain.offer import Offer
from app.operator import schemas
from app.operator.approvals import ApprovalView, Why, proposed
from app.operator.desk import changing, reading
from app.services import desk, partners
from app.web.api import ApiBlueprint, ListQuery, NoFields, page, page_of
from app.web.kit import kit, now
from auth.guard import needs, no_content

blueprint = ApiBlueprint("operator", __name__, url_prefix="/operator/v1", description=__doc__)


def _by_id(row: dict[str, Any]) -> str:
    return str(row["id"])


@blueprint.route("/partners", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(schemas.PartnerView)())
def list_partners(query: dict[str, Any]) -> dict[str, Any]:
    """Every partner, newest first"""
    with reading("partners.list") as session:
        rows = partners.listed(session, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"], key=_by_id)


@blueprint.route("/partners", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewPartner())
@blueprint.response(202, ApprovalView())
def create_partner(asked: dict[str, Any]) -> dict[str, Any]:
    """Propose to take on a partner; a second operator approves it"""
    reason = asked.pop("reason", "")

    def data() -> dict[str, Any]:
        partners.check_scenarios(kit().registry, asked["scenarios"])
        return {**asked, "livemode": kit().settings.livemode}

    return proposed("partners.create", data=data, reason=reason, **asked)


@blueprint.route("/partners/<partner_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.PartnerView())
def get_partner(partner_id: str) -> dict[str, Any]:
    """One partner"""
    with reading("partners.read", partner_id) as session:
        return partners.get(session, partner_id)


@blueprint.route("/partners/<partner_id>/suspend", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def suspend_partner(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose to let the partner open nothing new; its open orders run to their end"""
    return proposed("partners.suspend", partner_id, reason=asked.get("reason", ""))


@blueprint.route("/partners/<partner_id>/resume", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def resume_partner(asked: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Propose to let a suspended partner serve again"""
    return proposed("partners.resume", partner_id, reason=asked.get("reason", ""))


@blueprint.route("/partners/<partner_id>/pairing-links", methods=["POST"])
@needs("operator")
@blueprint.arguments(NoFields())
@blueprint.response(201, schemas.PairingLinkView())
def create_pairing_link(_: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """A one-time link that pairs one counter of this partner; it lives 15 minutes"""
    with changing("partners.pairing-link", partner_id) as session:
        link = partners.pairing_link(session, partner_id, now())
    url = f"{kit().settings.base_url}/counter#pair={link.token}"
    return {"url": url, "token": link.token, "expires_at": link.expires_at}


@blueprint.route("/partners/<partner_id>/counters", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.Counters())
def list_counters(partner_id: str) -> dict[str, Any]:
    """The counters that this partner has paired"""
    with reading("partners.counters", partner_id) as session:
        return {"data": partners.counters(session, partner_id)}


@blueprint.route("/partners/<partner_id>/counters/<client_id>", methods=["DELETE"])
@needs("operator")
@blueprint.response(204)
def unpair_counter(partner_id: str, client_id: str) -> Any:
    """End a counter, such as one that was lost"""
    with changing("partners.unpair", partner_id, client_id=client_id) as session:
        partners.unpair(session, partner_id, client_id, now())
    return no_content()


@blueprint.route("/scenarios", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.ScenarioVersions())
def list_scenarios() -> dict[str, Any]:
    """Every scenario in force with its rule's version, and every plug-in that was left out"""
    registry = kit().registry
    with reading("scenarios.list"):
        return {"data": [_scenario(offer) for offer in registry.offers()], "faults": registry.faults}


def _scenario(offer: Offer) -> dict[str, Any]:
    return {
        "code": offer.code,
        "family": offer.family,
        "version": offer.version,
        "rule": kit().registry.rule(offer.code),
        "city": offer.city,
        "packs": offer.packs,
        "name": offer.name,
        "threshold": offer.threshold,
        "benefit": offer.benefit.kind,
        "basic_public_service": offer.basic_public_service,
        "illustrative": offer.illustrative,
        "valid_from": offer.valid_from,
    }


@blueprint.route("/actions", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(schemas.OperatorDeed)())
def list_actions(query: dict[str, Any]) -> dict[str, Any]:
    """The audit trail: what operators did and read, newest first"""
    with reading("actions.list") as session:
        rows = desk.trail(session, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"], key=_by_id)
