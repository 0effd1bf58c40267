"""Leaving takes a person out of every table; what stays is declared, explained and holds nothing of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, Table, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import SYSTEM
from app.services import access, leaving
from app.store import access_log, citizens, models, outer_ids
from app.store import leaving as store
from app.store.citizens import RealName
from app.store.pii import PiiBox
from app.web.kit import Kit
from app.web.texts import catalogue
from tests.support.people import id_number
from tests.support.rows import a_row

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NAME, NUMBER = "欧阳离开", id_number(77)
PEOPLE = sorted(store.tables_of_people(), key=lambda table: table.name)
KEPT = {table.name for table in PEOPLE if store.reason_to_keep(table)}


def person(session: Session, pii: PiiBox, serial: int = 77, name: str = NAME) -> str:
    who = RealName(name=name, id_number=id_number(serial), city="hangzhou", assurance_level="al2")
    return citizens.upsert(session, pii, who, NOW)


def fill(session: Session, citizen_id: str) -> None:
    """A row of the person in every column of every table that names a citizen."""
    for table in PEOPLE:
        for column in store.people_columns(table):
            if table.name not in ("citizens", "access_heads", "access_chain", "access_log"):
                given = {"citizen_id": f"someone-{column.name}", column.name: citizen_id}
                keys = {key.name: f"{column.name}-{table.name}-{citizen_id[-6:]}" for key in _own_keys(table)}
                session.execute(insert(table).values(a_row(table, **{**keys, **given})))
    access_log.append(session, citizen_id, now=NOW, actor=SYSTEM, action="scored", purpose="score")


def _own_keys(table: Table) -> list[object]:
    textual = [column for column in table.columns if column.type.python_type is str]
    unique = {column.name for index in table.indexes if index.unique for column in index.columns}
    return [
        column
        for column in textual
        if (column.primary_key or column.unique or column.name in unique) and not column.info.get("citizen")
    ]


TABLES = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
"""


def where_found(session: Session, *needles: str) -> set[str]:
    """The tables of the whole database in whose rows one of `needles` can be read."""
    found = 'select 1 from "{}" t where strpos(t::text, :needle) > 0 limit 1'
    return {
        name
        for name in session.scalars(text(TABLES)).all()
        for needle in needles
        if session.scalar(text(found.format(name)), {"needle": needle})
    }


@pytest.mark.parametrize("table", PEOPLE, ids=lambda table: table.name)
def test_every_table_of_people_says_what_leaving_does_to_it(table: Table) -> None:
    rule = table.info.get("on_leave")
    assert rule == "delete" or str(rule).startswith("keep: ")
    assert ("but_keep" in table.info) == ("because" in table.info)
    assert words(table.name) <= set(catalogue()) or table.name not in KEPT


def words(kept: str) -> set[str]:
    return {f"leaving.{what}.{kept}" for what in ("kept", "law", "until")}


def test_what_stays_in_a_partner_s_books_is_said_with_its_law_and_its_end() -> None:
    assert all(words(kept) <= set(catalogue()) for kept in leaving.BOOKS)


def test_no_other_table_names_a_citizen() -> None:
    for table in set(models.load().sorted_tables) - set(PEOPLE):
        assert not any("citizen" in column.name and column.name != "citizen_ref" for column in table.columns), (
            table.name
        )


def test_nothing_of_the_person_is_left_but_what_is_declared(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    fill(session, me)
    assert where_found(session, me) == {table.name for table in PEOPLE}
    receipt = leaving.leave(session, me, NOW)
    assert where_found(session, me) <= KEPT
    assert where_found(session, NAME, NUMBER) == set()
    assert set(receipt.kept) <= KEPT | set(leaving.BOOKS)
    assert citizens.real_name(session, kit.pii, me) is None


def test_others_keep_what_is_theirs(session: Session, kit: Kit) -> None:
    me, other = person(session, kit.pii), person(session, kit.pii, 78, "李四")
    fill(session, other)
    before = where_found(session, other)
    leaving.leave(session, me, NOW)
    assert where_found(session, other) == before == {table.name for table in PEOPLE}
    assert access.verify(session, other).whole


def test_the_receipt_counts_and_explains(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    fill(session, me)
    receipt = leaving.leave(session, me, NOW)
    assert receipt.left_at == NOW
    assert set(receipt.deleted) == set(leaving.COUNTED)
    assert {kind: receipt.deleted[kind] for kind in ("records", "scores", "cards", "looks")} == {
        "records": 1,
        "scores": 2,
        "cards": 7,
        "looks": 1,
    }
    assert receipt.kept["citizens"]


def test_the_log_is_erased_and_its_chain_whole(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    fill(session, me)
    leaving.leave(session, me, NOW)
    verdict = access.verify(session, me)
    assert (verdict.whole, verdict.rows, verdict.erased) == (True, 0, 1)


def test_the_login_is_found_again_and_a_fresh_one_writes_the_name(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    leaving.leave(session, me, NOW)
    assert citizens.find_by_number(session, kit.pii, NUMBER) == me
    assert person(session, kit.pii) == me
    found = citizens.real_name(session, kit.pii, me)
    assert found is not None
    assert found.name == NAME


def test_leaving_twice_is_leaving_once(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    fill(session, me)
    leaving.leave(session, me, NOW)
    again = leaving.leave(session, me, NOW)
    assert not any(again.deleted.values())


def test_ids_given_to_partners_lead_nowhere_any_more(session: Session, kit: Kit) -> None:
    me = person(session, kit.pii)
    for kind in ("consent", "citizen_ref", "decision"):
        outer_ids.register(session, f"{kind}_1", kind, me)
    leaving.leave(session, me, NOW)
    kinds = session.scalars(select(outer_ids.OuterId.kind).where(outer_ids.OuterId.citizen_id == me)).all()
    assert kinds == ["id_number"]


def test_two_taps_at_once_are_one_leaving(real_db: Engine, kit: Kit) -> None:
    sessions = sessionmaker(real_db)
    with sessions.begin() as session:
        me = person(session, kit.pii)
        fill(session, me)

    def leave(_: int) -> int:
        with sessions.begin() as session:
            return sum(leaving.leave(session, me, NOW).deleted.values())

    with ThreadPoolExecutor(4) as pool:
        counts = sorted(pool.map(leave, range(4)))
    assert counts[:3] == [0, 0, 0]
    with sessions() as session:
        assert where_found(session, me) <= KEPT
        assert access.verify(session, me).whole


def test_looks_that_come_in_meanwhile_leave_the_chain_whole(real_db: Engine, kit: Kit) -> None:
    sessions = sessionmaker(real_db)
    with sessions.begin() as session:
        me = person(session, kit.pii)

    def act(number: int) -> None:
        with sessions.begin() as session:
            if number % 5 == 4:
                leaving.leave(session, me, NOW)
            else:
                access_log.append(session, me, now=NOW, actor=SYSTEM, action="scored", purpose="score")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(act, range(40)))
    with sessions() as session:
        verdict = access.verify(session, me)
    assert verdict.whole
    assert verdict.rows + verdict.erased == 32
