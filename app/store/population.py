"""A whole city's members out of PostgreSQL and their new scores back into it, each in one piece.

Out: three COPYs of one snapshot. Back: one transaction that copies what changed into a table of its own, holds those
members in the order in which everyone holds many, and writes only where nothing happened to them since they were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import func, literal, select, text, update
from sqlalchemy.orm import Session

from app.store.arrays import TEXT, unnested
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment

LOCK = "score population"
FETCHED = 5_000

_OUT = {
    "members": "select citizen_id, xmin::text::bigint, due_on from enrolments where in_runs_of = {city}",
    "records": "select citizen_id, id, version, item, event_on, effective_on, expires_on, ended_on, status from records"
    " where {theirs}",
    "scores": "select citizen_id, pack, pack_version, score, grade, digest, as_of from scores where {theirs}",
}
_THEIRS = "citizen_id in (select citizen_id from enrolments where in_runs_of = {city})"

CHANGED = """
    create temporary table changed (
        citizen_id varchar(64), seen bigint, snapshot_id varchar(64), score integer, grade varchar(64),
        digest varchar(64), due_on date, due_was date, cause varchar(64), writes boolean
    ) on commit drop
"""
_HOLD = """
    select count(*) from (
        select from enrolments join changed using (citizen_id) order by enrolments.citizen_id for update of enrolments
    ) as held
"""
_DROP_STALE = """
    delete from changed where citizen_id not in (
        select citizen_id from enrolments join changed using (citizen_id) join citizens using (citizen_id)
        where enrolments.xmin::text::bigint = changed.seen and citizens.city = :city
    )
"""
SCORES = """
    insert into scores (citizen_id, pack, pack_version, score, grade, as_of, digest, computed_at)
    select citizen_id, :pack, :version, score, grade, :as_of, digest, :now from changed where writes
    on conflict (citizen_id) do update set pack = excluded.pack, pack_version = excluded.pack_version,
        score = excluded.score, grade = excluded.grade, as_of = excluded.as_of, digest = excluded.digest,
        computed_at = excluded.computed_at
"""
SNAPSHOTS = """
    insert into score_snapshots
        (citizen_id, id, pack, pack_version, score, grade, as_of, digest, computed_at, cause, last_event)
    select citizen_id, snapshot_id, :pack, :version, score, grade, :as_of, digest, :now, cause, coalesce(last, 0)
    from changed left join (
        select citizen_id, max(number) as last from record_events
        where citizen_id in (select citizen_id from changed where cause is not null) group by citizen_id
    ) as events using (citizen_id)
    where cause is not null
"""
DAYS = """
    update enrolments set due_on = changed.due_on from changed
    where changed.citizen_id = enrolments.citizen_id and changed.due_on is distinct from changed.due_was
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a switch wrote: scores as they are kept, those of them that went into the history, and days; and how many
    members who changed since they were read it left to the worker."""

    scores: int
    history: int
    days: int
    left: int


def count(session: Session, city: str) -> int:
    """How many members the city's runs include."""
    return session.scalar(select(func.count()).where(Enrolment.in_runs_of == city)) or 0


def copied_out(session: Session, city: str, table: str) -> Iterator[bytes]:
    """The members of a city's runs, their `records` or their `scores`, as CSV rows, from the session's snapshot."""
    alone = session.scalar(select(func.count()).where(Enrolment.in_runs_of != city)) == 0
    theirs = sql.SQL("true" if alone else _THEIRS).format(city=sql.Literal(city))
    query = sql.SQL(_OUT[table]).format(city=sql.Literal(city), theirs=theirs)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(sql.SQL("copy ({}) to stdout (format csv)").format(query)) as copy:
        yield from copy


def take_in(session: Session, blocks: Iterable[bytes]) -> None:
    """Copy the CSV of changed members (the columns of the temporary table) into this transaction."""
    session.execute(text(CHANGED))
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("copy changed from stdin (format csv)") as copy:
        for block in blocks:
            copy.write(block)
    session.execute(text("analyze changed"))


def switch(session: Session, city: str, values: dict[str, Any]) -> Written:
    """Let what was taken in hold, for those to whom nothing happened meanwhile. `values`: pack, version, as_of, now."""
    session.execute(text(_HOLD))
    left = _done(session, _DROP_STALE, {"city": city})
    scores, history = (_done(session, statement, values) for statement in (SCORES, SNAPSHOTS))
    return Written(scores, history, _done(session, DAYS, {}), left)


def _done(session: Session, statement: str, values: dict[str, Any]) -> int:
    found: Any = session.execute(text(statement), values)
    return int(found.rowcount)


def unsettled(session: Session, city: str) -> Iterator[list[str]]:
    """Members whom the city's runs should begin or end to include, in portions."""
    here = Citizen.city == city
    joins = here & Enrolment.pulled_at.is_not(None) & Enrolment.in_runs_of.is_distinct_from(city)
    leaves = (Enrolment.in_runs_of == city) & ~here
    query = select(Enrolment.citizen_id).join(Citizen, Citizen.citizen_id == Enrolment.citizen_id).where(joins | leaves)
    yield from map(list, session.scalars(query.execution_options(yield_per=FETCHED)).partitions())


def hold_homes(session: Session, citizen_ids: list[str]) -> list[tuple[str, str, str | None]]:
    """Hold these members; (citizen, home city, city whose runs include them) of those who are still there."""
    people = unnested(citizen_id=(TEXT, sorted(citizen_ids)))
    query = (
        select(Enrolment.citizen_id, Citizen.city, Enrolment.in_runs_of)
        .join(people, people.c.citizen_id == Enrolment.citizen_id)
        .join(Citizen, Citizen.citizen_id == Enrolment.citizen_id)
        .where(Enrolment.pulled_at.is_not(None))
        .order_by(Enrolment.citizen_id)
        .with_for_update(of=Enrolment)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def include(session: Session, citizen_ids: list[str], city: str | None) -> None:
    """Let the runs of `city` (None: of none) include these members from now on."""
    people = unnested(citizen_id=(TEXT, citizen_ids))
    change = update(Enrolment).where(Enrolment.citizen_id == people.c.citizen_id).values(in_runs_of=literal(city, TEXT))
    session.execute(change, execution_options={"synchronize_session": False})
