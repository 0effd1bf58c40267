"""A legal entity's credit report in words: its public facts and records, for the one who speaks for it."""

from __future__ import annotations

from datetime import datetime

from app.citizen.report_document import law
from app.domain.entity import EntityRecord, RecordKind
from app.domain.pack import Kind as RecordSide
from app.domain.report import Kind, Line, Named, Record, Report, Source, Subject
from app.services.entities import OwnEntity
from app.web.texts import say

LAW = ("council49", "council22", "order36")
NOTICE = ("snapshot", "demand", "pass_on", "advice")


def entity_document(report_id: str, found: OwnEntity, city: str, lang: str, now: datetime) -> Report:
    """The report of an entity in `lang`; `city`: its name. It has no score, and says nothing of a person but a role."""
    entity = found.entity
    records = tuple(_record(found, record, lang) for record in found.records)
    return Report(
        id=report_id,
        kind=Kind.ENTITY,
        language=lang,
        made_at=now,
        subject=_subject(found, city, lang),
        score=None,
        score_note=say("report.no_score.entity", lang),
        items=(),
        records=records,
        records_note=None if records else say("report.no_records.none", lang),
        sources=(Source(entity.source, entity.source_name, len(records)),),
        law=law(LAW, lang),
        legend=(Line(say("report.legend.expires", lang), say("report.legend_says.expires", lang)),),
        notice=tuple(say(f"report.notice.{code}", lang) for code in NOTICE),
    )


def _subject(found: OwnEntity, city: str, lang: str) -> Subject:
    entity = found.entity
    lines = {
        "uscc": entity.uscc,
        "kind": say(f"entity.kind.{entity.kind}", lang),
        "status": say(f"entity.status.{entity.status}", lang),
        "city": city,
        "established_on": entity.established_on.isoformat(),
        "speaks": say(f"entity.role.{found.role}", lang),
    }
    facts = tuple(Line(say(f"report.fact.{code}", lang), text) for code, text in lines.items())
    return Subject(entity.name, entity.name, facts)


def _record(found: OwnEntity, record: EntityRecord, lang: str) -> Record:
    adverse = record.kind is RecordKind.PENALTY
    told = {"document_no": record.document_no, "issuer": record.issuer}
    told |= {"legal_class": say(f"entity.class.{record.legal_class}", lang)} if record.legal_class else {}
    return Record(
        id=f"{record.kind}:{record.document_no}",
        name=f"{say(f'entity.record.{record.kind}', lang)} · {record.title}",
        kind=str(RecordSide.ADVERSE if adverse else RecordSide.POSITIVE),
        source=Named(found.entity.source, found.entity.source_name),
        event_on=record.decided_on,
        expires_on=record.expires_on,
        status=Named("active", say("record.status.active", lang)),
        because=None,
        quantity=None,
        details=tuple(Line(say(f"report.detail.{code}", lang), text) for code, text in told.items()),
        statement=None,
        dispute=None,
    )
