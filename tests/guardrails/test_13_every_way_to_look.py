"""Guardrail 13, whole: every route, job and command either logs the look that it is, or says why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.worker import TICKS, Worker
from app.services.jobs import HANDLERS
from app.store.access_log import AccessLogRow
from app.store.operators import put
from tests.support.callers import TestCaller, as_citizen, as_department, as_operator
from tests.support.checks import World
from tests.support.citizen_looks import CITIZEN_LOOKS, looks_of_citizens
from tests.support.entities import ENTITY_LOOKS, looks_at_entities
from tests.support.members import a_row, days_ago, make_member
from tests.support.operations import OPERATIONS
from tests.support.order_dispute_looks import LOOKS, looks_at_order_disputes
from tests.support.order_looks import ORDER_LOOKS, looks_at_orders
from tests.support.people import make_citizen
from tests.support.remedy_looks import looks_at_remedies
from tests.support.reviewing import ask, decided
from tests.support.sandbox import ROOM, Sandbox

OWN = "one's own data, by oneself"
NOBODY = "nothing about a person is in it"
LOGIN = "a person's own login or consent: they see what is asked and decide"
MACHINE = "no one reads: a clock moves the person's own order or data on, and the person is told by an event"

BOOKS = "the partner's own books: an order's ids and amounts, told to it when they moved; no line names anyone"
AROUND = "a nickname and a number that people show for thirty seconds; who was there is written nowhere"
TEST = "a test citizen is nobody: what the partner chose when it made it"

LOGGED = {
    **ORDER_LOOKS,
    **LOOKS,
    **ENTITY_LOOKS,
    "partner_check_eligibility": "check",
    "partner_get_check": "check.read",
    "partner_read_score": "score.read",
    "partner_simulate_order": "order.read",
    "department_put_record": "ingested",
    "department_take_batch": "ingested",
    "department_withdraw_record": "ingested",
    "operator_get_correction": "correction.read",
    "operator_answer_correction": "correction.refused",
    "operator_get_review": "review.read",
    "operator_answer_review": "review.stands",
    "department_get_dispute": "dispute.read",
    "department_answer_dispute": "dispute.upheld",
    "department_get_repair": "repair.read",
    "department_get_correction": "correction.read",
    "department_answer_correction": "correction.refused",
    "department_answer_repair": "repair.refused",
    "department_repair_record": "ingested",
    "operator_get_dispute": "dispute.read",
    "operator_answer_dispute": "dispute.proposed",
    "operator_get_repair": "repair.read",
    "operator_answer_repair": "repair.proposed",
    **CITIZEN_LOOKS,
}
"""Operations that are looks, at another's card or at what one takes along too, and the action that they log."""

NOT_LOOKS = {
    **dict.fromkeys(("partner_get_time", "partner_get_me", "partner_list_scenarios", "partner_get_scenario"), NOBODY),
    **dict.fromkeys(("citizen_begin_shake", "citizen_get_shake"), AROUND),
    "partner_scan_card": "a scan answers an opaque reference and nothing else; the check that follows is the look",
    "partner_pair_counter": NOBODY,
    "partner_list_card_words": NOBODY,
    "partner_read_code_picture": "turns a photograph into the text of its code; what that code stands for is not read",
    **dict.fromkeys(("partner_make_test_citizen", "partner_list_test_citizens", "partner_get_test_citizen"), TEST),
    **dict.fromkeys(("partner_make_test_code", "partner_make_test_consent", "partner_delete_test_citizen"), TEST),
    "partner_reset_sandbox": TEST,
    **dict.fromkeys(("partner_get_sandbox_clock", "partner_advance_sandbox_clock"), NOBODY),
    "partner_trigger_event": "an example of ids that nothing has; of a test citizen's it is logged like any",
    **dict.fromkeys(("partner_list_own_keys", "partner_add_own_key", "partner_revoke_own_key"), NOBODY),
    **dict.fromkeys(("partner_get_own_contacts", "partner_put_own_contacts"), "the partner's own staff; no citizen"),
    **dict.fromkeys(("partner_get_own_checklist", "partner_pin_version"), NOBODY),
    **dict.fromkeys(("partner_list_events", "partner_get_event"), "ids and a status; each was logged when it was told"),
    **dict.fromkeys(("partner_create_endpoint", "partner_list_endpoints", "partner_get_endpoint"), NOBODY),
    **dict.fromkeys(("partner_change_endpoint", "partner_delete_endpoint", "partner_rotate_secret"), NOBODY),
    **dict.fromkeys(("partner_try_endpoint", "partner_list_deliveries"), NOBODY),
    **dict.fromkeys(("partner_list_statements", "partner_get_statement", "partner_get_statement_file"), BOOKS),
    "partner_redeliver_event": "the same ids and status once more, to the same partner",
    **dict.fromkeys(("department_list_disputes", "department_list_repairs", "department_list_corrections"), NOBODY),
    **dict.fromkeys(("department_get_batch", "department_list_batches", "department_list_refusals"), NOBODY),
    **dict.fromkeys(("department_get_catalogue", "department_get_template"), NOBODY),
}
"""Operations of partners, departments and citizens among each other that are none."""

JOBS = {
    "citizen.notify": MACHINE,
    "enrolment.pull": "logged: pulled",
    "correction.apply": "logged: correction.accepted",
    "remedy.apply": "logged: dispute.withdrawn",
    "dispute deadlines": MACHINE,
    "review.apply": "logged: review.changed",
    **dict.fromkeys(("review.take-over", "card.seal-nickname"), "a text becomes a cipher: it is shown to nobody"),
    "order timers": MACHINE,
    "scores": "logged: scored",
    "signing keys": NOBODY,
    **dict.fromkeys(("pack.simulate", "offer.simulate"), "logged: simulated"),
    **dict.fromkeys(("packs shipped", "offers shipped"), NOBODY),
    **dict.fromkeys(("packs take effect", "offers announced"), MACHINE),
    **dict.fromkeys(("order disputes", "kept-promise.take-back"), MACHINE),
    "kept promises": "logged: ingested",
    "retention": "a clock ends or deletes the person's own records; they are told by an event, and have a proof",
    "statements": "adds up the partners' books; no line names anyone",
    "population files": "deletes what a killed run left in its folder, unread",
    "sandboxes": "removes test citizens, unread",
    "reports": MACHINE,
    "shakes": "empties sessions whose thirty seconds are over, unread",
    **dict.fromkeys(("held cards", "cleaning"), "deletes what is past its time, unread"),
}
"""Topics of the outbox and ticks of the worker."""

COMMANDS = {
    **dict.fromkeys(("demo", "serve", "worker", "db", "spec", "docs"), NOBODY),
    "pack": "logged: simulated; its other commands read files",
    "scenario": "logged: simulated; its other commands read files, or decide for made-up facts",
    **dict.fromkeys(("partner", "client", "operator"), "the credit office's own registers; no citizen's data"),
    "curl": "through the API, as whom it names",
    "consent": "through the API, as whom it names",
    "webhook": "a receiver of one's own: what arrives was told already",
    "card": "through the API, or a card that is held in one's hand",
    "report": "through the API: its person's own, or a check that is logged like any",
    "receipt": "a receipt that is held in one's hand, and says nothing of a person",
    "ingest": "logged: ingested",
    "score": "logged: scored, or as one run over everyone: test_13_runs_over_everyone.py",
    "otp": "an operator's own second factor",
    "key": "one cipher becomes another, or a key its successor: no text is shown to anyone",
    "log": "compares hashes; prints numbers of rows, not what they say",
}
"""Groups and commands of `xinyi`."""


def audience(name: str) -> str:
    return next(operation.audience for operation in OPERATIONS if operation.id == name)


def why_not(name: str) -> str | None:
    """Why an operation is no look; an operator's are audited, and touch people in corrections alone."""
    reasons = {"citizen": OWN, "operator": NOBODY, "anyone": LOGIN}
    return NOT_LOOKS.get(name) or reasons.get(audience(name))


@pytest.mark.parametrize("name", [operation.id for operation in OPERATIONS])
def test_every_route_logs_a_look_or_says_why_it_is_none(name: str) -> None:
    assert name in LOGGED or why_not(name), "does it show somebody's data to somebody else? Then log it"


def test_operators_reach_people_in_named_routes_only() -> None:
    """A new route of operators joins LOGGED, or this list of what is about no citizen."""
    about_nobody = {
        *("partners", "scenarios", "packs", "offers", "actions", "statistics", "batches"),
        *("approvals", "operators", "me"),
    }
    rooms = {
        operation.path.split("/")[3]
        for operation in OPERATIONS
        if operation.audience == "operator" and operation.id not in LOGGED
    }
    queues = ("corrections", "disputes", "order-disputes", "repairs", "reviews")
    assert rooms <= {*about_nobody, *queues}
    for queue in queues:
        unlogged = [op.id for op in OPERATIONS if op.path.startswith(f"/operator/v1/{queue}") and op.id not in LOGGED]
        assert unlogged == [f"operator_list_{queue.replace('-', '_')}"], "a queue names nobody: test_corrections.py"


def test_every_job_and_command_logs_or_says_why_not() -> None:
    assert set(JOBS) == {*HANDLERS, *(tick.name for tick in TICKS)}
    assert isinstance(main, click.Group)
    assert set(COMMANDS) == set(main.commands)


class Log:
    """What was logged since the last time that it was asked, of everybody."""

    def __init__(self, session: Session) -> None:
        self.session, self.seen = session, 0
        self.fresh()

    def fresh(self) -> set[str]:
        rows = self.session.scalars(select(AccessLogRow.action).order_by(AccessLogRow.id).offset(self.seen)).all()
        self.seen = self.session.scalar(select(func.count()).select_from(AccessLogRow)) or 0
        return set(rows)


def looks(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each operation of LOGGED as it really happens."""
    yield from _of_partners(app, session)
    yield from _of_departments(app, session)
    yield from _of_the_office(app, session)
    yield from looks_at_remedies(app, session)
    yield from looks_at_order_disputes(app, session)
    yield from looks_of_citizens(app, session)


def _of_partners(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    world = World(app, session, people=600)
    me = world.person("hangzhou", 700)
    partner = world.partner("hz-library-card")
    checks = "/partner/v1/eligibility-checks"
    scan = world.scan(partner, me)["id"]
    asked = {"scenario": "hz-library-card", "scan_id": scan}
    yield "partner_check_eligibility", lambda: partner.post(checks, json=asked)
    check = world.check(partner, me, "hz-library-card").json["id"]
    yield "partner_get_check", lambda: partner.get(f"{checks}/{check}")
    ref = world.consent(me, partner, "score:read").citizen_ref
    yield "partner_read_score", lambda: partner.get(f"/partner/v1/citizens/{ref}/score")
    yield from looks_at_orders(app, session)
    box = Sandbox(app, session)
    act, played = {"action": "confirm"}, str(box.order()["id"])
    yield "partner_simulate_order", lambda: box.partner.post(f"{ROOM}/orders/{played}/simulate", json=act)


def _of_departments(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    kit = World(app, session).kit
    make_member(session, kit, serial=701)
    row = a_row("D-1", "volunteer_service", days_ago(kit), serial=701)
    body = {name: value for name, value in row.items() if name != "source_record_id"}
    department = as_department(app, session, "social_work")
    yield from looks_at_entities(app, session)
    order = ("source_record_id", "item", "name", "id_number", "event_on", "quantity", "expires_on")
    header = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至"
    text = header + "\n" + ",".join(str({**row, "source_record_id": "D-2"}.get(name, "")) for name in order) + "\n"
    file = {"data": text.encode(), "content_type": "text/csv"}
    one = "/department/v1/records/D-1"
    yield "department_put_record", lambda: department.put(one, json=body)
    yield "department_withdraw_record", lambda: department.post(f"{one}/withdraw", json={"reason": "误报"})
    yield "department_take_batch", lambda: department.post("/department/v1/batches", **file)


def _of_the_office(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    kit = World(app, session).kit
    clerk = make_citizen(session, kit.pii, kit.clock(), serial=801)
    desk = as_operator(app, session, clerk, put(session, "idn_801", "王专员", ["office"], kit.clock()))
    me = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=802))
    wrong = {"about": "identity", "field": "name", "statement": "字错了"}
    case = f"/operator/v1/corrections/{me.post('/citizen/v1/corrections', json=wrong).json['id']}"
    yield "operator_get_correction", lambda: desk.get(case)
    answer = {"outcome": "refused", "reason": "与平台一致"}
    yield "operator_answer_correction", lambda: desk.post(f"{case}/answer", json=answer)
    check = World(app, session, people=810)
    citizen, asks = decided(check, check.person("hangzhou", 572))
    review = f"/operator/v1/reviews/{ask(citizen, 'decisions', asks['id'])['id']}"
    yield "operator_get_review", lambda: desk.get(review)
    stands = {"outcome": "stands", "reason": "核对无误"}
    yield "operator_answer_review", lambda: desk.post(f"{review}/answer", json=stands)


def test_each_look_is_logged_in_the_moment_in_which_it_happens(app: Flask, session: Session) -> None:
    log, done = Log(session), set()
    for name, act in looks(app, session):
        log.fresh()
        answer = act()
        assert answer.status_code in (200, 201), (name, answer.text)
        assert LOGGED[name] in log.fresh(), name
        done.add(name)
    assert done == set(LOGGED)


def test_what_the_worker_reads_is_logged(app: Flask, session: Session) -> None:
    world = World(app, session)
    me: TestCaller = as_citizen(app, session, world.person("xiamen"))
    notice = me.get("/citizen/v1/enrolment").json["notice"]["version"]
    me.post("/citizen/v1/enrolment", json={"notice_version": notice})
    log = Log(session)
    Worker(world.kit).work()
    assert "scored" in log.fresh()
    assert timedelta(0) < TICKS[1].every
