"""What operators may count: aggregates of at least 20 people, and the departments' files by their totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import marshmallow as ma

from app.domain.fact import CODES
from app.domain.statistics import LEAST
from app.operator.desk import reading
from app.services import ingestion, statistics
from app.services.ingestion import STATES, Report
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.texts import say
from auth.guard import needs

blueprint = ApiBlueprint("operator_figures", __name__, url_prefix="/operator/v1", description=__doc__)


class StatisticsCell(Schema):
    """How many people are in one cell."""

    name = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)


class StatisticsTable(Schema):
    """One table; `suppressed` cells are hidden, because they, or a difference of sums, would show too few people."""

    name = ma.fields.String(required=True)
    cells = ma.fields.List(ma.fields.Nested(StatisticsCell), required=True)
    suppressed = ma.fields.Integer(required=True)


class Statistics(Schema):
    """Aggregates of at least `least` people."""

    least = ma.fields.Integer(required=True)
    tables = ma.fields.List(ma.fields.Nested(StatisticsTable), required=True)


class BatchTotals(Schema):
    """A department's file by its totals."""

    id = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    source_name = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    rows = ma.fields.Integer(required=True)
    accepted = ma.fields.Integer(required=True)
    corrected = ma.fields.Integer(required=True)
    duplicates = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True)
    not_stored = ma.fields.Integer(required=True)
    received_at = Time(required=True)
    progressed_at = Time()
    finished_at = Time()


class RefusalReason(Schema):
    """Why so many rows of a file were refused."""

    field = ma.fields.String(required=True)
    code = ma.fields.String(required=True, validate=ma.validate.OneOf(CODES))
    detail = ma.fields.String(required=True)
    rows = ma.fields.Integer(required=True)


class BatchView(BatchTotals):
    """A department's file by its totals, and why rows of it were refused."""

    reasons = ma.fields.List(ma.fields.Nested(RefusalReason), required=True)


@blueprint.route("/statistics", methods=["GET"])
@needs("operator")
@blueprint.response(200, Statistics())
def get_statistics() -> dict[str, Any]:
    """The city in numbers, none of fewer than 20 people"""
    with reading("statistics.read") as session:
        tables = statistics.tables(session)
    return {"least": LEAST, "tables": [_table(name, cells.counts, cells.suppressed) for name, cells in tables.items()]}


def _table(name: str, counts: Any, suppressed: int) -> dict[str, Any]:
    cells = [{"name": cell, "people": people} for cell, people in counts.items()]
    return {"name": name, "cells": cells, "suppressed": suppressed}


@blueprint.route("/batches", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(BatchTotals)())
def list_batches(query: dict[str, Any]) -> dict[str, Any]:
    """What departments handed in, newest first"""
    with reading("batches.list") as session:
        found = ingestion.reports(session, None, before=query["cursor"], limit=query["limit"] + 1)
        names = ingestion.department_names(session)
    return page([_totals(one, names) for one in found], query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/batches/<batch_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, BatchView())
def get_batch(batch_id: str) -> dict[str, Any]:
    """One file by its totals, and why rows of it were refused"""
    with reading("batches.read", batch_id) as session:
        report = ingestion.report(session, None, batch_id)
        reasons = ingestion.reasons(session, batch_id)
        names = ingestion.department_names(session)
    said = [{"field": field, "code": code, "detail": say(f"row.{code}"), "rows": rows} for field, code, rows in reasons]
    return _totals(report, names) | {"reasons": said}


def _totals(report: Report, names: Mapping[str, str]) -> dict[str, Any]:
    return asdict(report) | {"source_name": names.get(report.source, report.source)}
