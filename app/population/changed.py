"""Which members' scores or days changed, bucket by bucket: what goes back to PostgreSQL, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.domain.pack import Pack
from app.population.buckets import Buckets
from app.population.rows import grade, next_change

COLUMNS = ("citizen_id", "seen", "snapshot_id", "score", "grade", "due_on", "recount")
"""The columns of a changed member: `seen` is the version of the enrolment that was read; `recount` says that the score
as it is kept may become another, and is false where only the next day does."""

ONE_KEY_EACH = "select error('two members have one key today') from members having count(*) > count(distinct citizen)"

BLOCK = 1 << 20


def write_changed(pack: Pack, as_of: date, buckets: Buckets, scored: Path, bucket: int) -> Path:
    """Compare a bucket's scores with those that were; the CSV of the members who changed."""
    target = buckets.folder / f"changed-{bucket}.csv"
    tables = {name: buckets.glob(name).format(bucket=bucket) for name in ("members", "records")}
    with buckets.duck() as duck:
        for name, files in (*tables.items(), ("scored", str(scored / f"bucket={bucket}.parquet"))):
            duck.execute(f"create temp view {name} as from read_parquet('{files}')")
        duck.execute(ONE_KEY_EACH)
        duck.execute(f"copy ({query_of(pack, as_of)}) to '{target}' (format csv, header false)")
    return target


def blocks(file: Path) -> Iterator[bytes]:
    """A file in parts."""
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            yield block


def query_of(pack: Pack, as_of: date) -> str:
    """The changed members, by COLUMNS, out of `members`, `records` and `scored`; PostgreSQL runs it too.

    Whoever was due may have other records behind the same points, so they are recounted. DuckDB gives up where two
    members have the same key (`citizen`), as their records could not be told apart.
    """
    return f"""
        with days as (
            select citizen, min({next_change(pack, as_of)}) as due from records group by citizen
        ), now as (
            select members.citizen_id, members.seen, members.due as due_was, days.due, scored.score,
                members.score is distinct from scored.score or members.same_pack is distinct from true
                    or coalesce(members.due <= date '{as_of}', false) as recount
            from members join scored on scored.citizen = members.citizen
                left join days on days.citizen = members.citizen
        )
        select citizen_id, seen, 'scr_' || replace(cast(uuidv7() as varchar), '-', ''), score, {grade(pack, "score")},
            due, recount
        from now where recount or due is distinct from due_was
    """  # noqa: S608 - codes of a pack, which its loader checks, and names of ours
