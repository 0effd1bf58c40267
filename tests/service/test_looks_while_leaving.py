"""Who leaves while their own card is signed or their report is read leaves no look behind: nothing of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.citizen import reports
from app.services import card_tokens, leaving
from app.store.access_log import AccessLogRow
from tests.support.cards import CardHolders
from tests.support.entities import Register


@pytest.fixture
def register(real_app: Flask, real_db: Engine) -> Iterator[Register]:
    with Session(real_db) as session:
        yield Register(real_app, session)


def leaves(engine: Engine, citizen_id: str, holders: CardHolders) -> bool:
    """Whether someone can leave just now; else whoever is busy with their data makes it wait."""
    with Session(engine) as session:
        session.execute(text("set local lock_timeout = '50ms'"))
        try:
            leaving.leave(session, citizen_id, holders.kit.clock())
        except OperationalError:
            return False
        session.commit()
    return True


def meanwhile(work: Callable[..., Any], happens: Callable[[], object]) -> Callable[..., Any]:
    """`work`, in the middle of which something happens."""

    def both(*given: Any, **named: Any) -> Any:
        happens()
        return work(*given, **named)

    return both


@pytest.mark.parametrize(
    ("module", "name", "method", "path"),
    [
        (card_tokens, "sign", "POST", "/citizen/v1/name-card/offline"),
        (card_tokens, "sign_entity", "POST", "/citizen/v1/entities/{entity}/card/offline"),
        (reports, "document", "GET", "/citizen/v1/reports/latest"),
        (reports, "entity_document", "GET", "/citizen/v1/reports/latest?entity_id={entity}"),
    ],
)
def test_a_look_at_oneself_is_over_before_one_has_left(
    register: Register, real_db: Engine, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, method: str, path: str
) -> None:
    me, citizen_id, number = register.person()
    register.put(number)
    left: list[bool] = []
    monkeypatch.setattr(
        module,
        name,
        meanwhile(getattr(module, name), lambda: left.append(leaves(real_db, citizen_id, register.holders))),
    )
    body = {"json": {"purpose": "introduction"} if "name-card" in path else {}} if method == "POST" else {}
    answer = me.request(method, path.format(entity=register.mine(me)), **body)
    assert (answer.status_code, left) == (200 if method == "GET" else 201, [False]), "the leaving waits for the look"
    assert leaves(real_db, citizen_id, register.holders)
    register.session.rollback()
    kept = select(func.count()).where(AccessLogRow.citizen_id == citizen_id)
    assert register.session.scalar(kept) == 0
