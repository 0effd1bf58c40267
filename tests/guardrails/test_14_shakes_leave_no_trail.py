"""Guardrail 14: no map of people. Where someone shook their phone is known for thirty seconds, to nobody, and gone."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.citizen.shake_schemas import BegunShakeSchema, OtherShake, ShakeSchema
from app.domain.shake import LIFETIME, coarse
from app.services import shakes as service
from app.store.embedded_place import place_of
from app.web.limit_policies import QUOTAS, SUBJECT
from tests.conftest import SERVER_FOLDER, Clock
from tests.support.cards import CardHolders
from tests.support.documented import document_of
from tests.support.shaking import HERE, SHAKES, begin, confirm, hand_over

WHERE = {"place", "latitude", "longitude", "distance", "metres", "near", "square"}


def dump(engine: Engine) -> str:
    """The database as `pg_dump` writes it."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    program = place_of(SERVER_FOLDER).programs / "pg_dump"
    return subprocess.run([program, "--dbname", url], capture_output=True, check=True).stdout.decode()


@pytest.fixture
def real_holders(real_app: Flask, real_db: Engine) -> Iterator[CardHolders]:
    with Session(real_db, expire_on_commit=False) as session:
        yield CardHolders(real_app, session)


def test_no_dump_log_or_answer_tells_where_anyone_was(
    real_holders: CardHolders, real_db: Engine, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    middle = [str(part) for part in coarse(HERE)]
    people = [real_holders() for _ in range(5)]
    hand_over(people[0], people[1])
    people[2].delete(f"{SHAKES}/{begin(people[2], 'receive', '不再')['id']}")
    begin(people[3], "receive", "走了")
    begin(people[4], "give", "还在")
    assert all(part in dump(real_db) for part in middle), "while they run it is there, and the search finds it"

    clock.advance(seconds=LIFETIME.total_seconds())
    with Session(real_db) as session, session.begin():
        service.end_over(session, clock())
    after = dump(real_db)
    said = [after, *(record.getMessage() for record in caplog.records)]
    for person in people:
        pages = ("access-log", "events", "name-cards", "home")
        said += [person.get(f"/citizen/v1/{page}").text for page in pages]
    said += [person.post("/citizen/v1/data-exports").text for person in people[:2]]
    exact = [f"{part:.4f}" for part in HERE]
    assert not [part for part in (*middle, *exact) if any(part in one for one in said)]
    assert not [name for name in ("不再", "走了", "还在") if name in after], (
        "nicknames of sessions are sealed, and gone"
    )


def test_a_place_is_in_no_write_ahead_log(db: Engine) -> None:
    with db.connect() as connection:
        kind = connection.scalar(text("select relpersistence from pg_class where relname = 'shakes'"))
    assert kind == "u", "unlogged: in no archive, replica or base backup"


def test_no_answer_has_a_word_for_where(app: Flask) -> None:
    for schema in (OtherShake, ShakeSchema, BegunShakeSchema):
        assert not WHERE & set(schema().fields)
    lists = [path for path in document_of(app)["paths"] if "shakes" in path]
    assert lists == [SHAKES, f"{SHAKES}/{{shake_id}}", f"{SHAKES}/{{shake_id}}/confirm"]
    assert "get" not in document_of(app)["paths"][SHAKES], "nobody lists who shakes"


def test_a_city_cannot_be_walked_through_by_one_person() -> None:
    """A phone can lie about its place; sixty lies a day show thirty seconds of sixty squares."""
    assert QUOTAS["shake"][SUBJECT] == "60/day"


def test_a_stranger_who_asks_everyone_around_is_given_nothing(app: Flask, session: Session) -> None:
    holders = CardHolders(app, session)
    givers = [holders() for _ in range(3)]
    sessions = [begin(giver, "give", f"老师{letter}") for giver, letter in zip(givers, "甲乙丙", strict=True)]
    stranger = holders()
    mine = begin(stranger, "receive", "老师甲")
    for session in sessions:
        assert confirm(stranger, mine, session).status_code == 200
    assert stranger.get("/citizen/v1/name-cards").json["data"] == []
