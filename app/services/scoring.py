"""Scores: calculated when someone opts in, when records change and as days pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.calendar import day_of
from app.domain.day_score import DayScore, Facts
from app.domain.pack import Pack, pack_of_city
from app.domain.score import digest, digest_of, explain
from app.services import report_fall
from app.store import access_log, enrolments, events, records, scores
from app.store.base import new_id
from app.store.scores import Kept, Score

FIELDS = ("records",)


def refresh(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, *, now: datetime, reason: str, wait: bool = True
) -> None:
    """Score one member again; nothing for someone who is not a member or whose city has no pack.

    `reason` is what the access log gives as the purpose of the look. Without `wait` nothing also where another, such as
    a run over everyone, holds the member.
    """
    if enrolments.lock(session, citizen_id, wait=wait) is None:
        return
    before = scores.current(session, citizen_id)
    grade = before.grade if before else None
    refresh_many(session, packs, [citizen_id], now=now, reason=reason)
    after = scores.current(session, citizen_id)
    if after is not None and after.grade != grade:
        data = {"score": after.score, "grade": after.grade, "pack": after.pack}
        events.tell(session, citizen_id, "score.ready" if grade is None else "score.grade_changed", data, now)


def refresh_due(session: Session, packs: Mapping[str, Pack], now: datetime, limit: int = 2000) -> int:
    """Score up to `limit` members whose records changed or whose day has come; how many. Repeat it until 0."""
    due = enrolments.lock_due(session, day_of(now), limit)
    refresh_many(session, packs, due, now=now, reason="due")
    return len(due)


def refresh_many(
    session: Session, packs: Mapping[str, Pack], citizen_ids: Collection[str], *, now: datetime, reason: str
) -> None:
    """Score these members, whom the caller holds, in one run, which each of them sees in the access log."""
    if not citizen_ids:
        return
    kept = scores.kept(session, citizen_ids)
    read = records.facts_of_citizens(session, citizen_ids)
    due: dict[str, date | None] = dict.fromkeys(citizen_ids)
    scored: list[str] = []
    for city in sorted({member.city for member in kept.values()}):
        if pack := pack_of_city(packs, city):
            theirs = {one: member for one, member in kept.items() if member.city == city}
            due |= _refresh_city(session, pack, theirs, read, now)
            scored += theirs
    enrolments.set_due(session, due)
    report_fall.records_changed(session, citizen_ids, now)
    access_log.append_many(
        session, scored, now=now, actor=SYSTEM, action="scored", purpose=reason, fields=FIELDS, ref=new_id("run")
    )


def _refresh_city(
    session: Session, pack: Pack, members: Mapping[str, Kept], read: Mapping[str, list[Facts]], now: datetime
) -> dict[str, date | None]:
    """Keep the scores of members of the pack's city, and those that changed in the history; each one's next day."""
    today = DayScore(pack, day_of(now))
    rows, due, changed = [], {}, []
    for citizen_id, before in members.items():
        facts = read.get(citizen_id, [])
        points, due[citizen_id] = today.of(facts)
        seen = digest_of((record[0], record[7]) for record in facts)
        row = (citizen_id, points, pack.grade(points).code, seen)
        rows.append(row)
        if cause := _cause(pack, points, seen, before):
            changed.append(_row(pack, row, now) | {"cause": cause})
    scores.save(session, pack.code, pack.version, day_of(now), now, rows)
    last_events = records.last_events(session, [row["citizen_id"] for row in changed])
    scores.add_snapshots(session, changed, last_events)
    return due


def calculated(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Score | None:
    """The score as of today, not stored; None for someone who is not a member or whose city has no pack."""
    pack = pack_of_city(packs, enrolments.homes(session, [citizen_id]).get(citizen_id, ""))
    if pack is None:
        return None
    read = records.of_citizens(session, [citizen_id])[citizen_id]
    explanation = explain(pack, read, day_of(now))
    return Score(**_row(pack, (citizen_id, explanation.score, explanation.grade.code, digest(read)), now))


def _row(pack: Pack, row: scores.Row, now: datetime) -> dict[str, Any]:
    citizen_id, points, grade, seen = row
    return {
        "citizen_id": citizen_id,
        "pack": pack.code,
        "pack_version": pack.version,
        "score": points,
        "grade": grade,
        "as_of": day_of(now),
        "digest": seen,
        "computed_at": now,
    }


def _cause(pack: Pack, points: int, seen: str, before: Kept) -> str | None:
    """What brought about another score: enrolment, pack, records or day-passed; None where it is the same."""
    if before.pack is None:
        return "enrolment"
    if (pack.code, pack.version) != (before.pack, before.pack_version):
        return "pack"
    if points == before.score:
        return None
    return "day-passed" if seen == before.digest else "records"
