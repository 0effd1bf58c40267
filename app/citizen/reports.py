"""My credit report (信用报告): read it at any time, and make one that others may check for as long as I let them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.citizen.card_words import picture_url
from app.citizen.report_document import document
from app.citizen.report_of_entity import entity_document
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import pack_of_city
from app.domain.report import LANGUAGES, LONGEST_DAYS, Kind, Report, Shows
from app.services import entities, report_facts, report_links
from app.services.entities import OwnEntity
from app.services.report_facts import Standing
from app.services.report_links import Draft, Link
from app.services.report_pdf import render
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.report_schemas import SHOWS, ReportSchema
from app.web.texts import language
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("reports", __name__, url_prefix="/citizen/v1/reports", description=__doc__)

CHECK_PAGE = "/reports/check"
DAYS = 7
PLAIN = ("id", "kind", "entity_id", "language", "shows", "status", "sha256", "made_at", "expires_at")
KEPT = ("kept_until", "checks", "checked_at")


class ReportRequest(Schema):
    """A report that others may check. `shows`: what they see, `seal` (that it is genuine) or `report` (all of it)."""

    language = ma.fields.String(load_default=None, validate=ma.validate.OneOf(LANGUAGES))
    days = ma.fields.Integer(strict=True, load_default=DAYS, validate=ma.validate.Range(1, LONGEST_DAYS))
    shows = ma.fields.String(required=True, validate=SHOWS)
    entity_id = Text(most=64, load_default=None, metadata={"description": "about an entity of mine; else about me"})


class AboutQuery(Schema):
    """Whom to tell of: me, or an entity for which I speak."""

    entity_id = Text(most=64, load_default=None)


class ReportLinkSchema(Schema):
    """A report of mine and its link. `code` and `check_url` are there while the link lives; `pdf` while there is one.

    `status`: live, expired, citizen (I ended it) or superseded: something that it showed has changed.
    """

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in Kind]))
    entity_id = ma.fields.String()
    language = ma.fields.String(required=True)
    shows = ma.fields.String(required=True, validate=SHOWS)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["live", "expired", "citizen", "superseded"]))
    code = ma.fields.String()
    check_url = ma.fields.String(metadata={"format": "uri", "description": "its fragment is the code: no log has it"})
    qr_svg = ma.fields.String(metadata={"description": "of a fresh one: its `check_url` as a QR picture, a data: URL"})
    sha256 = ma.fields.String(required=True, metadata={"description": "of the PDF, hex"})
    pdf = ma.fields.String(metadata={"description": "where its PDF is"})
    made_at = Time(required=True)
    expires_at = Time(required=True)
    over_at = Time(metadata={"description": "when the link was over, where it is"})
    kept_until = Time(required=True, metadata={"description": "when the report is deleted"})
    checks = ma.fields.Integer(required=True, metadata={"description": "how often somebody checked it"})
    checked_at = Time(metadata={"description": "when somebody last did"})


class OwnReportSchema(ReportLinkSchema):
    """One report of mine with what it says, for as long as that is kept."""

    report = ma.fields.Nested(ReportSchema)


@blueprint.route("/latest", methods=["GET"])
@needs("citizen")
@limited("report-read")
@blueprint.arguments(AboutQuery(), location="query")
@blueprint.response(200, ReportSchema())
def get_latest(query: dict[str, Any]) -> Report:
    """My report as of now, or that of an entity of mine; it is not kept, and nobody else sees it"""
    with transaction() as session:
        # First the look: it holds the log, so that who leaves meanwhile takes it along; a refusal takes it back.
        report_links.log_reading(session, caller().citizen_id, None, now())
        report, _ = _written(session, query["entity_id"], language(), own=True)
        return report


@blueprint.route("")
class Reports(MethodView):
    """The reports that I made."""

    @needs("citizen", fresh=True)
    @limited("report-make")
    @blueprint.arguments(ReportRequest())
    @blueprint.response(201, ReportLinkSchema())
    def post(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Make a report that whoever has its code may check"""
        drafted = _draft(wish)
        paper = _pdf(drafted)
        with transaction() as session:
            made = report_links.keep(session, kit().pii, caller().citizen_id, drafted, paper, now())
        return _link(made, picture=True)

    @needs("citizen")
    @limited("report-read")
    @blueprint.arguments(ListQuery(), location="query")
    @blueprint.response(200, page_of(ReportLinkSchema)())
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """My reports and their links, newest first"""
        limit, citizen_id = query["limit"], caller().citizen_id
        with transaction() as session:
            rows = report_links.listed(session, kit().pii, citizen_id, now(), before=query["cursor"], limit=limit + 1)
        answer = page(rows, limit)
        return answer | {"data": [_link(row) for row in answer["data"]]}


@blueprint.route("/<report_id>", methods=["GET"])
@needs("citizen")
@limited("report-read")
@blueprint.response(200, OwnReportSchema())
def get_report(report_id: str) -> dict[str, Any]:
    """One report of mine, with what it says"""
    with transaction() as session:
        found = report_links.one(session, kit().pii, caller().citizen_id, report_id, now())
        report_links.log_reading(session, caller().citizen_id, report_id, now())
    return _link(found) | {"report": found.report}


@blueprint.route("/<report_id>/file", methods=["GET"])
@needs("citizen")
@limited("report-read")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_report_file(report_id: str) -> Response:
    """Its PDF, always the same"""
    with transaction() as session:
        found = report_links.paper(session, kit().pii, caller().citizen_id, report_id, now())
    if found is None:
        raise Refusal("not-found")
    made_at, paper = found
    answer = Response(paper, content_type="application/pdf")
    name = f"xinyi-report-{day_of(made_at)}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.route("/<report_id>/link", methods=["DELETE"])
@needs("citizen")
@blueprint.response(204)
def end_report_link(report_id: str) -> Response:
    """End its link: from now on its code tells nothing"""
    with transaction() as session:
        report_links.end(session, caller().citizen_id, report_id, now())
    return no_content()


def _draft(wish: dict[str, Any]) -> Draft:
    with transaction() as session:
        report, about = _written(session, wish["entity_id"], wish["language"] or language(), own=False)
    return report_links.draft(report, Shows(wish["shows"]), wish["days"], about)


def _written(
    session: Session, entity_id: str | None, lang: str, *, own: bool
) -> tuple[Report, Sequence[Standing] | OwnEntity]:
    """The report of now, and what it rests on; raises Refusal `not-found` for an entity that is not mine."""
    fresh, me, moment = report_links.report_id(), caller().citizen_id, now()
    if entity_id is not None:
        found = entities.own(session, me, entity_id, moment)
        home = pack_of_city(kit().packs, found.entity.city)
        city = getattr(home.city_name, lang) if home else found.entity.city
        return entity_document(fresh, found, city, lang, moment), found
    facts = report_facts.gather(session, kit().packs, kit().pii, me, moment, for_paper=not own)
    return document(fresh, facts, lang, moment, own=own), facts.records


def _pdf(drafted: Draft) -> bytes:
    report, until = drafted.report, drafted.expires_at
    return render(report, code=drafted.code, check_url=_check_page(), expires_at=until, language=report.language)


def _check_page() -> str:
    return f"{kit().settings.base_url}{CHECK_PAGE}"


def _link(found: Link, *, picture: bool = False) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in (*PLAIN, *KEPT)}
    live = found.status == "live"
    told |= {"code": found.code, "check_url": f"{_check_page()}#{found.code}"} if live else {"over_at": found.over_at}
    told |= {"qr_svg": picture_url(told["check_url"])} if live and picture else {}
    return told | ({"pdf": f"/citizen/v1/reports/{found.id}/file"} if found.status != "superseded" else {})
