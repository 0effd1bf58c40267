"""Guardrail 7: an adverse fact can be repaired from its class's minimum term on, as the law has it, and no later."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.calendar import add_months
from app.domain.pack import LONGEST_SHOWN_MONTHS, LegalClass
from app.domain.remedy import SHORTEST_SHOWN_MONTHS, repairable_from
from app.packs import load_packs
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import as_citizen
from tests.support.remedying import member, penalty_of

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_the_terms_are_those_of_the_law() -> None:
    """国办发〔2025〕22号: 一般 three months to a year, 严重 one to three years."""
    assert SHORTEST_SHOWN_MONTHS == {LegalClass.GENERAL: 3, LegalClass.SERIOUS: 12}
    assert all(SHORTEST_SHOWN_MONTHS[kind] < LONGEST_SHOWN_MONTHS[kind] for kind in LegalClass)


@given(st.sampled_from(list(LegalClass)), DAYS)
def test_it_is_always_possible_before_the_fact_would_have_left_by_itself(kind: LegalClass, decided_on: date) -> None:
    first = repairable_from(kind, decided_on)
    assert decided_on < first < add_months(decided_on, LONGEST_SHOWN_MONTHS[kind])


@pytest.mark.parametrize("pack", load_packs().values(), ids=lambda pack: pack.code)
def test_every_adverse_item_has_a_class_so_that_each_can_be_repaired(pack) -> None:
    assert all(item.legal_class for item in pack.items() if item.kind == "adverse")


@pytest.mark.parametrize(("serious", "months"), [(False, 3), (True, 12)])
def test_to_the_day(app: Flask, session: Session, kit: Kit, clock: Clock, serious: bool, months: int) -> None:
    me = member(session, kit, days=30, serious=serious)
    record = penalty_of(session, me)
    path, body = f"/citizen/v1/records/{record.id}/repairs", {"statement": "已改正"}
    first = add_months(record.event_on, months)
    clock.moment = clock.moment.replace(year=first.year, month=first.month, day=first.day)
    clock.advance(days=-1)
    assert as_citizen(app, session, me).post(path, json=body).json["code"] == "repair-too-early"
    clock.advance(days=1)
    assert as_citizen(app, session, me).post(path, json=body).status_code == 201
