"""Data keys and the master secret change while the city is served; no row is lost, none stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli import main
from app.config import DEVELOPMENT_SECRET, Settings
from app.factory import build_kit, create_app
from app.services import data_keys as service
from app.store import citizens, data_keys
from app.store.base import Base
from app.store.citizens import Citizen, RealName
from app.store.data_keys import DataKey, WrongMasterSecret
from app.store.kept import KEPT_SECONDS
from app.store.pii import PiiBox
from app.store.sealing import sealed_columns
from tests.conftest import ROOT, Clock
from tests.support import before_data_keys
from tests.support.people import id_number
from tests.support.sealing import EXCUSED, fill, opened, versions

NEW = "another-master-secret-0123456789-abcdefgh"
NAME = Base.metadata.tables["citizens"].columns["sealed_name"]
Boxes = Callable[..., PiiBox]


@pytest.fixture
def box(real_db: Engine, clock: Clock) -> Boxes:
    """The keys of a process of the city; its seconds pass with the test's clock."""
    sessions = sessionmaker(real_db, expire_on_commit=False)
    return lambda new=DEVELOPMENT_SECRET, old="": PiiBox(sessions, new, old, lambda: clock().timestamp())


@pytest.fixture
def db_session(real_db: Engine) -> Session:
    return Session(real_db)


@pytest.fixture
def filled(real_db: Engine, box: Boxes, clock: Clock) -> list[str]:
    with Session(real_db) as session, session.begin():
        return fill(session, box(), clock())


def rotate(db: Engine, pii: PiiBox) -> int:
    with Session(db) as session, session.begin():
        return service.rotate(session, pii)[0]


def reencrypt(db: Engine, pii: PiiBox, limit: int = 2) -> int:
    """Every sealed column in batches, each its own transaction; how many fields changed."""
    pii.renew()
    total = 0
    for column in sealed_columns():
        part = service.Batch(limit, 0, ())
        while part.found == limit:
            with Session(db) as session, session.begin():
                part = service.reencrypt(session, pii, column, after=part.last, limit=limit)
            total += part.changed
    return total


def test_every_sealed_column_moves_to_the_new_key_and_reads_the_same(
    real_db: Engine, box: Boxes, filled: list[str], clock: Clock
) -> None:
    pii = box()
    with Session(real_db) as session:
        before, finds = opened(session, pii), pii.keyed_hash("x")
        assert {name.split(".")[0] for name, held in before.items() if not held} <= EXCUSED
    assert rotate(real_db, pii) == 2
    assert reencrypt(real_db, pii) == sum(len(held) for held in before.values())
    with Session(real_db) as session:
        assert versions(session) == {2}
        assert opened(session, box()) == before
        assert (pii.keyed_hash("x"), box().keyed_hash("x")) == (finds, finds)
        assert pii.pairwise_subject("shop", filled[0]) == box().pairwise_subject("shop", filled[0])
    assert reencrypt(real_db, pii) == 0, "a second walk finds nothing"


def test_a_new_version_waits_until_the_last_one_is_done(
    real_db: Engine, box: Boxes, filled: list[str], clock: Clock
) -> None:
    pii = box()
    assert [rotate(real_db, pii), rotate(real_db, pii)] == [2, 2]
    assert not finished(real_db, pii, clock)
    reencrypt(real_db, pii)
    assert finished(real_db, pii, clock)
    assert rotate(real_db, pii) == 3


def finished(db: Engine, pii: PiiBox, clock: Clock) -> bool:
    """As `finish` a moment after every process has learned of the key; keys' births are the database's time."""
    with Session(db) as session, session.begin():
        born = max(row.created_at for row in data_keys.everything(session))
        return service.finish(session, pii, born + service.SETTLED)


def test_a_process_that_has_not_heard_reads_the_new_version_and_soon_writes_it(
    real_db: Engine, box: Boxes, clock: Clock
) -> None:
    one, late = box(), box()
    assert (one.version, late.version) == (1, 1)
    rotate(real_db, one)
    one.renew()
    assert late.decrypt(one.encrypt("name", context="c"), context="c") == "name"
    clock.advance(seconds=KEPT_SECONDS + 0.1)
    assert late.encrypt("name", context="c")[1] == 2


def test_what_someone_else_writes_meanwhile_stays(real_db: Engine, box: Boxes, filled: list[str], clock: Clock) -> None:
    """Compare and set: a login writes one name and a leaving empties another, between our reading and our writing."""

    class Interrupted(PiiBox):
        def encrypt(self, text: str, *, context: str) -> bytes:
            if context == f"name:{filled[0]}":
                with Session(real_db) as other, other.begin():
                    renamed = RealName("李新名", id_number(0), "xiamen", "al2")
                    assert citizens.upsert(other, writer, renamed, clock()) == filled[0]
                    citizens.erase_identity(other, filled[1])
            return super().encrypt(text, context=context)

    writer = box()
    rotate(real_db, writer)
    writer.renew()
    walker = Interrupted(sessionmaker(real_db), DEVELOPMENT_SECRET)
    reencrypt(real_db, walker, limit=10)
    with Session(real_db) as session:
        assert citizens.real_name(session, writer, filled[0]) == RealName("李新名", id_number(0), "xiamen", "al2")
        assert citizens.vouched(session, writer, filled[1]) is None
        assert versions(session) == {2}


def test_a_walk_that_is_killed_is_taken_up_where_it_was(real_db: Engine, box: Boxes, clock: Clock) -> None:
    with Session(real_db) as session, session.begin():
        fill(session, box(), clock(), people=400)
    rotate(real_db, box())
    environment = {**os.environ, "DATABASE_URL": real_db.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "app.cli", "key", "reencrypt", "--batch", "1"]
    walk = subprocess.Popen(command, cwd=ROOT, env=environment)
    while not moved(real_db):
        assert walk.poll() is None
        time.sleep(0.05)
    walk.send_signal(signal.SIGKILL)
    walk.wait()
    assert 0 < moved(real_db) < 400
    pii = box()
    assert reencrypt(real_db, pii, limit=500) > 0
    with Session(real_db) as session:
        assert versions(session) == {2}
        assert len(set(opened(session, pii)["citizens.sealed_name"])) == 400


def moved(db: Engine) -> int:
    with Session(db) as session:
        names = session.scalars(select(Citizen.sealed_name)).all()
    return sum(name is not None and name[1] == 2 for name in names)


def test_a_new_master_secret_takes_over_while_both_are_known(real_db: Engine, box: Boxes, filled: list[str]) -> None:
    running, both = box(), box(NEW, DEVELOPMENT_SECRET)
    with Session(real_db) as session:
        before = opened(session, running)
        assert opened(session, both) == before
    for wrapped in (3, 0):
        with Session(real_db) as session, session.begin():
            assert service.rewrap(session, both) == wrapped
    with Session(real_db) as session:
        assert opened(session, box(NEW)) == before
        running.renew()
        assert opened(session, running) == before, "one that runs goes on until it is started anew"
    with pytest.raises(WrongMasterSecret, match="XINYI_MASTER_SECRET"):
        box().renew()


def test_rows_from_before_there_were_data_keys_read_on(real_db: Engine, box: Boxes, clock: Clock) -> None:
    with Session(real_db) as session, session.begin():
        session.execute(delete(DataKey))
        citizen_id = before_data_keys.add_citizen(session, DEVELOPMENT_SECRET, "张旧行", id_number(3), clock())
    pii = box(NEW, DEVELOPMENT_SECRET)
    with Session(real_db) as session:
        assert citizens.find_by_number(session, pii, id_number(3)) == citizen_id
        known = citizens.real_name(session, pii, citizen_id)
        assert known is not None
        assert known.name == "张旧行"


def test_a_new_city_has_keys_that_no_secret_derives(real_db: Engine, box: Boxes, clock: Clock) -> None:
    with Session(real_db) as session, session.begin():
        session.execute(delete(DataKey))
    sealed = before_data_keys.sealed(DEVELOPMENT_SECRET, "name", "c")
    with pytest.raises(InvalidTag):
        box().decrypt(sealed, context="c")


def test_a_ciphertext_moved_to_another_row_is_refused(real_db: Engine, box: Boxes, filled: list[str]) -> None:
    pii = box()
    with Session(real_db) as session, session.begin():
        one, other = (session.get_one(Citizen, citizen_id) for citizen_id in filled[:2])
        one.sealed_name = other.sealed_name
        session.flush()
        with pytest.raises(InvalidTag):
            citizens.real_name(session, pii, filled[0])


@pytest.mark.parametrize("place", [0, 1, 2, -1])
def test_a_ciphertext_changed_anywhere_is_refused(box: Boxes, place: int) -> None:
    pii = box()
    changed = bytearray(pii.encrypt("name", context="c"))
    changed[place] ^= 64
    with pytest.raises(InvalidTag):
        pii.decrypt(bytes(changed), context="c")


def test_a_process_with_another_secret_does_not_serve_and_says_why(
    real_db: Engine, box: Boxes, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    box().renew()
    app = create_app(kit=build_kit(replace(settings, master_secret=NEW), engine=real_db))
    assert app.test_client().get("/readyz").status_code == 503
    assert "XINYI_MASTER_SECRET is not the one" in caplog.text
    assert NEW not in caplog.text


@pytest.fixture
def run(real_db: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`xinyi key …` on this test's database; what it prints."""
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))

    def run(*arguments: str, secret: str = DEVELOPMENT_SECRET, old: str = "") -> str:
        monkeypatch.setenv("XINYI_MASTER_SECRET", secret)
        monkeypatch.setenv("XINYI_MASTER_SECRET_OLD", old)
        return CliRunner().invoke(main, ["key", *arguments]).output

    return run


def test_the_runbook_works_from_the_command_line(run: Callable[..., str], filled: list[str]) -> None:
    assert "version 2 writes" in run("rotate-data")
    assert "version 2 writes already" in run("rotate-data")
    assert "run it again in a minute" in run("reencrypt")
    assert "0 fields" in run("reencrypt")
    assert "3 data keys wrapped anew" not in run("rewrap")
    assert "4 data keys wrapped anew" in run("rewrap", secret=NEW, old=DEVELOPMENT_SECRET)
    refused = run("list")
    assert refused.startswith("Error: XINYI_MASTER_SECRET is not the one")
    assert len(refused.splitlines()) == 1
    told = run("list", secret=NEW)
    assert NEW not in told
    assert "version 2" in told


def test_a_row_that_was_tampered_with_is_named_in_one_line(
    real_db: Engine, run: Callable[..., str], filled: list[str]
) -> None:
    with Session(real_db) as session, session.begin():
        one, other = (session.get_one(Citizen, citizen_id) for citizen_id in filled[:2])
        one.sealed_name = other.sealed_name
    run("rotate-data")
    told = run("reencrypt")
    assert told.startswith("Error: citizens.sealed_name of")
    assert filled[0] in told
    assert len(told.splitlines()) == 1


def test_signing_keys_are_listed_rotated_and_withdrawn_from_the_command_line(run: Callable[..., str]) -> None:
    told = run("list")
    kid = next(line.split()[1] for line in told.splitlines() if line.startswith("token"))
    assert f"{kid}  signing" in told
    assert "announced" in run("rotate", "token")
    assert run("withdraw", kid).startswith(f"Error: {kid} is signing")
    assert f"{kid} is withdrawn" in run("withdraw", kid, "--now")
    assert f"{kid}  withdrawn" in run("list")
    signing = next(line.split()[1] for line in run("list").splitlines() if "signing" in line)
    assert "is retired" in run("retire", signing)
    assert "xinyi key list" in run("retire", "nobody")
