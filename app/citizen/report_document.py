"""A person's credit report in words: what `report_facts` gathered, as a document to read, print and check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.domain import card
from app.domain.calendar import day_of
from app.domain.pack import Dimension, Item, Kind
from app.domain.report import Dispute, Line, Named, Private, Record, Report, Score, Source, Subject
from app.domain.report import Item as ReportItem
from app.domain.report import Kind as ReportKind
from app.domain.score import POINT, DimensionPart
from app.domain.wording import Words
from app.services.report_facts import Facts, Standing
from app.services.white_box import Explained
from app.web.texts import say

CREDIT = ("credit16", "credit17", "credit18", "credit25")
LAW = ("pipl45", "pipl46", "pipl24", *CREDIT, "council49", "council22", "order36")
LEGEND = ("points", "active", "disputed", "expires", "statement")
NOTICE = ("snapshot", "demand", "grant", "pass_on", "advice")
PENALTY = ("document_no", "issuer", "violation_type", "penalty_type")


def document(report_id: str, facts: Facts, lang: str, now: datetime, *, own: bool = False) -> Report:
    """The report of a person in `lang`; `own`: with what only they are shown."""
    records = tuple(_record(one, lang) for one in facts.records)
    explained = facts.explained
    why = facts.note if facts.note == "not-enrolled" else "none"
    return Report(
        id=report_id,
        kind=ReportKind.CITIZEN,
        language=lang,
        made_at=now,
        subject=_subject(facts, lang),
        score=_score(explained, lang) if explained else None,
        score_note=say(f"report.no_score.{facts.note}", lang) if facts.note else None,
        items=tuple(_items(explained, lang, {one.row.id for one in facts.records})) if explained else (),
        records=records,
        records_note=None if records else say(f"report.no_records.{why}", lang),
        sources=_sources(records),
        law=law(LAW, lang),
        legend=_legend(explained, lang),
        notice=tuple(say(f"report.notice.{code}", lang) for code in NOTICE),
        private=_private(facts, lang) if own else None,
    )


def law(codes: tuple[str, ...], lang: str) -> tuple[Line, ...]:
    """Legal bases with what each says."""
    return tuple(Line(say(f"report.law.{code}", lang), say(f"report.law_says.{code}", lang)) for code in codes)


def points(units: int) -> str:
    """Points from 1/10,000 points, exactly and with a sign: `+12.5`, `-3`, `0`."""
    whole, part = divmod(abs(units), POINT)
    digits = f"{whole}.{part:04}".rstrip("0").rstrip(".")
    return digits if not units else f"{'-' if units < 0 else '+'}{digits}"


def _legend(explained: Explained | None, lang: str) -> tuple[Line, ...]:
    codes = (*LEGEND, "illustrative") if explained and explained.pack.illustrative else LEGEND
    return tuple(Line(say(f"report.legend.{code}", lang), say(f"report.legend_says.{code}", lang)) for code in codes)


def _subject(facts: Facts, lang: str) -> Subject:
    person, pack = facts.person, facts.pack
    since = day_of(facts.member_since).isoformat() if facts.member_since else say("report.fact.not_member", lang)
    lines = [
        ("city", _said(facts.home.city_name, lang) if facts.home else person.city),
        ("assurance", say(f"report.assurance.{person.assurance_level}", lang)),
        ("member_since", since),
    ]
    lines += [("pack", f"{_said(pack.name, lang)} · {pack.version}")] if pack else []
    facts_said = tuple(Line(say(f"report.fact.{code}", lang), text) for code, text in lines)
    return Subject(card.mask(person.name or ""), person.name, facts_said)


def _score(explained: Explained, lang: str) -> Score:
    explanation, pack = explained.explanation, explained.pack
    return Score(
        points=explanation.score,
        grade=Named(explanation.grade.code, _said(explanation.grade.name, lang)),
        as_of=explanation.as_of,
        pack=Named(pack.code, _said(pack.name, lang)),
        pack_version=pack.version,
        illustrative=pack.illustrative,
        least=pack.min,
        most=pack.max,
        sums=tuple(_sums(explained, lang)),
    )


def _sums(explained: Explained, lang: str) -> Iterator[Line]:
    explanation = explained.explanation
    yield Line(say("score.place.base", lang), points(explanation.base_units))
    for about, part in zip(explained.pack.dimensions, explanation.dimensions, strict=True):
        if about.scored:
            yield Line(_named_with_cut(about, part, lang), points(part.total_units))
    cuts = (("range", explanation.range_cut_units), ("rounding", explanation.floor_cut_units))
    yield from (Line(say(f"score.place.{place}", lang), points(-units)) for place, units in cuts if units)


def _named_with_cut(about: Dimension, part: DimensionPart, lang: str) -> str:
    added = sum(each.units for inner in part.indicators for each in inner.contributions)
    name = _said(about.name, lang)
    cut = part.total_units - added
    return say("report.cut", lang, name=name, points=points(cut)) if cut else name


def _items(explained: Explained, lang: str, shown: set[str]) -> Iterator[ReportItem]:
    for about, part in zip(explained.pack.dimensions, explained.explanation.dimensions, strict=True):
        for each in (one for inner in part.indicators for one in inner.contributions if one.record_id in shown):
            item, row = explained.pack.item(each.item), explained.records[each.record_id]
            worth = {"points": points((item.centipoints if item else 0) * 100)}
            yield ReportItem(
                record_id=each.record_id,
                dimension=_said(about.name, lang),
                name=_said(item.name, lang) if item else each.item,
                source=row.source_name,
                event_on=each.event_on,
                points=points(each.units),
                rule=say("score.rule", lang, percent=each.percent, months=each.months, **worth),
            )


def _record(one: Standing, lang: str) -> Record:
    row, item = one.row, one.item
    return Record(
        id=row.id,
        name=_said(item.name, lang) if item else row.item,
        kind=str(item.kind) if item else str(Kind.ADVERSE if row.ended_on else Kind.POSITIVE),
        source=Named(row.source, row.source_name),
        event_on=row.event_on,
        expires_on=row.expires_on,
        status=_coded("record.status", row.status, lang),
        because=_coded("record.because", one.because, lang) if one.because else None,
        quantity=_quantity(one, lang),
        details=tuple(_details(one, lang)),
        statement=one.statement,
        dispute=_dispute(one, lang),
    )


def _quantity(one: Standing, lang: str) -> str | None:
    if one.row.quantity is None:
        return None
    unit = _said(one.item.unit, lang) if one.item and one.item.unit else ""
    return say("report.quantity", lang, quantity=one.row.quantity, unit=unit).strip()


def _details(one: Standing, lang: str) -> Iterator[Line]:
    row, item = one.row, one.item
    told = {code: row.details[code] for code in PENALTY if row.details.get(code)}
    told |= {"ended_on": row.ended_on.isoformat()} if row.ended_on else {}
    told |= _of_item(item, lang) if item else {}
    yield from (Line(say(f"report.detail.{code}", lang), str(text)) for code, text in told.items())


def _of_item(item: Item, lang: str) -> dict[str, str]:
    told = {"legal_class": say(f"report.legal_class.{item.legal_class}", lang)} if item.legal_class else {}
    return told | {"basis": _said(item.basis, lang)}


def _dispute(one: Standing, lang: str) -> Dispute | None:
    asked = one.dispute
    if asked is None:
        return None
    ground = _coded("remedy.ground", asked.ground, lang)
    return Dispute(ground, day_of(asked.asked_at), asked.due_on, _coded("remedy.status", asked.status, lang))


def _sources(records: tuple[Record, ...]) -> tuple[Source, ...]:
    names = {record.source.code: record.source.name for record in records}
    counts = {code: sum(record.source.code == code for record in records) for code in names}
    return tuple(Source(code, names[code], counts[code]) for code in sorted(names))


def _private(facts: Facts, lang: str) -> Private:
    looks = (
        Line(say(f"report.looks.{kind}", lang), say("report.looks.times", lang, count=count))
        for kind, count in facts.looks.items()
    )
    return Private(facts.consents, tuple(looks))


def _coded(prefix: str, code: str, lang: str) -> Named:
    return Named(code, say(f"{prefix}.{code}", lang))


def _said(words: Words, lang: str) -> str:
    return words.zh if lang == "zh" else words.en
