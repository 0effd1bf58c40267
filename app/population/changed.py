"""Which members' scores or days changed, bucket by bucket: what goes back to PostgreSQL, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.domain.pack import Pack
from app.population.buckets import Buckets
from app.population.rows import LINE, grade, next_change

COLUMNS = ("citizen_id", "seen", "snapshot_id", "score", "grade", "digest", "due_on", "due_was", "cause", "writes")
"""The columns of a changed member: `seen` is the version of the enrolment that was read, `writes` whether the score
as it is kept becomes another, `cause` why it goes into the history (null: it does not)."""

BLOCK = 1 << 20


def write_changed(pack: Pack, as_of: date, buckets: Buckets, scored: Path, bucket: int) -> Path:
    """Compare a bucket's scores with those that were; the CSV of the members who changed."""
    target = buckets.folder / f"changed-{bucket}.csv"
    tables = {name: buckets.glob(name).format(bucket=bucket) for name in ("members", "records", "scores")}
    with buckets.duck() as duck:
        for name, files in (*tables.items(), ("scored", str(scored / f"bucket={bucket}.parquet"))):
            duck.execute(f"create temp view {name} as from read_parquet('{files}')")
        duck.execute(f"copy ({query_of(pack, as_of)}) to '{target}' (format csv, header false)")
    return target


def blocks(file: Path) -> Iterator[bytes]:
    """A file in parts."""
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            yield block


def query_of(pack: Pack, as_of: date, sha256: str = "sha256({})") -> str:
    """The changed members, by COLUMNS, out of `members`, `records`, `scores` as they are and `scored` as they become.

    The cause is what `services.scoring` says of one member. PostgreSQL runs it too, with a `sha256` of its own.
    """
    another_pack = f"(was.pack, was.pack_version) is distinct from ('{pack.code}', {pack.version})"
    return f"""
        with lines as (
            select citizen, {LINE} as line, {next_change(pack, as_of)} as change from records
        ), read as (
            select citizen, string_agg(line, '' order by line) as lines, min(change) as due from lines group by citizen
        ), now as (
            select scored.citizen, cast(scored.score as integer) as score, {grade(pack, "scored.score")} as grade,
                {sha256.format("coalesce(read.lines, '')")} as digest, read.due
            from scored left join read on read.citizen = scored.citizen
        ), compared as (
            select members.citizen, members.seen, now.score, now.grade, now.digest, now.due, members.due as due_was,
                case when was.citizen is null then 'enrolment' when {another_pack} then 'pack'
                    when was.score = now.score then null when was.digest = now.digest then 'day-passed'
                    else 'records' end as cause,
                was.citizen is null or {another_pack} or
                    (was.score, was.grade, was.digest) is distinct from (now.score, now.grade, now.digest) as writes
            from members join now on now.citizen = members.citizen left join scores as was on was.citizen = now.citizen
            where coalesce(was.as_of <= date '{as_of}', true)
        )
        select citizen, seen, 'scr_' || replace(cast(uuidv7() as varchar), '-', ''), score, grade, digest, due, due_was,
            cause, writes
        from compared where writes or due is distinct from due_was
    """  # noqa: S608 - codes of a pack, which its loader checks, and names of ours
