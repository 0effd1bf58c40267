"""A person can be asked (guardrail 11; PIPL article 24): my calls for a review of a decision or of a score item."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.pack import catalogue_of
from app.domain.review import Kind, Status
from app.services import reviews
from app.services.reviews import Review
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.offers import said
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_reviews", __name__, url_prefix="/citizen/v1", description=__doc__)


class ReviewRequest(Schema):
    """What I want a person to look at, in my own words."""

    text = Text(1000, required=True)


class ReviewTopic(Schema):
    """The scenario of the decision, or the item of the record."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ReviewSchema(Schema):
    """A call for a person to look; the ordinary path stays open meanwhile. It is answered by `due_on`.

    `stands`: nothing changes, and why. `changed`, of a decision: the person's word holds for that scenario until
    `holds_until`; of an item: `led_to` is the dispute that the office put to the department.
    """

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf([str(kind) for kind in Kind]))
    about = ma.fields.Nested(ReviewTopic, required=True)
    decision_id = ma.fields.String()
    record_id = ma.fields.String()
    text = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf([str(status) for status in Status]))
    asked_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    answered_at = Time()
    reason = ma.fields.String()
    holds_until = ma.fields.Date()
    led_to = ma.fields.String()


@blueprint.route("/decisions/<decision_id>/reviews", methods=["POST"])
@needs("citizen")
@blueprint.arguments(ReviewRequest())
@blueprint.response(201, ReviewSchema())
def ask_decision_review(asked: dict[str, Any], decision_id: str) -> dict[str, Any]:
    """Ask that a person looks at a decision"""
    with transaction() as session:
        me, text = caller().citizen_id, asked["text"]
        return review_view(reviews.ask_about_decision(session, kit().pii, me, decision_id, text, now()))


@blueprint.route("/records/<record_id>/reviews", methods=["POST"])
@needs("citizen")
@blueprint.arguments(ReviewRequest())
@blueprint.response(201, ReviewSchema())
def ask_record_review(asked: dict[str, Any], record_id: str) -> dict[str, Any]:
    """Ask that a person looks at what a record of mine does to my score"""
    with transaction() as session:
        me, text = caller().citizen_id, asked["text"]
        return review_view(reviews.ask_about_record(session, kit().pii, me, record_id, text, now()))


@blueprint.route("/reviews", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(ReviewSchema)())
def list_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """My calls for review, newest first"""
    me, limit = caller().citizen_id, query["limit"]
    with transaction() as session:
        rows = reviews.listed(session, kit().pii, me, before=query["cursor"], limit=limit + 1)
    return page([review_view(row) for row in rows], limit, key=lambda row: str(row["id"]))


@blueprint.route("/reviews/<review_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, ReviewSchema())
def get_review(review_id: str) -> dict[str, Any]:
    """One call of mine, and its answer once there is one"""
    with transaction() as session:
        return review_view(reviews.one(session, kit().pii, caller().citizen_id, review_id))


def review_view(review: Review) -> dict[str, Any]:
    """A review as its person reads it, in the words of the request's language."""
    plain = ("id", "kind", "text", "status", "asked_at", "due_on", "answered_at", "reason", "holds_until", "led_to")
    subject = "decision_id" if review.kind is Kind.DECISION else "record_id"
    about = {"code": review.topic, "name": topic_name(review.kind, review.topic)}
    return {name: getattr(review, name) for name in plain} | {subject: review.subject, "about": about}


def topic_name(kind: Kind, code: str) -> str:
    """The scenario or item in words; its code where it is offered or listed no more."""
    if kind is Kind.DECISION:
        return said(kit().registry.offer(code).name) if code in kit().registry else code
    item = catalogue_of(kit().packs).get(code)
    return str(getattr(item.name, language())) if item else code
