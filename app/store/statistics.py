"""What the credit office may count: people over the whole city, once in a cell."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.store.citizens import Citizen
from app.store.decisions import DecisionRow
from app.store.enrolments import Enrolment
from app.store.order_rows import OrderRow
from app.store.sandbox import is_person
from app.store.scores import Score


def members_by_city(session: Session) -> Mapping[str, int]:
    """Members by home city."""
    query = select(Citizen.city, func.count()).join(Enrolment, Enrolment.citizen_id == Citizen.citizen_id)
    return _cells(session, query.where(is_person(Citizen.citizen_id)).group_by(Citizen.city))


def members_by_grade(session: Session) -> Mapping[str, int]:
    """Members by score pack and grade, `pack/grade`."""
    return _people(session, Score.citizen_id, Score.pack, Score.grade)


def checked_by_scenario(session: Session) -> Mapping[str, int]:
    """People about whom a decision was made, by scenario."""
    return _people(session, DecisionRow.citizen_id, DecisionRow.scenario)


def orders_by_status(session: Session) -> Mapping[str, int]:
    """People with orders, by scenario and status, `scenario/status`."""
    return _people(session, OrderRow.citizen_id, OrderRow.scenario, OrderRow.status)


def _people(
    session: Session, citizen_id: InstrumentedAttribute[str], *names: InstrumentedAttribute[str]
) -> Mapping[str, int]:
    cell: ColumnElement[str] = func.concat_ws("/", *names)
    people = select(cell, func.count(citizen_id.distinct())).where(is_person(citizen_id))
    return _cells(session, people.group_by(*names))


def _cells(session: Session, query: Select[str, int]) -> Mapping[str, int]:
    return {str(row[0]): int(row[1]) for row in session.execute(query)}
