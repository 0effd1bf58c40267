"""New versions of my city's score rules, from the day they are announced: /citizen/v1/score/coming-rules."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.pack_changes import CODES, RuleChange
from app.services import pack_notices
from app.services.pack_notices import Coming
from app.web.api import ApiBlueprint, Schema
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("coming_rules", __name__, url_prefix="/citizen/v1/score", description=__doc__)
HUNDREDTHS = {"description": "in 1/100 point; absent where it is new or gone"}


class RuleChangeSchema(Schema):
    """One thing that changes, such as what a record of an item is worth."""

    what = ma.fields.String(required=True, validate=validate.OneOf(CODES))
    name = ma.fields.String(required=True)
    before = ma.fields.Integer(metadata=HUNDREDTHS)
    after = ma.fields.Integer(metadata=HUNDREDTHS)


class ComingRulesSchema(Schema):
    """A version that is announced: the notice, its first day, and what it changes."""

    pack = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    effective_on = ma.fields.Date(required=True)
    notice = ma.fields.String(required=True)
    illustrative = ma.fields.Boolean(required=True)
    changes = ma.fields.List(ma.fields.Nested(RuleChangeSchema), required=True)


class ComingRulesList(Schema):
    """Every announced version, the next one first."""

    data = ma.fields.List(ma.fields.Nested(ComingRulesSchema), required=True)


@blueprint.route("/coming-rules", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, ComingRulesList())
def list_coming_rules() -> dict[str, Any]:
    """The rules that are announced for my city and not in force yet"""
    with transaction() as session:
        return {"data": [_told(each) for each in pack_notices.coming(session, kit().packs, caller().citizen_id, now())]}


def _told(coming: Coming) -> dict[str, Any]:
    return {
        "pack": coming.pack.code,
        "name": getattr(coming.pack.name, language()),
        "version": coming.pack.version,
        "effective_on": coming.effective_on,
        "notice": getattr(coming.notice, language()),
        "illustrative": coming.pack.illustrative,
        "changes": [_change(each) for each in coming.changes],
    }


def _change(change: RuleChange) -> dict[str, Any]:
    name = getattr(change.name, language())
    return {"what": change.what, "name": name, "before": change.before, "after": change.after}
