"""Every look that departments and the office take at remedies, as it really happens (guardrail 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.web.kit import EXTENSION, Kit
from tests.support.callers import as_citizen, as_department
from tests.support.correcting import ask as ask_correction
from tests.support.members import a_penalty, days_ago, file_rows
from tests.support.office import operator
from tests.support.remedying import SOURCE, dispute, member, overdue, penalties_of, repair


def looks_at_remedies(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Operation → the call that is the look."""
    kit: Kit = app.extensions[EXTENSION]
    department, asked = as_department(app, session, SOURCE), {}
    for serial, late in ((820, False), (821, True)):
        me = member(session, kit, serial=serial)
        other = a_penalty(f"P-{serial}-2", days_ago(kit, 160), serial=serial)
        file_rows(session, kit, SOURCE, other)
        first, second = penalties_of(session, me)
        asked[late] = (dispute(session, kit, me, first.id).id, repair(session, kit, me, second.id).id)
        if late:
            overdue(session, kit)
    (open_, wish), (late_dispute, late_repair), late_one = asked[False], asked[True], me
    said = {"reason": "经核实", "document": "函"}
    paths = [f"/department/v1/disputes/{open_}", f"/department/v1/repairs/{wish}"]
    yield "department_get_dispute", lambda: department.get(paths[0])
    yield "department_answer_dispute", lambda: department.post(f"{paths[0]}/answer", json=said | {"outcome": "upheld"})
    yield "department_get_repair", lambda: department.get(paths[1])
    yield "department_answer_repair", lambda: department.post(f"{paths[1]}/answer", json=said | {"outcome": "refused"})
    wrong = ask_correction(as_citizen(app, session, late_one), penalties_of(session, late_one)[0].id)["id"]
    yield "department_get_correction", lambda: department.get(f"/department/v1/corrections/{wrong}")
    refusal, to = said | {"outcome": "refused"}, f"/department/v1/corrections/{wrong}/answer"
    yield "department_answer_correction", lambda: department.post(to, json=refusal)
    yield "department_repair_record", lambda: department.post("/department/v1/records/P-820/repair", json=said)
    desk = operator(app, session, "office", serial=822)
    cases = [f"/operator/v1/disputes/{late_dispute}", f"/operator/v1/repairs/{late_repair}"]
    yield "operator_get_dispute", lambda: desk.get(cases[0])
    yield "operator_answer_dispute", lambda: desk.post(f"{cases[0]}/answer", json=said | {"outcome": "upheld"})
    yield "operator_get_repair", lambda: desk.get(cases[1])
    yield "operator_answer_repair", lambda: desk.post(f"{cases[1]}/answer", json=said | {"outcome": "refused"})
