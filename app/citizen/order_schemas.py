"""What the citizen app sends and reads about orders."""

from __future__ import annotations

import marshmallow as ma

from app.domain.order import Status
from app.domain.scenario import Path
from app.web.api import ListQuery, Schema, Time
from app.web.order_schemas import OrderFacts, OrderRecord, codes


class OrderPartner(Schema):
    """Whose order it is."""

    id = ma.fields.String(required=True)
    name = ma.fields.String()


class CitizenOrder(OrderFacts):
    """An order as its citizen reads it."""

    partner = ma.fields.Nested(OrderPartner, required=True)
    record = ma.fields.Nested(OrderRecord)
    decision_id = ma.fields.String(metadata={"description": "why the path is what it is, for you only"})
    paths = ma.fields.List(codes(Path), metadata={"description": "while it awaits you: the paths open now"})
    left_today = ma.fields.Integer(metadata={"description": "of a limited offer: how many are left today"})


class ConfirmOrder(Schema):
    """The path on which the citizen takes the service."""

    path = codes(Path, required=True)


class AgreeExtension(Schema):
    """The later end that I have read: where the partner has proposed another since, nothing is agreed (412)."""

    service_end_by = Time()


class CitizenOrderListQuery(ListQuery):
    """Which of the citizen's own orders."""

    status = codes(Status)
