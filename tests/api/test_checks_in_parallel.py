"""Checks under parallel calls, with true commits: one scan a code, one answer a scan, one row a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services import access, consents
from app.store.consents import ConsentRow
from app.store.decisions import DecisionRow
from app.store.outer_ids import OuterId
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World

CALLS = 20
CHECKS = "/partner/v1/eligibility-checks"


@pytest.fixture
def world(real_app: Flask, real_db: Engine) -> Iterator[World]:
    with Session(real_db, expire_on_commit=False) as session:
        yield World(real_app, session)


def at_once(world: World, partner: TestCaller, path: str, body: object, key: str | None = None) -> list[TestResponse]:
    """The same body, twenty times at the same moment."""
    barrier = Barrier(CALLS)

    def call(_: int) -> TestResponse:
        own = TestCaller(world.app.test_client(), partner.kit, partner.token, partner.key, partner.client_id, "")
        barrier.wait()
        return own.post(path, json=body, headers={"Idempotency-Key": key} if key else {})

    with ThreadPoolExecutor(CALLS) as pool:
        return list(pool.map(call, range(CALLS)))


def test_one_code_opens_one_scan(world: World) -> None:
    partner, code = world.partner("hz-library-card"), world.code(world.person("hangzhou", 600))
    answers = at_once(world, partner, "/partner/v1/card-scans", {"code": code})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CALLS - 1}


def test_one_scan_answers_one_check_in_one_row_of_a_whole_chain(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    asked = {"scenario": "hz-library-card", "scan_id": world.scan(partner, citizen)["id"]}
    answers = at_once(world, partner, CHECKS, asked)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CALLS - 1}
    verdict = access.verify(world.session, citizen)
    assert (verdict.whole, verdict.rows) == (True, 1)


def test_one_idempotency_key_is_one_check(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, "eligibility:hz-library-card")
    asked = {"scenario": "hz-library-card", "consent_id": consent.consent_id}
    answers = at_once(world, partner, CHECKS, asked, key="the-same")
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert world.session.scalar(select(func.count()).select_from(DecisionRow)) == 1


def test_checks_by_one_consent_each_leave_one_row(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, "eligibility:hz-library-card")
    answers = at_once(world, partner, CHECKS, {"scenario": "hz-library-card", "consent_id": consent.consent_id})
    assert {answer.status_code for answer in answers} == {201}
    verdict = access.verify(world.session, citizen)
    assert (verdict.whole, verdict.rows) == (True, CALLS)


def test_of_two_consents_granted_at_once_one_stays(world: World) -> None:
    partner, citizen, kit = world.partner(), world.person(), world.kit

    def grant(number: int) -> str:
        with kit.sessions.begin() as session:
            return consents.grant(
                session,
                kit.pii,
                citizen_id=citizen,
                partner_id=world.partner_id(partner),
                scope="eligibility:hz-library-card",
                term_days=30,
                grant_id=f"grt_{number}",
                now=kit.clock(),
            ).consent_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(grant, range(8)))) == 8
    open_ones = select(func.count()).select_from(ConsentRow).where(ConsentRow.ended_at.is_(None))
    assert world.session.scalar(open_ones) == 1


@pytest.mark.parametrize("by", ["scan", "consent"])
def test_who_leaves_in_the_middle_of_a_check_leaves_nothing_behind(world: World, by: str) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    right = (
        {"scan_id": world.scan(partner, citizen)["id"]}
        if by == "scan"
        else {"consent_id": world.consent(citizen, partner, "eligibility:hz-library-card").consent_id}
    )
    me = as_citizen(world.app, world.session, citizen)
    barrier = Barrier(2)

    def together(call: Callable[[], TestResponse]) -> TestResponse:
        barrier.wait()
        return call()

    calls = [
        lambda: partner.post(CHECKS, json={"scenario": "hz-library-card", **right}),
        lambda: me.delete("/citizen/v1/enrolment"),
    ]
    with ThreadPoolExecutor(2) as pool:
        checked, left = pool.map(together, calls)
    assert left.status_code < 300
    assert checked.status_code in (201, 404)
    kinds = select(OuterId.kind).where(OuterId.citizen_id == citizen)
    assert "decision" not in world.session.scalars(kinds).all()
    assert not world.session.scalars(select(DecisionRow.id).where(DecisionRow.citizen_id == citizen)).all()
