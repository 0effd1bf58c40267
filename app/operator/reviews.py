"""The queue of reviews (guardrail 11; PIPL article 24): what waits, one case at a time, and a person's answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.review import OUTCOMES, Kind, Status
from app.operator.cases import AnsweredCase, CodeAndName, RecordAbout, answered_json, record_json
from app.operator.desk import changing, reading
from app.services import review_answers
from app.services.decisions import OwnDecision
from app.services.filing import Desk
from app.services.review_answers import Answer, Case
from app.services.review_items import Effect
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now
from app.web.offers import said
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_reviews", __name__, url_prefix="/operator/v1/reviews", description=__doc__)


class WaitingReview(Schema):
    """A review that waits; nothing of the person is in it."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf([str(kind) for kind in Kind]))
    received_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    overdue = ma.fields.Boolean(required=True)


class DecisionInQuestion(Schema):
    """The decision under review, with the reasons that its citizen reads; not who they are."""

    scenario = ma.fields.Nested(CodeAndName, required=True)
    partner_name = ma.fields.String(required=True)
    path = ma.fields.String(required=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)
    rule = ma.fields.String(required=True)
    score = ma.fields.Integer()
    as_of = ma.fields.Date(required=True)
    decided_at = Time(required=True)


class ScoreItemInQuestion(RecordAbout):
    """The record under review; `units`: what it adds to the score today, in 1/10,000 point, before any cap.

    `statement`: what its person says of it.
    """

    quantity = ma.fields.Integer()
    units = ma.fields.Integer(required=True)
    statement = ma.fields.String()


class ReviewAnswer(Schema):
    """A person's answer: it stands, or it is changed; with the reason, which the citizen reads."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(outcome) for outcome in OUTCOMES]))
    reason = Text(500, required=True)


class ReviewCase(WaitingReview):
    """One review in full: reading it is a look that its person sees."""

    status = ma.fields.String(required=True, validate=validate.OneOf([str(status) for status in Status]))
    text = ma.fields.String(required=True)
    decision = ma.fields.Nested(DecisionInQuestion)
    record = ma.fields.Nested(ScoreItemInQuestion)
    proposed = ma.fields.Nested(ReviewAnswer)


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(WaitingReview)())
def list_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """What waits for a person's answer, what is overdue first"""
    with reading("reviews.list") as session:
        rows = review_answers.queue(session, after=query["cursor"], limit=query["limit"] + 1)
        told = [_waiting(row, row.received_at) for row in rows]
    return page(told, query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/<review_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, ReviewCase())
def get_review(review_id: str) -> dict[str, Any]:
    """One review in full; its person sees that you looked"""
    with changing("reviews.read", review_id) as session:
        return _case(review_answers.read(session, _office(), kit().registry, caller().operator_id, review_id))


@blueprint.route("/<review_id>/answer", methods=["POST"])
@needs("operator")
@blueprint.arguments(ReviewAnswer())
@blueprint.response(200, AnsweredCase())
def answer_review(asked: dict[str, Any], review_id: str) -> dict[str, Any]:
    """Say that it stands, or that it is changed, with the reason; a change waits for a second operator"""
    answer = Answer(outcome=Status(asked["outcome"]), reason=asked["reason"])
    with changing("reviews.answer", review_id, outcome=asked["outcome"]) as session:
        parts = _office(), kit().registry, caller().operator_id
        done, approval_id = review_answers.answer(session, *parts, review_id, answer)
        return answered_json(done, approval_id)


def _office() -> Desk:
    return Desk(kit().packs, kit().pii, Actor(ActorKind.OPERATOR, caller().operator_id, caller().name), now())


def _waiting(row: Any, received_at: Any) -> dict[str, Any]:
    overdue = row.status == Status.RECEIVED and row.due_on < day_of(now())
    return {name: getattr(row, name) for name in ("id", "kind", "due_on")} | {
        "received_at": received_at,
        "overdue": overdue,
    }


def _case(case: Case) -> dict[str, Any]:
    return _waiting(case.review, case.review.asked_at) | {
        "status": case.review.status,
        "text": case.review.text,
        "decision": _decision(case.decision) if case.decision else None,
        "record": _record(case.effect) if case.effect else None,
        "proposed": case.proposed,
    }


def _decision(own: OwnDecision) -> dict[str, Any]:
    decision = own.decision
    plain = ("partner_name", "path", "rule", "score", "as_of", "decided_at")
    name = said(own.offer.name) if own.offer else decision.scenario
    return {name: getattr(decision, name) for name in plain} | {
        "scenario": {"code": decision.scenario, "name": name},
        "reasons": [said(words) for _, words in own.reasons],
    }


def _record(effect: Effect) -> dict[str, Any]:
    return record_json(effect.row, "quantity") | {"units": effect.units, "statement": effect.said}
