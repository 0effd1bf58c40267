"""A synthetic city for the bench of population runs: members with records and their life, made inside PostgreSQL."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from app.domain.pack import Pack

ITEMS = 24
"""How many of the pack's items the records are of."""

_PEOPLE = """
    insert into citizens (citizen_id, city, assurance_level, created_at)
        select 'cit_' || md5(n::text), :city, 'al2', :now from generate_series(1, :people) as n;
    insert into enrolments (citizen_id, notice_version, enrolled_at, pulled_at, due_on, in_runs_of)
        select citizen_id, '1', :now, :now, :today, :city from citizens;
    insert into access_heads (citizen_id, length, link) select citizen_id, 1, sha256(citizen_id::bytea) from citizens
"""
_RECORDS = """
    insert into records (citizen_id, id, item, source, source_name, source_record_id, event_on, effective_on,
            expires_on, ended_on, details, fingerprint, status, version, received_at)
        select 'cit_' || md5((1 + (n::bigint * 7919) % :people)::text), 'rec_' || md5('r' || n),
            (cast(:items as text[]))[1 + (n * 31) % :kinds], 'bench', 'bench', n::text,
            :today - (n * 17) % 1500, :today - (n * 17) % 1500, :today - (n * 17) % 1500 + 1800,
            case when n % 10 = 0 then :today - (n * 17) % 1500 end, '{}', '-',
            case when n % 20 = 0 then 'withdrawn' else 'active' end, 1 + n % 2, :now
        from generate_series(1, :records) as n;
    insert into record_events (citizen_id, record_id, version, kind, status, actor_kind, actor_id, actor_name, at)
        select citizen_id, id, version, 'received', status, 'department', 'bench', 'bench', received_at from records
"""


def make_city(engine: Engine, pack: Pack, today: date, people: int, records: int) -> None:
    """Fill an empty, migrated database with a city of `people`, all members, none scored yet."""
    codes = [item.code for item in pack.items()][:ITEMS]
    now = f"{today} 00:00:00+08"
    values = {"city": pack.city, "now": now, "today": today, "people": people, "records": records}
    with engine.begin() as connection:
        _all(connection, _PEOPLE, values)
        _all(connection, _RECORDS, values | {"items": codes, "kinds": len(codes)})
    settle(engine)


_ONE_EACH = """
    with drawn as (
        select citizen_id from enrolments order by hashtextextended(citizen_id, :number) limit :members
    ), latest as (
        select distinct on (citizen_id) records.* from records join drawn using (citizen_id) order by citizen_id, id
    ), filed as (
        insert into records (citizen_id, id, item, source, source_name, source_record_id, event_on, effective_on,
                expires_on, details, fingerprint, status, version, received_at)
            select citizen_id, 'rec_' || md5(id || cast(:number as text)), item, source, source_name,
                id || cast(:number as text), event_on, effective_on, expires_on, details, fingerprint, 'active', 1,
                received_at
            from latest
            returning citizen_id, id, received_at
    )
    insert into record_events (citizen_id, record_id, version, kind, status, actor_kind, actor_id, actor_name, at)
        select citizen_id, id, 1, 'received', 'active', 'department', 'bench', 'bench', received_at from filed
"""


def file_one_each(session: Session, members: int, number: int) -> list[str]:
    """File one record more of each of so many members, drawn by `number`; who they are."""
    values = {"members": members, "number": number}
    session.execute(text(_ONE_EACH), values)
    drawn = "select citizen_id from enrolments order by hashtextextended(citizen_id, :number) limit :members"
    return list(session.scalars(text(drawn), values))


def settle(engine: Engine) -> None:
    """What autovacuum does in time: so that no round pays for the one before it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("citizens", "enrolments", "records", "record_events", "scores", "score_snapshots"):
            connection.execute(text(f"vacuum (analyze) {table}"))
        connection.execute(text("checkpoint"))


def _all(connection: Connection, statements: str, values: dict[str, object]) -> None:
    for statement in statements.split(";"):
        bound = text(statement)
        connection.execute(bound, {name: values[name] for name in bound.compile().params})
