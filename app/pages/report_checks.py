"""Whoever was given a report checks it here by its code, without a login; its person sees each check."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.domain.errors import Refusal
from app.domain.report import Kind, Shows, for_others
from app.services import codes, report_links
from app.services.report_links import Link
from app.web.api import ApiBlueprint, Schema, Text, Time
from app.web.kit import kit, now, transaction
from app.web.limits import address, documented, hit
from app.web.report_schemas import SHOWS, ReportSchema
from auth.guard import public

blueprint = ApiBlueprint("report_checks", __name__, url_prefix="/reports/v1", description=__doc__)

EVERYONE = "everyone"
"""Whom the limit over all addresses counts."""


class ReportCheckRequest(Schema):
    """The code on a report, in any case, with or without spaces."""

    code = Text(most=40, required=True, metadata={"example": "7K2M 9QWX 4TBC 0DHR"})


class ReportCheckSchema(Schema):
    """A genuine report. `report` is there where its person lets it be read; their name stays masked."""

    shows = ma.fields.String(required=True, validate=SHOWS)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in Kind]))
    subject_name = ma.fields.String(required=True, metadata={"example": "张*三"})
    issuer = ma.fields.String(required=True, metadata={"format": "uri"})
    made_at = Time(required=True)
    expires_at = Time(required=True)
    sha256 = ma.fields.String(
        required=True,
        metadata={"description": "of the PDF, hex: a file of another digest was changed", "example": "9f86d08…"},
    )
    report = ma.fields.Nested(ReportSchema)


@blueprint.route("/checks", methods=["POST"])
@public("who holds a report has no login here; the code that its person gave away is what lets them in")
@documented("report-check", "report-look")
@blueprint.arguments(ReportCheckRequest())
@blueprint.response(200, ReportCheckSchema())
def check_report(asked: dict[str, Any]) -> dict[str, Any]:
    """Check a report by its code: one and the same 404 for a code that is over, ended or never was"""
    hit("report-check", subject=EVERYONE)
    hit("report-look", subject=_here(asked["code"]))
    with transaction() as session:
        found = report_links.check(session, kit().pii, asked["code"], now())
    if found is None or found.report is None:
        raise Refusal("report-code-not-valid", field="/code")
    return _view(found)


def _here(code: str) -> str:
    """This code from this address: else who has one would bury what its person should see under a thousand checks."""
    return kit().pii.keyed_hash(f"report-look\n{codes.as_made(code)}\n{address()}")


def _view(found: Link) -> dict[str, Any]:
    shown = for_others(found.report) if found.report else None
    plain = ("shows", "kind", "made_at", "expires_at", "sha256")
    told = {name: getattr(found, name) for name in plain} | {"issuer": kit().settings.base_url}
    told["subject_name"] = shown.subject.masked_name if shown else ""
    return told | ({"report": shown} if found.shows is Shows.REPORT else {})
