"""What operators may count: aggregates of at least 20 people, and the departments' files by their totals."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.domain.statistics import LEAST
from app.operator.desk import reading
from app.services import ingestion, statistics
from app.services.ingestion import STATES
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
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
        rows = ingestion.reports(session, None, before=query["cursor"], limit=query["limit"] + 1)
    return page(rows, query["limit"])
