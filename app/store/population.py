"""A whole city's members out of PostgreSQL and their new scores back into it, each in one piece.

Out: three COPYs of one snapshot. Back: one transaction that copies what changed into a table of its own, holds those
members in the order in which everyone holds many, and writes only where nothing happened to them since they were read.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from select import select as wait
from typing import Any

from psycopg import OperationalError, sql
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import func, literal, select, text, update
from sqlalchemy.orm import Session

from app.domain.pack import Pack
from app.store.arrays import TEXT, unnested
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment

LOCK = "score population"
FETCHED = 5_000

_MEMORY = "set local work_mem = '128MB'"
_OUT = {
    "members": """
        select hashtextextended(citizen_id, {seed}), citizen_id, enrolments.xmin, due_on,
            (pack, pack_version) = ({pack}, {version}), score
        from enrolments left join scores using (citizen_id)
        where in_runs_of = {city} and coalesce(as_of <= {as_of}, true)
    """,
    "records": """
        select hashtextextended(citizen_id, {seed}), place, event_on, effective_on, expires_on,
            coalesce(ended_on, 'infinity')
        from records join unnest({codes}::text[], {places}::smallint[]) as items (code, place) on code = item
        where status = 'active' and {theirs}
    """,
}
_FORMATS = {"members": "csv", "records": "binary"}
_THEIRS = "citizen_id in (select citizen_id from enrolments where in_runs_of = {city})"

CHANGED = """
    create temporary table changed (
        citizen_id varchar(64), seen bigint, snapshot_id varchar(64), score integer, grade varchar(64), due_on date,
        recount boolean
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
RECOUNTED = """
    create temporary table recounted on commit drop as
    select citizen_id, snapshot_id, changed.score, changed.grade,
        encode(sha256(convert_to(coalesce(read.lines, ''), 'UTF8')), 'hex') as digest,
        case when was.citizen_id is null then 'enrolment'
            when (was.pack, was.pack_version) <> (:pack, :version) then 'pack'
            when was.score = changed.score then null
            when was.digest = encode(sha256(convert_to(coalesce(read.lines, ''), 'UTF8')), 'hex') then 'day-passed'
            else 'records' end as cause
    from changed left join (
        select citizen_id, string_agg(line, '' order by line collate "C") as lines
        from (select citizen_id, id || ':' || version || chr(10) as line from records
            where citizen_id in (select citizen_id from changed where recount)) as versions
        group by citizen_id
    ) as read using (citizen_id) left join scores as was using (citizen_id)
    where recount
"""
PAST = """
    create temporary table past on commit drop as
    select recounted.*, coalesce(last, 0) as last_event
    from recounted left join (
        select citizen_id, max(number) as last from record_events
        where citizen_id in (select citizen_id from recounted where cause is not null) group by citizen_id
    ) as events using (citizen_id)
    where cause is not null
"""
SNAPSHOTS = """
    insert into score_snapshots
        (citizen_id, id, pack, pack_version, score, grade, as_of, digest, computed_at, cause, last_event)
    select citizen_id, snapshot_id, :pack, :version, score, grade, :as_of, digest, :now, cause, last_event
    from past where citizen_id in (select citizen_id from changed)
"""
SCORES = """
    insert into scores as kept (citizen_id, pack, pack_version, score, grade, as_of, digest, computed_at)
    select citizen_id, :pack, :version, score, grade, :as_of, digest, :now
    from recounted where citizen_id in (select citizen_id from changed)
    on conflict (citizen_id) do update set pack = excluded.pack, pack_version = excluded.pack_version,
        score = excluded.score, grade = excluded.grade, as_of = excluded.as_of, digest = excluded.digest,
        computed_at = excluded.computed_at
    where (kept.pack, kept.pack_version, kept.score, kept.grade, kept.digest)
        <> (excluded.pack, excluded.pack_version, excluded.score, excluded.grade, excluded.digest)
"""
DAYS = """
    update enrolments set due_on = changed.due_on from changed
    where changed.citizen_id = enrolments.citizen_id and changed.due_on is distinct from enrolments.due_on
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


def copied_out(session: Session, table: str, pack: Pack, as_of: date) -> Generator[memoryview, None, None]:
    """The `members` of the city's runs as CSV, or their active `records` of the pack's items as PostgreSQL's binary
    COPY, which holds no nulls; from the session's snapshot.

    Members with their present score, but for those who have one of a later day than `as_of`. Each row begins with a key
    of its citizen, a hash that is another each day: should two members ever share one, they will not tomorrow.
    """
    session.execute(text(_MEMORY))
    alone = session.scalar(select(func.count()).where(Enrolment.in_runs_of.is_distinct_from(pack.city))) == 0
    codes = [item.code for item in pack.items()]
    said = {"city": pack.city, "pack": pack.code, "version": pack.version, "as_of": as_of, "seed": as_of.toordinal()}
    lists = {"codes": codes, "places": list(range(len(codes)))}
    values = {name: sql.Literal(value) for name, value in (said | lists).items()}
    query = sql.SQL(_OUT[table]).format(theirs=sql.SQL("true" if alone else _THEIRS).format(**values), **values)
    driver: Any = session.connection().connection.driver_connection
    command = sql.SQL("copy ({}) to stdout (format {})").format(query, sql.SQL(_FORMATS[table]))
    return _rows(driver.pgconn, command.as_bytes(driver))


def _rows(connection: PGconn, command: bytes) -> Generator[memoryview, None, None]:
    """What a COPY sends, row by row, by libpq itself: twice as fast as the driver's loop. Closed early, it ends."""
    if connection.exec_(command).status != ExecStatus.COPY_OUT:
        raise OperationalError(connection.get_error_message())
    whole = False
    try:
        while (size := (read := connection.get_copy_data(1))[0]) >= 0:
            if size:
                yield read[1]
            else:
                wait([connection.socket], [], [])
                connection.consume_input()
        whole = True
    finally:
        if not whole:
            _give_up(connection)
    while result := connection.get_result():
        if result.status != ExecStatus.COMMAND_OK:
            raise OperationalError(result.get_error_message())


def _give_up(connection: PGconn) -> None:
    """Let the server stop sending, so that the connection can be used, or rolled back, again."""
    connection.get_cancel().cancel()
    with suppress(OperationalError):
        while connection.get_copy_data(0)[0] >= 0:
            pass
    while connection.get_result():
        pass


def take_in(session: Session, blocks: Iterable[bytes]) -> None:
    """Copy the CSV of changed members (the columns of the temporary table) into this transaction."""
    session.execute(text(_MEMORY))
    session.execute(text(CHANGED))
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("copy changed from stdin (format csv)") as copy:
        for block in blocks:
            copy.write(block)
    session.execute(text("analyze changed"))


def switch(session: Session, city: str, values: dict[str, Any]) -> Written:
    """Let what was taken in hold, for those to whom nothing happened meanwhile. `values`: pack, version, as_of, now.

    What is counted before the members are held is right for all who are still what was read of them then.
    """
    for counted in (RECOUNTED, PAST):
        session.execute(text(counted), values)
    session.execute(text(_HOLD))
    left = _done(session, _DROP_STALE, {"city": city})
    history, scores, days = (_done(session, statement, values) for statement in (SNAPSHOTS, SCORES, DAYS))
    return Written(scores, history, days, left)


def _done(session: Session, statement: str, values: dict[str, Any]) -> int:
    found: Any = session.execute(text(statement), values)
    return int(found.rowcount)


def unsettled(session: Session, city: str) -> Iterator[list[str]]:
    """Members whom the city's runs should begin or end to include, in portions."""
    here = Citizen.city == city
    joins = here & Enrolment.pulled_at.is_not(None) & Enrolment.in_runs_of.is_distinct_from(city)
    leaves = (Enrolment.in_runs_of == city) & ~here
    query = select(Enrolment.citizen_id).join(Citizen, Citizen.citizen_id == Enrolment.citizen_id).where(joins | leaves)
    session.execute(text(_MEMORY))
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
