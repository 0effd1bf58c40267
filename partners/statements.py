"""Daily statements: what was charged, paid, given back, written off, to the fen; each day in a file with its hash."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response, request

from app.domain.errors import FieldError, Refusal
from app.services import partner_statements as statements
from app.services.partner_statements import Books, Statement
from app.web.api import ApiBlueprint, Fen, ListQuery, Schema, Time, page, page_of
from app.web.kit import now, transaction
from app.web.limits import limited
from app.web.offers import CURRENCY
from auth.guard import caller, needs

blueprint = ApiBlueprint("partner_statements", __name__, url_prefix="/partner/v1/statements", description=__doc__)
FILE = {"text/csv": {"schema": {"type": "string"}}}


class DailyTotals(Schema):
    """Sums of the day in fen. Over an order's life charge less adjustment is what was due."""

    charge = Fen(required=True, metadata={"description": "bills"})
    adjustment = Fen(required=True, metadata={"description": "bills lowered or waived"})
    payment = Fen(required=True, metadata={"description": "collected through us"})
    payment_elsewhere = Fen(required=True, metadata={"description": "marked as paid by you"})
    refund = Fen(required=True, metadata={"description": "given back through us"})
    write_off = Fen(required=True, metadata={"description": "given up; a later payment is a payment"})
    net = ma.fields.Integer(required=True, metadata={"description": "payment less refund"})


class DailyStatement(Schema):
    """A day of Asia/Shanghai. Made once and never changed: what happens later stands in its own day's."""

    date = ma.fields.Date(required=True)
    livemode = ma.fields.Boolean(required=True)
    lines = ma.fields.Integer(required=True)
    totals = ma.fields.Nested(DailyTotals, required=True)
    currency = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True, metadata={"description": "of the file's bytes, in hex"})
    bytes = ma.fields.Integer(required=True)
    made_at = Time(metadata={"description": "absent for a day on which nothing moved"})


def _books() -> Books:
    return Books(caller().partner_id, caller().livemode)


@blueprint.route("", methods=["GET"])
@needs("orders")
@limited("order-list")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(DailyStatement)())
def list_statements(query: dict[str, Any]) -> dict[str, Any]:
    """Your statements by day, the latest first; each is ready some minutes after midnight"""
    before = _day(query["cursor"], "/cursor") if query["cursor"] else None
    with transaction() as session:
        rows = statements.listed(session, _books(), before=before, limit=query["limit"], now=now())
    return page([_view(row) for row in rows], query["limit"], key=lambda row: row["date"].isoformat())


@blueprint.route("/<day>", methods=["GET"])
@needs("orders")
@blueprint.response(200, DailyStatement())
def get_statement(day: str) -> dict[str, Any]:
    """One day's sums, and the hash of its file"""
    return _view(_statement(day))


@blueprint.route("/<day>/file", methods=["GET"])
@needs("orders")
@blueprint.response(200, description="CSV (RFC 4180, UTF-8); `Repr-Digest` is its SHA-256 (RFC 9530)")
@blueprint.doc(responses={200: {"content": FILE}})
def get_statement_file(day: str) -> Response:
    """One day's lines: time, type, order, your own number, scenario, fen; no line names anyone"""
    statement = _statement(day)
    answer = Response(statement.content, content_type="text/csv; charset=utf-8; header=present")
    digest = b64encode(bytes.fromhex(statement.sha256)).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    answer.headers["Content-Disposition"] = f'attachment; filename="statement-{statement.date}.csv"'
    answer.set_etag(statement.sha256)
    answer.make_conditional(request)
    return answer


def _statement(day: str) -> Statement:
    with transaction() as session:
        return statements.get(session, _books(), _day(day, "/day"), now())


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("validation", errors=[FieldError(field, "invalid", "A date like 2026-11-21.")]) from None


def _view(statement: Statement) -> dict[str, Any]:
    named = {name: getattr(statement, name) for name in ("date", "livemode", "lines", "totals", "sha256", "made_at")}
    return {**named, "currency": CURRENCY, "bytes": len(statement.content)}
