"""For the machines that watch over this one: whether the process lives, and whether it can serve."""

from __future__ import annotations

import marshmallow as ma
from sqlalchemy import text

from app.web.api import ApiBlueprint, Schema
from app.web.kit import kit, transaction
from auth.guard import public

blueprint = ApiBlueprint("health", __name__, description="Liveness and readiness")


class Health(Schema):
    """A process that answers."""

    status = ma.fields.String(required=True, metadata={"description": "always `ok`"})


@blueprint.route("/healthz", methods=["GET"])
@public("says nothing but that the process lives")
@blueprint.response(200, Health)
def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@blueprint.route("/readyz", methods=["GET"])
@public("says nothing but that the database answers")
@blueprint.response(200, Health)
def readyz() -> dict[str, str]:
    """The process can serve: its database answers and opens with our master secret. 503 where it does not."""
    kit().keys.current("token")
    with transaction() as session:
        session.execute(text("select 1"))
    return {"status": "ok"}
