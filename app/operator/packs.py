"""Score packs: every version, proposing one, its simulation, and publishing it with notice and a second person."""

from __future__ import annotations

import re
from typing import Any

from app.domain.errors import Refusal
from app.domain.pack import Pack
from app.operator import pack_schemas as schemas
from app.operator.approvals import ApprovalView
from app.operator.desk import changing, proposing, reading
from app.services import approvals, pack_publishing, pack_versions, pack_views
from app.services.pack_versions import SERIES
from app.web.api import ApiBlueprint, NoFields
from app.web.kit import kit, now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_packs", __name__, url_prefix="/operator/v1/packs", description=__doc__)
_VERSION = "/<code>/versions/<version>"


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.PacksInForce())
def list_packs() -> dict[str, Any]:
    """Every score pack in force, and the versions that wait for something"""
    packs = kit().packs
    with reading("packs.list") as session:
        waiting = pack_views.waiting(session, packs, now())
    return {"data": [_in_force(packs[code]) for code in sorted(packs)], "open": waiting}


def _in_force(pack: Pack) -> dict[str, Any]:
    return {
        "code": pack.code,
        "version": pack.version,
        "city": pack.city,
        "name": pack.name,
        "minimum": pack.min,
        "maximum": pack.max,
        "illustrative": pack.illustrative,
        "superseded_by": pack.superseded_by,
    }


def _target(code: str, version: str) -> str:
    """What the trail says of a path, whatever stands in it."""
    return f"{code} {version}"[:200]


def _number(version: str) -> int:
    """A version in a path; raises Refusal `not-found` for what is none."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", version):
        raise Refusal("not-found")
    return int(version)


@blueprint.route("", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewPackVersion())
@blueprint.response(201, schemas.PackVersionView())
def propose_version(asked: dict[str, Any]) -> dict[str, Any]:
    """Put a new version on the shelf; it is checked now and simulated on the city's members by the worker"""
    packs, moment = kit().packs, now()
    with changing("packs.propose", reason=asked.get("reason", "")) as session:
        row = pack_versions.propose(
            session,
            packs,
            asked["text"],
            operator_id=caller().operator_id,
            now=moment,
            reason=asked.get("reason", ""),
        )
        return pack_views.view(session, packs, row, moment)


@blueprint.route("/<code>/versions", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.PackVersionList())
def list_versions(code: str) -> dict[str, Any]:
    """Every version of a pack, newest first"""
    packs = kit().packs
    with reading("packs.versions", code) as session:
        return {"data": pack_views.listed(session, packs, code, now())}


@blueprint.route(_VERSION, methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.PackVersionFull())
def get_version(code: str, version: str) -> dict[str, Any]:
    """One version: its text, what it changes, its simulation"""
    packs = kit().packs
    with reading("packs.version", _target(code, version)) as session:
        return pack_views.one(session, packs, code, _number(version), now())


@blueprint.route(_VERSION + "/simulate", methods=["POST"])
@needs("operator")
@blueprint.arguments(NoFields())
@blueprint.response(202, schemas.PackVersionView())
def simulate_version(_: dict[str, Any], code: str, version: str) -> dict[str, Any]:
    """Let it be simulated again, on the members of today"""
    packs, moment = kit().packs, now()
    with changing("packs.simulate", _target(code, version)) as session:
        row = SERIES.simulate_again(session, code, _number(version), now=moment)
        return pack_views.view(session, packs, row, moment)


@blueprint.route(_VERSION + "/publish", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewPublication())
@blueprint.response(202, ApprovalView())
def publish_version(asked: dict[str, Any], code: str, version: str) -> dict[str, Any]:
    """Propose to publish it; a second operator, who proposed neither, approves, and the members are told at once"""
    moment, reason = now(), asked.pop("reason", "")
    with proposing(pack_publishing.KIND, _target(code, version)) as session:
        target, data = pack_publishing.proposal(session, code, _number(version), **asked, now=moment)
        return approvals.propose(
            session,
            kind=pack_publishing.KIND,
            target=target,
            data=data,
            operator_id=caller().operator_id,
            now=moment,
            reason=reason,
        )


@blueprint.route(_VERSION + "/withdraw", methods=["POST"])
@needs("operator")
@blueprint.arguments(NoFields())
@blueprint.response(200, schemas.PackVersionView())
def withdraw_version(_: dict[str, Any], code: str, version: str) -> dict[str, Any]:
    """Take it back before it takes effect; what is in force stays, so this needs no second person"""
    packs, moment = kit().packs, now()
    with changing("packs.withdraw", _target(code, version)) as session:
        row = SERIES.withdraw(session, code, _number(version), operator_id=caller().operator_id, now=moment)
        return pack_views.view(session, packs, row, moment)
