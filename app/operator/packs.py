"""Score packs: every version, proposing one, its simulation, and publishing it with notice and a second person."""

from __future__ import annotations

from typing import Any

from app.domain.pack import Pack
from app.operator import pack_schemas as schemas
from app.operator.desk import changing, reading
from app.operator.versions import Versioned, add_version_routes
from app.services import pack_versions, pack_views
from app.services.pack_publishing import PUBLISHING
from app.web.api import ApiBlueprint
from app.web.kit import kit, now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_packs", __name__, url_prefix="/operator/v1/packs", description=__doc__)


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


@blueprint.route("", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewPackVersion())
@blueprint.response(201, schemas.PackVersionView())
def propose_version(asked: dict[str, Any]) -> dict[str, Any]:
    """Put a new version on the shelf; it is checked now and simulated on the city's members by the worker"""
    packs, moment, reason = kit().packs, now(), asked.get("reason", "")
    with changing("packs.propose", reason=reason) as session:
        who = caller().operator_id
        row = pack_versions.propose(session, packs, asked["text"], operator_id=who, now=moment, reason=reason)
        return pack_views.view(session, packs, row, moment)


add_version_routes(
    blueprint,
    Versioned(
        PUBLISHING,
        mark="",
        views=pack_views,
        present=lambda: kit().packs,
        whole=schemas.PackVersionFull,
        brief=schemas.PackVersionView,
        every=schemas.PackVersionList,
    ),
)
