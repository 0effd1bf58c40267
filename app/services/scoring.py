"""Scores: calculated when someone opts in, when records change and as days pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.calendar import day_of
from app.domain.pack import Pack, pack_of_city
from app.domain.record import Record
from app.domain.score import Explanation, changes_on, digest, explain
from app.store import access_log, enrolments, events, records, scores
from app.store.base import new_id
from app.store.scores import Score

FIELDS = ("records",)


def refresh(session: Session, packs: Mapping[str, Pack], citizen_id: str, *, now: datetime, reason: str) -> None:
    """Score one member again; nothing for someone who is not a member or whose city has no pack.

    `reason` is what the access log gives as the purpose of the look.
    """
    if enrolments.lock(session, citizen_id) is None:
        return
    before = scores.current(session, citizen_id)
    grade = before.grade if before else None
    refresh_many(session, packs, [citizen_id], now=now, reason=reason)
    after = scores.current(session, citizen_id)
    if after is not None and after.grade != grade:
        data = {"score": after.score, "grade": after.grade, "pack": after.pack}
        events.tell(session, citizen_id, "score.ready" if grade is None else "score.grade_changed", data, now)


def refresh_due(session: Session, packs: Mapping[str, Pack], now: datetime, limit: int = 500) -> int:
    """Score up to `limit` members whose records changed or whose day has come; how many. Repeat it until 0."""
    due = enrolments.lock_due(session, day_of(now), limit)
    refresh_many(session, packs, due, now=now, reason="due")
    return len(due)


def refresh_many(
    session: Session, packs: Mapping[str, Pack], citizen_ids: Collection[str], *, now: datetime, reason: str
) -> None:
    """Score these members, whom the caller holds, in one run, which each of them sees in the access log."""
    homes = enrolments.homes(session, citizen_ids)
    read = records.of_citizens(session, citizen_ids)
    before = scores.currents(session, citizen_ids)
    rows, due = [], {}
    for citizen_id in sorted(citizen_ids):
        pack = pack_of_city(packs, homes.get(citizen_id, ""))
        due[citizen_id] = changes_on(pack, read[citizen_id], day_of(now)) if pack else None
        if pack:
            rows.append(_row(citizen_id, explain(pack, read[citizen_id], day_of(now)), read[citizen_id], now))
    scores.save(session, rows)
    _keep_changes(session, rows, before)
    enrolments.set_due(session, due)
    scored = [row["citizen_id"] for row in rows]
    access_log.append_many(
        session, scored, now=now, actor=SYSTEM, action="scored", purpose=reason, fields=FIELDS, ref=new_id("run")
    )


def calculated(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Score | None:
    """The score as of today, not stored; None for someone who is not a member or whose city has no pack."""
    pack = pack_of_city(packs, enrolments.homes(session, [citizen_id]).get(citizen_id, ""))
    if pack is None:
        return None
    read = records.of_citizens(session, [citizen_id])[citizen_id]
    return Score(**_row(citizen_id, explain(pack, read, day_of(now)), read, now))


def _row(citizen_id: str, explanation: Explanation, read: list[Record], now: datetime) -> dict[str, Any]:
    return {
        "citizen_id": citizen_id,
        "pack": explanation.pack,
        "pack_version": explanation.pack_version,
        "score": explanation.score,
        "grade": explanation.grade.code,
        "as_of": explanation.as_of,
        "digest": digest(read),
        "computed_at": now,
    }


def _keep_changes(session: Session, rows: list[dict[str, Any]], before: Mapping[str, Score]) -> None:
    causes = {row["citizen_id"]: _cause(row, before.get(row["citizen_id"])) for row in rows}
    changed = [{**row, "cause": causes[row["citizen_id"]]} for row in rows if causes[row["citizen_id"]]]
    last_events = records.last_events(session, [row["citizen_id"] for row in changed])
    scores.add_snapshots(session, changed, last_events)


def _cause(row: Mapping[str, Any], before: Score | None) -> str | None:
    """What brought about another score: enrolment, pack, records or day-passed; None where it is the same."""
    if before is None:
        return "enrolment"
    if (row["pack"], row["pack_version"]) != (before.pack, before.pack_version):
        return "pack"
    if row["score"] == before.score:
        return None
    return "day-passed" if row["digest"] == before.digest else "records"
