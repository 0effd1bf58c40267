"""Opting in: the notice in force, and agreeing to it. (Leaving: app/citizen/leaving.py.)"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.domain.notice import NOTICE
from app.services import enrolment
from app.services.enrolment import Membership
from app.web.api import ApiBlueprint, Schema, Text, Time
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import language, say
from auth.guard import caller, needs

blueprint = ApiBlueprint("enrolment", __name__, url_prefix="/citizen/v1", description=__doc__)


class NoticeSection(Schema):
    """A part of the notice."""

    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class NoticeSchema(Schema):
    """What to read before agreeing."""

    version = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    sections = ma.fields.List(ma.fields.Nested(NoticeSection), required=True)


class EnrolmentSchema(Schema):
    """My membership: `pending` while the departments are asked for my records."""

    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["none", "pending", "active"]))
    member = ma.fields.Boolean(required=True)
    enrolled_at = Time()
    agreed_version = ma.fields.String()
    notice = ma.fields.Nested(NoticeSchema, required=True)


class Agreement(Schema):
    """The version of the notice that I have read and agree to."""

    notice_version = Text(most=40, required=True)


@blueprint.route("/enrolment", methods=["GET"])
@needs("citizen")
@blueprint.response(200, EnrolmentSchema())
def get_enrolment() -> dict[str, Any]:
    """Whether I have opted in, and the notice in force"""
    with transaction() as session:
        return _view(enrolment.membership(session, caller().citizen_id))


@blueprint.route("/enrolment", methods=["POST"])
@needs("citizen")
@limited("enrolment")
@blueprint.arguments(Agreement())
@blueprint.response(201, EnrolmentSchema())
def enrol(agreement: dict[str, Any]) -> dict[str, Any]:
    """Opt in, agreeing to the notice; again is no harm"""
    version = agreement["notice_version"]
    with transaction() as session:
        return _view(
            enrolment.enrol(
                session, kit().pii, kit().packs, citizen_id=caller().citizen_id, notice_version=version, now=now()
            )
        )


def _view(membership: Membership) -> dict[str, Any]:
    return {
        "status": membership.status,
        "member": membership.status != "none",
        "enrolled_at": membership.enrolled_at,
        "agreed_version": membership.notice_version,
        "notice": _notice(language()),
    }


def _notice(lang: str) -> dict[str, Any]:
    sections = [{"title": getattr(title, lang), "text": getattr(text, lang)} for title, text in NOTICE.sections]
    return {"version": NOTICE.version, "title": say("enrolment.notice"), "sections": sections}
