"""The access log is one whole chain a person; whatever is changed, dropped or slipped in afterwards shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import SYSTEM
from app.services import access
from app.services.access import Verdict
from app.store import access_chain, access_erasure, access_log

NOW = datetime(2026, 11, 20, 4, 0, 0, 123456, tzinfo=UTC)
ME, OTHER = "cit_me", "cit_other"


def look(session: Session, citizen_id: str = ME, purpose: str = "test") -> str:
    return access_log.append(
        session,
        citizen_id,
        now=NOW,
        actor=SYSTEM,
        action="scored",
        purpose=purpose,
        fields=["score"],
        scenario="hz-transit-ride",
        ref="dec_1",
        outcome="credit",
    )


def five(session: Session) -> None:
    for _ in range(5):
        look(session)
    look(session, OTHER)


def after(session: Session, change: str) -> Verdict:
    """The verdict after someone with every right, past the triggers, changed the tables."""
    five(session)
    assert access.verify(session, ME) == Verdict(rows=5)
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text(change))
    session.expire_all()
    assert access.verify(session, OTHER).whole
    return access.verify(session, ME)


def test_nobody_looked_is_whole(session: Session) -> None:
    assert access.verify(session, ME) == Verdict()


def test_numbers_count_each_persons_looks(session: Session) -> None:
    five(session)
    assert [row.number for row in access.listed(session, ME, limit=9)] == [5, 4, 3, 2, 1]
    assert [row.number for row in access.listed(session, ME, before=(4, None), limit=2)] == [3, 2]


@pytest.mark.parametrize(
    "column",
    [
        "actor_name = 'x'",
        "actor_id = 'x'",
        "actor_kind = 'partner'",
        "action = 'x'",
        "purpose = 'x'",
        "fields = '{}'",
        "scenario = null",
        "ref = null",
        "outcome = 'standard'",
        "at = at + interval '1 microsecond'",
        "id = 'acc_x'",
        r"salt = '\x00112233445566778899aabbccddeeff'",
    ],
)
def test_a_changed_row_shows(session: Session, column: str) -> None:
    verdict = after(session, f"update access_log set {column} where citizen_id = 'cit_me' and number = 3")
    assert verdict == Verdict(fault="changed", number=3)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_dropped_row_shows(session: Session, number: int) -> None:
    verdict = after(session, f"delete from access_log where citizen_id = 'cit_me' and number = {number}")
    assert verdict == Verdict(fault="dropped", number=number)


@pytest.mark.parametrize(("number", "found"), [(1, 1), (3, 3), (5, 5)])
def test_a_dropped_link_shows(session: Session, number: int, found: int) -> None:
    verdict = after(session, f"delete from access_chain where citizen_id = 'cit_me' and number = {number}")
    assert verdict == Verdict(fault="dropped", number=found)


def test_a_row_and_its_link_cut_off_the_end_show(session: Session) -> None:
    cut = "delete from access_log where citizen_id = 'cit_me' and number = 5;"
    verdict = after(session, cut + "delete from access_chain where citizen_id = 'cit_me' and number = 5")
    assert verdict == Verdict(fault="dropped", number=5)


def test_an_inserted_row_shows(session: Session) -> None:
    columns = "at, actor_kind, actor_id, actor_name, action, purpose, fields, scenario, ref, outcome, salt"
    copied = f"insert into access_log (citizen_id, number, id, {columns})"
    verdict = after(session, f"{copied} select citizen_id, 6, 'acc_x', {columns} from access_log where number = 5")
    assert verdict == Verdict(fault="inserted", number=6)


def test_a_row_slipped_in_with_a_link_shows(session: Session) -> None:
    columns = "at, actor_kind, actor_id, actor_name, action, purpose, fields, scenario, ref, outcome, salt"
    verdict = after(
        session,
        f"""insert into access_log (citizen_id, number, id, {columns})
            select citizen_id, 6, id, {columns} from access_log where number = 5;
            insert into access_chain (citizen_id, number, commitment, link)
            select citizen_id, 6, commitment, link from access_chain where number = 5""",
    )
    assert verdict == Verdict(fault="changed", number=6)


def test_swapped_rows_show(session: Session) -> None:
    verdict = after(
        session,
        """update access_log set number = 99 where citizen_id = 'cit_me' and number = 2;
           update access_log set number = 2 where citizen_id = 'cit_me' and number = 3;
           update access_log set number = 3 where citizen_id = 'cit_me' and number = 99""",
    )
    assert verdict == Verdict(fault="changed", number=2)


def test_a_chain_head_set_back_shows(session: Session) -> None:
    assert after(session, "update access_heads set length = 4 where citizen_id = 'cit_me'").fault == "inserted"


def test_erased_rows_leave_the_chain_whole(session: Session) -> None:
    five(session)
    assert access_erasure.erase(session, ME) == 5
    assert access.verify(session, ME) == Verdict(rows=0, erased=5)
    look(session)
    assert access.verify(session, ME) == Verdict(rows=1, erased=5)
    access_erasure.erase(session, ME)
    assert access.verify(session, ME) == Verdict(rows=0, erased=6)


def test_after_an_erasure_a_dropped_row_still_shows(session: Session) -> None:
    five(session)
    access_erasure.erase(session, ME)
    look(session)
    session.execute(text("delete from access_log where citizen_id = 'cit_me'"))
    assert access.verify(session, ME) == Verdict(fault="dropped", number=7)


def test_what_is_left_after_an_erasure_says_nothing(session: Session) -> None:
    look(session, purpose="a very particular purpose")
    access_erasure.erase(session, ME)
    left = "".join(
        session.execute(
            text("select access_chain::text || access_heads::text from access_chain, access_heads")
        ).scalars()
    )
    assert "particular" not in left
    assert session.execute(text("select count(*) from access_log")).scalar() == 0


def test_equal_looks_have_different_commitments(session: Session) -> None:
    look(session)
    look(session)
    one, other = access_chain.links(session, ME)
    assert one.commitment != other.commitment


def run(session: Session, *people: str) -> None:
    access_log.append_many(session, people, now=NOW, actor=SYSTEM, action="ingested", purpose="records", ref="bat_1")


def test_a_run_over_many_is_one_row_in_each_chain(session: Session) -> None:
    look(session)
    run(session, ME, OTHER)
    run(session)
    assert access.verify(session, ME) == Verdict(rows=2)
    assert access.verify(session, OTHER) == Verdict(rows=1)
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text("update access_log set ref = 'bat_2' where citizen_id = 'cit_other'"))
    session.expire_all()
    assert access.verify(session, OTHER) == Verdict(fault="changed", number=1)


def test_runs_and_looks_at_once_are_all_in_whole_chains(real_db: Engine) -> None:
    sessions, people = sessionmaker(real_db), [f"cit_{number}" for number in range(6)]

    def act(number: int) -> None:
        with sessions.begin() as session:
            if number % 2:
                run(session, *{*people[number % 5 :], people[0]})
            else:
                look(session, people[number % 6])

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(40)))
    with sessions() as session:
        verdicts = [access.verify(session, person) for person in people]
    assert all(verdict.whole for verdict in verdicts), verdicts
    runs = sum(len({*people[number % 5 :], people[0]}) for number in range(1, 40, 2))
    assert sum(verdict.rows for verdict in verdicts) == 20 + runs


def test_of_twenty_at_once_every_look_is_in_one_whole_chain(real_db: Engine) -> None:
    sessions = sessionmaker(real_db)

    def append(_: int) -> str:
        with sessions.begin() as session:
            return look(session)

    with ThreadPoolExecutor(20) as pool:
        made = set(pool.map(append, range(20)))
    with sessions() as session:
        assert access.verify(session, ME) == Verdict(rows=20)
        assert {row.id for row in access.listed(session, ME, limit=50)} == made
        assert [link.number for link in access_chain.links(session, ME)] == list(range(1, 21))


def test_a_transaction_that_fails_leaves_no_gap(real_db: Engine) -> None:
    sessions = sessionmaker(real_db)
    with sessions.begin() as session:
        look(session)
    with sessions() as session:
        look(session)
        session.rollback()
    with sessions.begin() as session:
        look(session)
    with sessions() as session:
        assert access.verify(session, ME) == Verdict(rows=2)


@pytest.mark.parametrize("gone", ["access_heads", "access_chain", "access_log"])
def test_a_chain_of_which_a_part_is_gone_is_still_asked_about(session: Session, gone: str) -> None:
    verdict = after(session, f"delete from {gone} where citizen_id = 'cit_me'")
    assert verdict.fault == "dropped"
    assert ME in access.people(session)


def forge(session: Session) -> None:
    """One who knows it all makes a person's third row say something else, and links and head fit it."""
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text("update access_log set actor_name = 'x' where citizen_id = 'cit_me' and number = 3"))
    session.expire_all()
    previous = access_chain.GENESIS
    for row, link in zip(access_log.rows(session, ME), access_chain.links(session, ME), strict=True):
        link.commitment = access_log.commit(row)
        link.link = previous = access_chain.chain(previous, link.number, link.commitment)
    session.flush()
    session.execute(text("update access_heads set link = :link where citizen_id = 'cit_me'"), {"link": previous})


def test_a_chain_rewritten_whole_is_found_out_by_an_anchor_alone(session: Session) -> None:
    five(session)
    ((_, length, link), _) = access.heads(session)
    look(session)
    assert access.verify_anchored(session, ME, length, link) == Verdict(rows=6)
    forge(session)
    assert access.verify(session, ME).whole
    assert access.verify_anchored(session, ME, length, link) == Verdict(fault="changed", number=5)


def test_a_chain_taken_out_whole_is_found_out_by_an_anchor_alone(session: Session) -> None:
    five(session)
    ((_, length, link), _) = access.heads(session)
    for table in ("access_log", "access_chain", "access_heads"):
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text(f"delete from {table} where citizen_id = 'cit_me'"))
    session.expire_all()
    assert ME not in access.people(session)
    assert access.verify_anchored(session, ME, length, link) == Verdict(fault="dropped", number=5)


def test_an_anchor_holds_over_a_deletion(session: Session) -> None:
    five(session)
    ((_, length, link), _) = access.heads(session)
    access_erasure.erase(session, ME)
    assert access.verify_anchored(session, ME, length, link) == Verdict(rows=0, erased=5)
