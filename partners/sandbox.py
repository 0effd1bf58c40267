"""The sandbox: test citizens with chosen outcomes, who do what you say, in a time that you move.

For sandbox credentials only. Live data is out of its reach by construction: a test citizen is known to the partner that
made it and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, g
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import sandbox_citizens, sandbox_clock, sandbox_events, sandbox_orders
from app.services.sandbox_citizens import Maker
from app.web.api import ApiBlueprint, ListQuery, NoFields, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content
from partners.events import PartnerEventSchema
from partners.order_schemas import PartnerOrder
from partners.sandbox_schemas import (
    AdvanceClock,
    AdvancedClock,
    MadeTestCitizen,
    NewTestCitizen,
    NewTestConsent,
    ResetSandbox,
    SandboxClockView,
    SimulateOrder,
    TestCitizen,
    TestCode,
    TestConsent,
    TriggerEvent,
)

blueprint = ApiBlueprint("partner_sandbox", __name__, url_prefix="/partner/v1/sandbox", description=__doc__)
once = idempotent(lambda: caller().client_id)
View = Callable[..., Any]


def in_sandbox(view: View) -> View:
    """Let in sandbox credentials alone: 403 `sandbox-only` for live ones. Stands directly below `needs`."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if caller().livemode:
            raise Refusal("sandbox-only")
        return view(*args, **kwargs)

    return checked


def _maker() -> Maker:
    return Maker(kit().registry, kit().packs, kit().pii, now())


@blueprint.route("/citizens", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(NewTestCitizen())
@blueprint.response(201, MadeTestCitizen())
def make_test_citizen(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """A test citizen with the outcome that you choose, and a check code to scan"""
    made = sandbox_citizens.create(session, _maker(), caller().partner_id, **asked)
    consent = made.consent
    given = {"consent_id": consent.consent_id, "consent_expires_at": consent.expires_at} if consent else {}
    return sandbox_citizens.view(made.citizen) | {"code": made.code, "code_expires_at": made.code_expires_at} | given


@blueprint.route("/citizens", methods=["GET"])
@needs("sandbox")
@in_sandbox
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(TestCitizen)())
def list_test_citizens(query: dict[str, Any]) -> dict[str, Any]:
    """Your test citizens, newest first"""
    with transaction() as session:
        rows = sandbox_citizens.listed(session, caller().partner_id, before=query["cursor"], limit=query["limit"])
    return page([sandbox_citizens.view(row) for row in rows], query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/citizens/<test_citizen_id>", methods=["GET"])
@needs("sandbox")
@in_sandbox
@blueprint.response(200, TestCitizen())
def get_test_citizen(test_citizen_id: str) -> dict[str, Any]:
    """One of your test citizens"""
    with transaction() as session:
        return sandbox_citizens.view(sandbox_citizens.find(session, caller().partner_id, test_citizen_id))


@blueprint.route("/citizens/<test_citizen_id>/codes", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(NoFields())
@blueprint.response(201, TestCode())
def make_test_code(_: dict[str, Any], test_citizen_id: str, session: Session) -> dict[str, Any]:
    """Another check code of this test citizen"""
    row = sandbox_citizens.find(session, caller().partner_id, test_citizen_id)
    code, until = sandbox_citizens.code(session, row, now())
    return {"code": code, "code_expires_at": until}


@blueprint.route("/citizens/<test_citizen_id>/consents", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(NewTestConsent())
@blueprint.response(201, TestConsent())
def make_test_consent(asked: dict[str, Any], test_citizen_id: str, session: Session) -> dict[str, Any]:
    """The test citizen agrees, as at the consent page; an older consent of the same scope ends"""
    row = sandbox_citizens.find(session, caller().partner_id, test_citizen_id)
    consent = sandbox_citizens.agree(session, _maker(), row, asked["scope"])
    ids = {"consent_id": consent.consent_id, "citizen_ref": consent.citizen_ref, "livemode": consent.livemode}
    return ids | {"scope": consent.scope, "expires_at": consent.expires_at}


@blueprint.route("/citizens/<test_citizen_id>", methods=["DELETE"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@blueprint.response(204)
def delete_test_citizen(test_citizen_id: str) -> Response:
    """Remove a test citizen with its orders, consents and all else"""
    with transaction() as session:
        row = sandbox_citizens.find(session, caller().partner_id, test_citizen_id)
        sandbox_citizens.remove(session, [row], now())
    return no_content()


@blueprint.route("/orders/<order_id>/simulate", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(SimulateOrder())
@blueprint.response(200, PartnerOrder())
def simulate_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Let the test citizen act on its order, as a person would in the app"""
    parts = kit().registry, kit().packs, kit().pii
    stage = sandbox_orders.Stage(*parts, caller().partner_id, caller().actor, g.request_id, now())
    return sandbox_orders.simulate(session, stage, order_id, asked["action"])


@blueprint.route("/events/trigger", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(TriggerEvent())
@blueprint.response(201, PartnerEventSchema())
def trigger_event(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Be told an example of an event, in the list and by webhook"""
    ids = {name: asked.get(name) for name in ("consent_id", "decision_id")}
    event = sandbox_events.trigger(session, caller().partner_id, asked["type"], now(), **ids)
    return {name: getattr(event, name) for name in ("id", "livemode", "type", "at", "data")}


@blueprint.route("/clock", methods=["GET"])
@needs("sandbox")
@in_sandbox
@blueprint.response(200, SandboxClockView())
def get_sandbox_clock() -> dict[str, Any]:
    """What time it is in your sandbox"""
    with transaction() as session:
        return _clock(session)


@blueprint.route("/clock/advance", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(AdvanceClock())
@blueprint.response(200, AdvancedClock())
def advance_sandbox_clock(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Put your sandbox's clock ahead; what falls due on the way happens, one after another"""
    rung = sandbox_clock.advance(session, caller().partner_id, timedelta(seconds=asked["seconds"]), now())
    return _clock(session) | {"timers_rung": rung}


@blueprint.route("/clock/reset", methods=["POST"])
@needs("sandbox")
@in_sandbox
@limited("sandbox")
@once
@blueprint.arguments(NoFields())
@blueprint.response(200, ResetSandbox())
def reset_sandbox(_: dict[str, Any], session: Session) -> dict[str, Any]:
    """Begin anew: every test citizen goes with all of theirs, and the clock is ours again"""
    removed = sandbox_citizens.reset(session, caller().partner_id, now())
    return _clock(session) | {"removed": removed}


def _clock(session: Session) -> dict[str, Any]:
    here = now()
    there = sandbox_clock.moment(session, caller().partner_id, caller().livemode, here)
    offset = int((there - here).total_seconds())
    return {"now": there, "real_now": here, "offset_seconds": offset, "livemode": False}
