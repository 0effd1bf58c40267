"""Eligibility: a partner asks for one citizen and one scenario; one answer, without the why (guardrails 1-5, 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor
from app.domain.decision import Decision, Via
from app.domain.errors import Refusal
from app.domain.pack import Pack
from app.domain.scenario import Outcome, Path, Registry
from app.services import scans, standing
from app.store import access_log, decisions, events, facts, partners
from app.store import scans as scan_store
from app.store.base import new_id
from app.store.facts import Standing

VALID = timedelta(minutes=15)
PURPOSE = "eligibility"
FIELDS = ("eligibility",)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a partner, as the access log names it; `partner_id` is None where the citizen's own confirming asks."""

    actor: Actor
    partner_id: str | None
    livemode: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a partner asks: a scenario, and by what right, a scan or a consent (one of the two)."""

    scenario: str
    scan_id: str | None = None
    consent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """By what right there is an answer: about whom, for which purpose, and until when it holds."""

    via: Via
    ref: str | None
    citizen_id: str
    citizen_ref: str | None
    purpose: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A recorded decision, for use cases that act on its outcome."""

    decision_id: str
    outcome: Outcome


def check(
    session: Session, registry: Registry, packs: Mapping[str, Pack], *, asker: Asker, asked: Question, now: datetime
) -> Decision:
    """Answer a partner's question: decided, kept, logged in one row that the citizen sees, and told to them.

    Raises Refusal `scenario-unknown`, `scenario-not-open`, `scan-not-valid`, `not-found` or `consent-not-found`.
    """
    registry.offer(asked.scenario)
    right, known = (_by_scan if asked.scan_id else _by_consent)(session, packs, asker, asked, now)
    decision = _decide(session, registry, known, asker, right, asked.scenario, now)
    if asked.scan_id:
        scan_store.answer(session, asked.scan_id, asked.scenario, decision.decision_id)
    _log(session, asker, decision, "check", right.purpose, now)
    _tell(session, decision, now)
    return decision


def _by_scan(
    session: Session, packs: Mapping[str, Pack], asker: Asker, asked: Question, now: datetime
) -> tuple[Right, Standing]:
    _require_serving(session, asker, asked.scenario)
    scan = scans.for_check(session, asker.partner_id or "", asker.livemode, asked.scan_id or "", now)
    right = Right(Via.SCAN, scan.scan_id, scan.citizen_id, scan.citizen_ref, PURPOSE, scan.expires_at)
    return right, standing.of(session, packs, scan.citizen_id, now)


def _by_consent(
    session: Session, packs: Mapping[str, Pack], asker: Asker, asked: Question, now: datetime
) -> tuple[Right, Standing]:
    found = facts.by_consent(session, packs, asker.partner_id or "", asked.consent_id or "", now)
    if found is None or found.partner_status != "active" or asked.scenario not in found.scenarios:
        _require_serving(session, asker, asked.scenario)
    consent = found.consent if found and found.consent.live(now) else None
    if found is None or consent is None or (consent.scenario, consent.livemode) != (asked.scenario, asker.livemode):
        raise Refusal("consent-not-found")
    until = min(now + VALID, consent.expires_at)
    right = Right(Via.CONSENT, consent.consent_id, consent.citizen_id, consent.citizen_ref, consent.purpose, until)
    return right, standing.today(session, packs, consent.citizen_id, found.standing, now)


def _require_serving(session: Session, asker: Asker, scenario: str) -> None:
    if not partners.serves(session, asker.partner_id or "", scenario):
        raise Refusal("scenario-not-open", field="/scenario")


def _decide(
    session: Session, registry: Registry, known: Standing, asker: Asker, right: Right, scenario: str, now: datetime
) -> Decision:
    outcome = registry.decide(scenario, known.facts(registry.offer(scenario)))
    decision = Decision(
        decision_id=new_id("dec"),
        citizen_id=right.citizen_id,
        scenario=scenario,
        path=outcome.path,
        benefit=outcome.benefit,
        reasons=outcome.reasons,
        rule=registry.rule(scenario),
        as_of=known.as_of,
        score=known.score,
        pack=known.pack,
        digest=known.digest,
        via=right.via,
        ref=right.ref,
        partner_id=asker.partner_id,
        partner_name=asker.actor.name,
        citizen_ref=right.citizen_ref,
        livemode=asker.livemode,
        decided_at=now,
        valid_until=right.until,
    )
    decisions.add(session, decision)
    return decision


def decide_for(
    session: Session, registry: Registry, packs: Mapping[str, Pack], citizen_id: str, scenario: str, now: datetime
) -> Decided:
    """Decide as the citizen confirms an order: kept with its reasons for the citizen. No one else learns of it."""
    asker = Asker(SYSTEM, None, livemode=False)
    right = Right(Via.ORDER, None, citizen_id, None, PURPOSE, now + VALID)
    known = standing.of(session, packs, citizen_id, now)
    decision = _decide(session, registry, known, asker, right, scenario, now)
    return Decided(decision.decision_id, Outcome(decision.path, decision.benefit, decision.reasons))


def paths_open(
    session: Session, registry: Registry, packs: Mapping[str, Pack], citizen_id: str, scenario: str, now: datetime
) -> list[Path]:
    """The paths that a citizen may take at this moment; nothing is kept. The ordinary one is always open."""
    facts = standing.of(session, packs, citizen_id, now).facts(registry.offer(scenario))
    credit = registry.decide(scenario, facts).path is Path.CREDIT
    return [Path.CREDIT, Path.STANDARD] if credit else [Path.STANDARD]


def again(session: Session, asker: Asker, decision_id: str, now: datetime) -> Decision:
    """The answer that a partner was given, read again: a look of its own. Raises Refusal `not-found`."""
    decision = decisions.of_partner(session, asker.partner_id or "", asker.livemode, decision_id)
    if decision is None:
        raise Refusal("not-found")
    _log(session, asker, decision, "check.read", PURPOSE, now)
    return decision


def _log(session: Session, asker: Asker, decision: Decision, action: str, purpose: str, now: datetime) -> None:
    access_log.append(
        session,
        decision.citizen_id,
        now=now,
        actor=asker.actor,
        action=action,
        purpose=purpose,
        fields=FIELDS,
        scenario=decision.scenario,
        ref=decision.decision_id,
        outcome=decision.path,
    )


def _tell(session: Session, decision: Decision, now: datetime) -> None:
    data = {
        "decision_id": decision.decision_id,
        "scenario": decision.scenario,
        "partner_id": decision.partner_id,
        "partner_name": decision.partner_name,
        "path": decision.path,
    }
    events.tell(session, decision.citizen_id, "decision.made", data, now)
