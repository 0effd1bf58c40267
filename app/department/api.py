"""Departments (归集部门): files, single records, the catalogue of what may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, make_response, request
from sqlalchemy.orm import Session

from app.department.schemas import (
    BatchQuery,
    BatchReport,
    Catalogue,
    Received,
    RecordEntry,
    RefusedRow,
    TemplateQuery,
    Withdrawal,
)
from app.department.upload import Handing, take_file
from app.domain.columns import PENALTY, RECORD, columns_of
from app.domain.errors import FieldError, Refusal
from app.domain.fact import is_number
from app.domain.pack import Item, catalogue_of
from app.services import ingestion, record_entries, templates
from app.services.filing import Desk
from app.services.ingestion import Report
from app.services.row_files import CSV, NDJSON, XLSX
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.idempotency import HEADER, idempotent, request_scope
from app.web.kit import kit, now, transaction
from app.web.texts import language, say
from auth.guard import caller, needs

blueprint = ApiBlueprint("department", __name__, url_prefix="/department/v1", description=__doc__)

BLOCK = 65_536
LEAST_TOLD = 20
"""Rows; the report of a smaller file does not say how those in order divide (guardrail 5)."""
FILE_OF_ANY_KIND = {"type": "string", "format": "binary"}
FILE = {
    "required": True,
    "content": {
        CSV: {"schema": {"type": "string"}},
        NDJSON: {"schema": {"type": "string"}},
        XLSX: {"schema": {"type": "string", "format": "binary"}},
    },
    "description": "The file itself, streamed; its columns are those of the catalogue",
}


@blueprint.route("/batches", methods=["POST"])
@needs("records")
@blueprint.doc(parameters=[HEADER], requestBody=FILE)
@blueprint.arguments(BatchQuery(), location="query")
@blueprint.response(201, BatchReport())
def take_batch(query: dict[str, Any]) -> Response:
    """Hand in a file; refused rows come back by line, everything else is filed"""
    request.max_content_length = kit().settings.max_batch_bytes
    key = request_scope(caller().client_id)
    handing = Handing(caller().actor, request.mimetype, key, filename=query.get("filename"))
    upload = take_file(kit(), handing, _blocks())
    answer = make_response(BatchReport().dump(_report(upload.report)), 201)
    answer.headers["Location"] = f"/department/v1/batches/{upload.report.id}"
    if upload.replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _blocks() -> Iterator[bytes]:
    return iter(lambda: request.stream.read(BLOCK), b"")


@blueprint.route("/batches", methods=["GET"])
@needs("records")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(BatchReport)())
def list_batches(query: dict[str, Any]) -> dict[str, Any]:
    """My files, newest first, and how far each is"""
    with transaction() as session:
        found = ingestion.reports(session, caller().department_id, before=query["cursor"], limit=query["limit"] + 1)
    return page([_report(report) for report in found], query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/batches/<batch_id>", methods=["GET"])
@needs("records")
@blueprint.response(200, BatchReport())
def get_batch(batch_id: str) -> dict[str, Any]:
    """What became of a file of mine"""
    with transaction() as session:
        return _report(ingestion.report(session, caller().department_id, batch_id))


@blueprint.route("/batches/<batch_id>/refusals", methods=["GET"])
@needs("records")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(RefusedRow)())
def list_refusals(query: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """The refused rows of a file of mine, in the file's order"""
    after, limit = _line(query["cursor"]), query["limit"]
    with transaction() as session:
        rows = ingestion.refusals(session, caller().department_id, batch_id, after=after, limit=limit + 1)
    spoken = [{"line": r.line, "field": r.field, "code": r.code, "detail": say(f"row.{r.code}")} for r in rows]
    return page(spoken, limit, key=lambda row: str(row["line"]))


@blueprint.route("/records/<source_record_id>", methods=["PUT"])
@needs("records")
@idempotent(lambda: caller().client_id)
@blueprint.arguments(RecordEntry())
@blueprint.response(200, Received())
def put_record(entry: dict[str, Any], source_record_id: str, session: Session) -> dict[str, Any]:
    """Enter or correct one fact under my own number"""
    _check_number(source_record_id)
    legal_class = {"class": entry.pop("legal_class")} if "legal_class" in entry else {}
    try:
        record_entries.enter(session, _desk(), entry | legal_class | {"source_record_id": source_record_id})
    except Refusal as refusal:
        raise _spoken(refusal) from None
    return _received(source_record_id)


@blueprint.route("/records/<source_record_id>/withdraw", methods=["POST"])
@needs("records")
@idempotent(lambda: caller().client_id)
@blueprint.arguments(Withdrawal())
@blueprint.response(200, Received())
def withdraw_record(said: dict[str, Any], source_record_id: str, session: Session) -> dict[str, Any]:
    """Take one fact back"""
    _check_number(source_record_id)
    record_entries.withdraw(session, _desk(), source_record_id, reason=said["reason"], document=said.get("document"))
    return _received(source_record_id)


@blueprint.route("/catalogue", methods=["GET"])
@needs("records")
@blueprint.response(200, Catalogue())
def get_catalogue() -> dict[str, Any]:
    """The facts that I may send, and how"""
    return {
        "items": [_item(item) for item in _mine()],
        "record_columns": [column.name for column in RECORD],
        "penalty_columns": [column.name for column in PENALTY],
    }


@blueprint.route("/catalogue/<item>/template", methods=["GET"])
@needs("records")
@blueprint.arguments(TemplateQuery(), location="query")
@blueprint.response(200, content_type=CSV)
@blueprint.doc(responses={200: {"content": {kind: {"schema": FILE_OF_ANY_KIND} for kind in (CSV, XLSX)}}})
def get_template(query: dict[str, Any], item: str) -> Response:
    """An empty file for one item, with its columns: CSV or, for office programs, a workbook"""
    wanted = next((one for one in _mine() if one.code == item), None)
    if wanted is None:
        raise Refusal("not-found")
    template = templates.template(wanted, query["format"])
    answer = Response(template.content, content_type=template.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{wanted.code}.{query["format"]}"'
    return answer


def _mine() -> list[Item]:
    return [item for item in catalogue_of(kit().packs).values() if caller().department_id in item.sources]


def _desk() -> Desk:
    return Desk(kit().packs, kit().pii, caller().actor, now())


def _report(report: Report) -> dict[str, Any]:
    """How many rows are in order; how these divide only in a file so large that no row tells of its person."""
    told = ["id", "status", "filename", "received_at", "progressed_at", "finished_at", "rows", "refused"]
    if report.rows >= LEAST_TOLD:
        told += ["corrected", "duplicates", "not_stored"]
    said = {name: getattr(report, name) for name in told}
    return said | {"accepted": report.rows - report.refused, "livemode": caller().livemode}


def _received(source_record_id: str) -> dict[str, Any]:
    return {"source_record_id": source_record_id, "livemode": caller().livemode, "received_at": now()}


def _line(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdecimal() or len(cursor) > 18:
        raise Refusal("validation", errors=[FieldError("/cursor", "invalid", "Not a cursor of ours.")])
    return int(cursor)


def _check_number(source_record_id: str) -> None:
    if not is_number(source_record_id):
        raise Refusal("validation", errors=[FieldError("/source_record_id", "malformed", say("row.malformed"))])


def _spoken(refusal: Refusal) -> Refusal:
    said = [FieldError(error.pointer, error.code, say(f"row.{error.code}")) for error in refusal.errors]
    return Refusal(refusal.code, errors=said)


def _item(item: Item) -> dict[str, Any]:
    lang = language()
    packs = [code for code, pack in kit().packs.items() if pack.item(item.code)]
    unit = getattr(item.unit, lang) if item.unit else None
    words = {"name": getattr(item.name, lang), "basis": getattr(item.basis, lang), "unit": unit}
    plain = ("code", "kind", "legal_class", "disclosure", "retention_months", "min_quantity")
    columns = [asdict(column) for column in columns_of(item)]
    return {name: getattr(item, name) for name in plain} | words | {"packs": packs, "columns": columns}
