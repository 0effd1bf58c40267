"""Reports that others may check: made with a code, checked by whoever holds it, ended by their person or by a change.

A report never outlives what it shows: the link of one whose records were repaired, corrected, disputed or deleted since
is over at once, whoever looks first, and its document is gone (guardrail 12). A code is found by its keyed hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.access import PUBLIC, SELF
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.report import KEPT_AFTER, Kind, Report, ReportLink, Shows, report_as_json, report_from_json
from app.services import codes, report_entities
from app.services.entities import OwnEntity
from app.services.report_facts import Standing
from app.services.report_fall import supersede
from app.store import access_log, citizens, enrolments
from app.store import reports as store
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.reports import ReportRecord, ReportRow

MOST_LIVE = 10
"""How many links of one person may be live at once."""
PORTION = 100
BY_CITIZEN = "citizen"
PURPOSE = "report"
ENTITY_FIELDS = ("entity",)
SEAL_FIELDS = ("display_name",)
REPORT_FIELDS = ("display_name", "city", "score", "grade", "records", "statement")


@dataclass(frozen=True, slots=True)
class Draft:
    """A report with its code, before anybody may check it; `standing`: the records of a person that it shows."""

    report: Report
    code: str
    shows: Shows
    expires_at: datetime
    standing: Sequence[Standing]
    entity: OwnEntity | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One report's link as its person sees it: `status` is live, expired, citizen (ended by them) or superseded.

    `report` is None once its document is gone; `kept_until`: when the rest goes too.
    """

    id: str
    kind: Kind
    entity_id: str | None
    language: str
    shows: Shows
    status: str
    code: str
    sha256: str
    made_at: datetime
    expires_at: datetime
    over_at: datetime
    kept_until: datetime
    checks: int
    checked_at: datetime | None
    report: Report | None


def draft(report: Report, shows: Shows, days: int, about: Sequence[Standing] | OwnEntity) -> Draft:
    """A report with a fresh code that is to live for `days`; `about`: the records, or the entity, that it shows."""
    until = report.made_at + timedelta(days=days)
    if isinstance(about, OwnEntity):
        return Draft(report, codes.fresh(), shows, until, (), about)
    return Draft(report, codes.fresh(), shows, until, about)


def report_id() -> str:
    """A fresh id of a report."""
    return new_id("rpt")


def keep(session: Session, pii: PiiBox, citizen_id: str, drafted: Draft, paper: bytes, now: datetime) -> Link:
    """Keep a report and its paper, a PDF, so that the file is always the one whose SHA-256 was told: its code is live.

    Holds the member, so that it is found by whoever changes their records next. Raises Refusal `report-links-full`,
    `login-needed` for one who left meanwhile, or `temporarily-unavailable` where what it shows changed meanwhile.
    """
    citizens.hold(session, citizen_id)
    enrolments.lock(session, citizen_id)
    if citizens.vouched(session, pii, citizen_id) is None:
        raise Refusal("login-needed")
    if store.count_live(session, citizen_id, now) >= MOST_LIVE:
        raise Refusal("report-links-full", limit=MOST_LIVE)
    row = _row(pii, citizen_id, drafted, paper)
    shown = [_shown(row, one) for one in drafted.standing]
    store.add(session, row, shown)
    if not _stands(session, row, now):
        raise Refusal("temporarily-unavailable")
    _log_own(session, citizen_id, "report.made", row.id, now)
    return _link(pii, row, now)


def log_reading(session: Session, citizen_id: str, ref: str | None, now: datetime) -> None:
    """Log that the person read a report of their own."""
    _log_own(session, citizen_id, "report.read", ref, now)


def listed(
    session: Session, pii: PiiBox, citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> list[Link]:
    """A person's reports, newest first, older than the id `before`; without their documents."""
    _fall(session, list(store.listed(session, citizen_id, before=before, limit=limit)), now)
    rows = store.listed(session, citizen_id, before=before, limit=limit)
    return [_link(pii, row, now) for row in rows]


def one(session: Session, pii: PiiBox, citizen_id: str, wanted: str, now: datetime) -> Link:
    """One's own report with its document; raises Refusal `not-found`."""
    row = store.get(session, citizen_id, wanted)
    if row is None:
        raise Refusal("not-found")
    _fall(session, [row], now)
    return _link(pii, row, now, document=True)


def paper(session: Session, pii: PiiBox, citizen_id: str, wanted: str, now: datetime) -> tuple[datetime, bytes] | None:
    """When one's own report was made, and its PDF; None where there is none, or none any more."""
    row = store.get(session, citizen_id, wanted)
    if row is None or _fall(session, [row], now) or row.sealed_paper is None:
        return None
    _log_own(session, citizen_id, "report.read", wanted, now)
    return row.made_at, base64.b64decode(pii.decrypt(row.sealed_paper, context=store.paper_context(wanted)))


def end(session: Session, citizen_id: str, wanted: str, now: datetime) -> None:
    """End the link of one's own report; where it is over already nothing happens. Raises Refusal `not-found`."""
    row = store.get(session, citizen_id, wanted)
    if row is None:
        raise Refusal("not-found")
    store.end(session, row, BY_CITIZEN, now)


def check(session: Session, pii: PiiBox, code: str, now: datetime) -> Link | None:
    """What a stranger with a code sees, logged; None, always the same, for a code that is over, ended or never was.

    The document is there where the person lets it be read.
    """
    row = store.live(session, _hash(pii, code), now)
    if row is None or _fall(session, [row], now):
        return None
    store.checked(session, row, now)
    shows = Shows(row.shows)
    fields = ENTITY_FIELDS if row.entity_id else REPORT_FIELDS if shows is Shows.REPORT else SEAL_FIELDS
    access_log.append(
        session,
        row.citizen_id,
        now=now,
        actor=PUBLIC,
        action="report.checked",
        purpose=PURPOSE,
        fields=fields,
        ref=row.id,
    )
    return _link(pii, row, now, document=True)


def live_link(session: Session, pii: PiiBox, citizen_id: str, now: datetime) -> ReportLink | None:
    """The newest report of the person whose link lets others read it, for their card; None where there is none."""
    row = store.newest_live(session, citizen_id, Shows.REPORT, now, day_of(now))
    return ReportLink(_code(pii, row), row.expires_at) if row else None


def step(session: Session, now: datetime) -> int:
    """Let a portion of the reports of which something is over fall, and forget those past their time; how many."""
    fallen = supersede(session, store.over(session, day_of(now), PORTION), now)
    return fallen + store.forget(session, now - KEPT_AFTER, PORTION)


def entity_changed(session: Session, entity_id: str, now: datetime) -> None:
    """Let the reports of an entity fall that show what its register says no more."""
    _fall(session, store.of_entity(session, entity_id), now)


def _fall(session: Session, rows: Sequence[ReportRow], now: datetime) -> int:
    shown = [row for row in rows if row.sealed_document is not None]
    return supersede(session, [row for row in shown if not _stands(session, row, now)], now)


def _stands(session: Session, row: ReportRow, now: datetime) -> bool:
    if row.entity_id is None:
        return store.stands(session, row, day_of(now))
    return row.entity_state == report_entities.state_now(session, row.citizen_id, row.entity_id, now)


def _row(pii: PiiBox, citizen_id: str, drafted: Draft, paper: bytes) -> ReportRow:
    report, wanted, about = drafted.report, drafted.report.id, drafted.entity
    document = json.dumps(report_as_json(report), ensure_ascii=False)
    return ReportRow(
        citizen_id=citizen_id,
        id=wanted,
        kind=str(report.kind),
        entity_id=about.entity.id if about else None,
        entity_state=report_entities.state(about) if about else None,
        falls_on=_falls_on(drafted),
        language=report.language,
        shows=str(drafted.shows),
        code_hash=_hash(pii, drafted.code),
        sealed_code=pii.encrypt(drafted.code, context=store.code_context(wanted)),
        sealed_document=pii.encrypt(document, context=store.context(wanted)),
        sealed_paper=pii.encrypt(base64.b64encode(paper).decode(), context=store.paper_context(wanted)),
        sha256=hashlib.sha256(paper).hexdigest(),
        records=len(drafted.standing),
        made_at=report.made_at,
        expires_at=drafted.expires_at,
        over_at=drafted.expires_at,
        checks=0,
    )


def _falls_on(drafted: Draft) -> date | None:
    about = drafted.entity
    ends = [one.expires_on for one in about.records] if about else [one.row.expires_on for one in drafted.standing]
    return min((day for day in ends if day), default=None)


def _shown(row: ReportRow, one: Standing) -> ReportRecord:
    stated = one.statement is not None
    key = {"citizen_id": row.citizen_id, "report_id": row.id, "record_id": one.row.id}
    return ReportRecord(**key, version=one.row.version, stated=stated)


def _link(pii: PiiBox, row: ReportRow, now: datetime, *, document: bool = False) -> Link:
    sealed = row.sealed_document if document else None
    text = pii.decrypt(sealed, context=store.context(row.id)) if sealed else None
    return Link(
        id=row.id,
        kind=Kind(row.kind),
        entity_id=row.entity_id,
        language=row.language,
        shows=Shows(row.shows),
        status=row.ended_because or ("live" if row.over_at > now else "expired"),
        code=_code(pii, row),
        sha256=row.sha256,
        made_at=row.made_at,
        expires_at=row.expires_at,
        over_at=row.over_at,
        kept_until=row.over_at + KEPT_AFTER,
        checks=row.checks,
        checked_at=row.checked_at,
        report=report_from_json(json.loads(text)) if text else None,
    )


def _code(pii: PiiBox, row: ReportRow) -> str:
    return pii.decrypt(row.sealed_code, context=store.code_context(row.id))


def _hash(pii: PiiBox, code: str) -> str:
    return pii.keyed_hash(f"report\n{codes.as_made(code)}")


def _log_own(session: Session, citizen_id: str, action: str, ref: str | None, now: datetime) -> None:
    access_log.append(
        session, citizen_id, now=now, actor=SELF, action=action, purpose=PURPOSE, fields=REPORT_FIELDS, ref=ref
    )
