"""What partners ask: the clock, their rights, the published scenarios, scans and eligibility checks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.domain.decision import Decision
from app.domain.partner import VERSIONS
from app.domain.scenario import Path
from app.services import api_versions, consents, eligibility, partners, scans, scenarios
from app.services.eligibility import Asker, Question
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.offers import OfferSchema, benefit_json, limits_json, offer_json, ordinary_path_json
from app.web.texts import language
from app.web.versions import version
from auth.guard import caller, needs, public
from partners import signing
from partners.schemas import (
    CheckRequest,
    CheckSchema,
    ClockSchema,
    MeSchema,
    PinVersion,
    ScanRequest,
    ScanSchema,
    SharedScoreSchema,
    VersionSchema,
)

blueprint = ApiBlueprint("partner", __name__, url_prefix="/partner/v1", description=__doc__)
once = idempotent(lambda: caller().client_id)


def _asker() -> Asker:
    return Asker(caller().actor, caller().partner_id, caller().livemode)


@blueprint.route("/time", methods=["GET"])
@public("a partner whose clock is wrong cannot sign, and so could not ask")
@blueprint.response(200, ClockSchema())
def get_time() -> dict[str, Any]:
    """Our clock: compare yours with it"""
    return {"now": now()}


@blueprint.route("/me", methods=["GET"])
@needs("partner")
@blueprint.response(200, MeSchema())
def get_me() -> dict[str, Any]:
    """Who you are here, and what you may ask"""
    with transaction() as session:
        me = partners.get(session, caller().partner_id)
    own = {"client_id": caller().client_id, "scopes": sorted(caller().scopes), "livemode": caller().livemode}
    own |= {"version": {"pinned": version(), "known": VERSIONS}, "name": me[f"name_{language()}"]}
    if me["stage"] == "sandbox":
        own["checklist_url"] = f"{kit().settings.base_url}/partner/v1/checklist"
    return {**{name: me[name] for name in ("id", "status", "scenarios", "stage", "caps")}, **own}


@blueprint.route("/version", methods=["PUT"])
@needs("partner")
@once
@blueprint.arguments(PinVersion())
@blueprint.response(200, VersionSchema())
def pin_version(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Pin your client to a version of this interface; its requests need not name it any more"""
    api_versions.pin(session, partners.itself(session, caller().client_id).client_id, asked["version"])
    return {"pinned": asked["version"], "known": VERSIONS}


@blueprint.route("/scenarios", methods=["GET"])
@needs("partner")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(OfferSchema)())
def list_scenarios(query: dict[str, Any]) -> dict[str, Any]:
    """The scenarios that you may ask for: rule, caps and the ordinary way"""
    with transaction() as session:
        served = partners.get(session, caller().partner_id)["scenarios"]
    after = query["cursor"] or ""
    offers = [offer for offer in kit().registry.offers() if offer.code in served and offer.code > after]
    answer = page(offers, query["limit"], key=lambda offer: str(offer.code))
    return answer | {"data": [offer_json(offer) for offer in answer["data"]]}


@blueprint.route("/scenarios/<code>", methods=["GET"])
@needs("partner")
@blueprint.response(200, OfferSchema())
def get_scenario(code: str) -> dict[str, Any]:
    """One scenario's rule, caps and ordinary way"""
    return offer_json(scenarios.find(kit().registry, code))


@blueprint.route("/card-scans", methods=["POST"])
@needs("card_scans")
@limited("card-scan")
@once
@blueprint.arguments(ScanRequest())
@blueprint.response(201, ScanSchema())
def scan_card(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Scan the code that a citizen shows; it says nothing about them yet"""
    partner, livemode = caller().partner_id, caller().livemode
    scan = scans.scan(session, kit().pii, partner_id=partner, livemode=livemode, code=asked["code"], now=now())
    named = {name: getattr(scan, name) for name in ("citizen_ref", "expires_at", "livemode")}
    return {"id": scan.scan_id, **named}


@blueprint.route("/eligibility-checks", methods=["POST"])
@needs("eligibility")
@limited("check")
@once
@blueprint.arguments(CheckRequest())
@blueprint.response(201, CheckSchema())
def check_eligibility(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """May this citizen use this benefit here and now? One answer, which the citizen sees too"""
    question = Question(**asked)
    return _check(eligibility.check(session, kit().registry, kit().packs, asker=_asker(), asked=question, now=now()))


@blueprint.route("/eligibility-checks/<check_id>", methods=["GET"])
@needs("eligibility")
@limited("look", subject=lambda check_id: check_id)
@blueprint.response(200, CheckSchema())
def get_check(check_id: str) -> dict[str, Any]:
    """The answer that you were given; a look that the citizen sees"""
    with transaction() as session:
        return _check(eligibility.again(session, _asker(), check_id, now()))


@blueprint.route("/citizens/<citizen_ref>/score", methods=["GET"])
@needs("score:read")
@limited("shared-score", subject=lambda citizen_ref: citizen_ref)
@blueprint.response(200, SharedScoreSchema())
def read_score(citizen_ref: str) -> dict[str, Any]:
    """The grade and score of a citizen who agreed, apart, that you may read them"""
    actor, partner, mode = caller().actor, caller().partner_id, caller().livemode
    with transaction() as session:
        shared = consents.read_score(
            session, kit().packs, partner_id=partner, livemode=mode, actor=actor, citizen_ref=citizen_ref, now=now()
        )
    named = {name: getattr(shared, name) for name in ("pack", "grade", "score", "as_of")}
    consent = {"consent_id": shared.consent.consent_id, "consent_expires_at": shared.consent.expires_at}
    return {"citizen_ref": citizen_ref, **consent, **named}


def _check(decision: Decision) -> dict[str, Any]:
    offer = scenarios.find(kit().registry, decision.scenario)
    answer = {name: getattr(decision, name) for name in ("livemode", "citizen_ref", "scenario", "path")}
    times = {"decided_at": decision.decided_at, "valid_until": decision.valid_until}
    if decision.path is Path.CREDIT and decision.benefit:
        given = {"benefit": benefit_json(decision.benefit), "limits": limits_json(offer.limits)}
    else:
        given = {"ordinary_path": ordinary_path_json(offer.ordinary_path)}
    return {"id": decision.decision_id, **answer, **given, **times, "decision": signing.sign(decision)}
