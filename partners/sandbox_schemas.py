"""What a partner sends and reads in its sandbox. Test citizens are nobody, so nothing here is about a person."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.domain.scenario import Path
from app.services.sandbox_clock import MOST_AT_ONCE
from app.services.sandbox_events import TYPES
from app.services.sandbox_orders import ACTIONS
from app.web.api import Schema, Text, Time
from app.web.order_schemas import codes

_PATH = {"description": "what the scenario answers about this test citizen"}


class NewTestCitizen(Schema):
    """Which scenario the test citizen is for, what it shall answer, and whether you already hold a consent."""

    scenario = Text(64, required=True)
    outcome = ma.fields.String(
        load_default=Path.CREDIT.value, validate=validate.OneOf([path.value for path in Path]), metadata=_PATH
    )
    consent = ma.fields.Boolean(load_default=False, metadata={"description": "with a standing consent to check"})


class TestCitizen(Schema):
    """A test citizen. `citizen_ref` is what your checks and orders call it; it is removed at `removed_at`."""

    __test__ = False

    id = ma.fields.String(required=True)
    citizen_ref = ma.fields.String(required=True)
    scenario = ma.fields.String(required=True)
    outcome = codes(Path, required=True)
    livemode = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    removed_at = Time(required=True)


class TestCode(Schema):
    """A check code as the test citizen shows it: sixty seconds, one scan."""

    code = ma.fields.String(required=True)
    code_expires_at = Time(required=True)


class MadeTestCitizen(TestCitizen, TestCode):
    """A new test citizen, its first check code, and the consent where you asked for one."""

    consent_id = ma.fields.String()
    consent_expires_at = Time()


class NewTestConsent(Schema):
    """What the test citizen agrees to; orders under `orders:{scenario}` have the caps of the offer."""

    scope = Text(
        80,
        required=True,
        validate=validate.Regexp(r"(score:read|(eligibility|orders):[a-z0-9-]+)\Z", error="No such scope."),
        metadata={
            "description": "`eligibility:{scenario}`, `orders:{scenario}` or `score:read`",
            "examples": ["score:read"],
        },
    )


class TestConsent(Schema):
    """A test citizen's consent."""

    __test__ = False

    consent_id = ma.fields.String(required=True)
    citizen_ref = ma.fields.String(required=True)
    scope = ma.fields.String(required=True)
    expires_at = Time(required=True)
    livemode = ma.fields.Boolean(required=True)


class SandboxClockView(Schema):
    """The time of your sandbox's test citizens and their orders, beside ours."""

    now = Time(required=True, metadata={"description": "the sandbox's time"})
    real_now = Time(required=True)
    offset_seconds = ma.fields.Integer(required=True)
    livemode = ma.fields.Boolean(required=True)


class AdvancedClock(SandboxClockView):
    """The clock after it moved, and how many timers of orders rang on the way."""

    timers_rung = ma.fields.Integer(required=True)


class AdvanceClock(Schema):
    """How far to put the clock ahead; it goes forwards only."""

    seconds = ma.fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=int(MOST_AT_ONCE.total_seconds()))
    )


class ResetSandbox(SandboxClockView):
    """The clock, back at our time, and how many test citizens went with everything of theirs."""

    removed = ma.fields.Integer(required=True)


class TriggerEvent(Schema):
    """Which event to be told an example of; the two about a consent or a decision name one of a test citizen."""

    type = ma.fields.String(required=True, validate=validate.OneOf(list(TYPES)))
    consent_id = Text(64, metadata={"description": "of `score.changed`: a test citizen's consent to read the score"})
    decision_id = Text(64, metadata={"description": "of `decision.reconsidered`: a check of a test citizen"})


class SimulateOrder(Schema):
    """What the test citizen does with the order, or what becomes of the next attempt to collect from it."""

    action = ma.fields.String(required=True, validate=validate.OneOf(list(ACTIONS)))
