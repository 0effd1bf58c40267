"""Test citizens of a partner's sandbox: made with the outcome that the partner wants to see, and nobody's data.

They are asked, scanned, billed and told of like anyone, by the same services; what they lack is a person: no name, no
number, no login, no city that is counted. After a week, or when the partner says so, nothing of one is left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.consent import ORDERS, SCORE_READ, Caps, Consent
from app.domain.errors import Refusal
from app.domain.notice import NOTICE
from app.domain.offer import Offer
from app.domain.pack import Pack
from app.domain.scenario import Facts, Path, Registry
from app.services import codes, consents, eligibility, leaving
from app.store import citizens, enrolments, partners, preferences, sandbox, sandbox_upkeep, scores
from app.store.base import new_id
from app.store.partners import Partner
from app.store.pii import PiiBox
from app.store.preferences import Preference
from app.store.sandbox import CITY, PREFIX, TERM, SandboxCitizen

MOST = 50
"""The most test citizens that a partner has at a time."""
CONSENT_DAYS = 365
PORTION = 20


@dataclass(frozen=True, slots=True)
class Made:
    """A test citizen with what to ask about it by: a check code of a moment, and a consent where one was wanted."""

    citizen: SandboxCitizen
    code: str
    code_expires_at: datetime
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Maker:
    """What making a test citizen needs: the published scenarios, the packs in force and the box of keys."""

    registry: Registry
    packs: Mapping[str, Pack]
    pii: PiiBox
    now: datetime


def create(
    session: Session, maker: Maker, partner_id: str, *, scenario: str, outcome: str, consent: bool = False
) -> Made:
    """A test citizen about whom `scenario` answers `outcome` (credit or standard).

    Raises Refusal `scenario-not-open`, `scenario-unknown`, `sandbox-busy`, `sandbox-citizens-full`, and
    `sandbox-outcome-not-open` where the scenario answers nobody so today.
    """
    partner = _serving(session, partner_id, scenario, "/scenario")
    offer = maker.registry.offer(scenario)
    if not sandbox.hold(session, partner_id):
        raise Refusal("sandbox-busy")
    if sandbox.count(session, partner_id) >= MOST:
        raise Refusal("sandbox-citizens-full", limit=MOST)
    row = _new(session, maker, partner_id, scenario, outcome)
    if outcome == Path.CREDIT:
        _opt_in(session, maker, partner, offer, row.citizen_id)
    open_now = eligibility.paths_open(session, maker.registry, maker.packs, row.citizen_id, scenario, maker.now)
    if (Path.CREDIT in open_now) != (outcome == Path.CREDIT):
        raise Refusal("sandbox-outcome-not-open", field="/outcome")
    code, until = codes.make(session, row.citizen_id, "check", {}, maker.now)
    return Made(row, code, until, grant(session, maker, row, offer.scope) if consent else None)


def _serving(session: Session, partner_id: str, scenario: str, field: str) -> Partner:
    partner = partners.get(session, partner_id)
    if partner is None or not partner.serves(scenario):
        raise Refusal("scenario-not-open", field=field)
    return partner


def _new(session: Session, maker: Maker, partner_id: str, scenario: str, outcome: str) -> SandboxCitizen:
    citizen_id = citizens.add_nobody(session, PREFIX, CITY, maker.now)
    row = SandboxCitizen(
        citizen_id=citizen_id,
        id=new_id("tct"),
        partner_id=partner_id,
        citizen_ref=maker.pii.pairwise_subject(partner_id, citizen_id),
        scenario=scenario,
        outcome=outcome,
        created_at=maker.now,
        removed_at=maker.now + TERM,
    )
    sandbox.add(session, row)
    return row


def _opt_in(session: Session, maker: Maker, partner: Partner, offer: Offer, citizen_id: str) -> None:
    """A member with the best score of the offer's pack, who declared what the partner's scenarios wait for."""
    pack = next((maker.packs[code] for code in offer.packs if code in maker.packs), None)
    if pack is None:
        raise Refusal("sandbox-outcome-not-open", field="/outcome")
    enrolments.add(session, [citizen_id], notice_version=NOTICE.version, now=maker.now)
    best = (citizen_id, pack.max, pack.grade(pack.max).code, "0" * 64)
    scores.save(session, pack.code, pack.version, day_of(maker.now), maker.now, [best])
    for served in partner.scenarios:
        if served in maker.registry:
            chosen = Preference(False, _opening(maker, maker.registry.offer(served), pack))
            preferences.put(session, citizen_id, served, chosen, maker.now)


def _opening(maker: Maker, offer: Offer, pack: Pack) -> frozenset[str]:
    """What to declare so that the offer answers credit: nothing where that is enough, else one condition, or all."""
    codes_of = [condition.code for condition in offer.conditions]
    tries = [frozenset(), *(frozenset({code}) for code in codes_of), frozenset(codes_of)]
    facts = Facts(as_of=day_of(maker.now), city=CITY, pack=pack.code, member=True, score=pack.max)
    answers = ((said, maker.registry.decide(offer.code, replace(facts, declared=said)).path) for said in tries)
    return next((said for said, path in answers if path is Path.CREDIT), frozenset())


def grant(
    session: Session, maker: Maker, row: SandboxCitizen, scope: str, caps: Caps | None = None, days: int = CONSENT_DAYS
) -> Consent:
    """The test citizen agrees to `scope`, as at the consent page."""
    return consents.grant(
        session,
        maker.pii,
        citizen_id=row.citizen_id,
        partner_id=row.partner_id,
        scope=scope,
        term_days=days,
        grant_id=new_id("grt"),
        now=maker.now,
        caps=caps,
    )


def agree(session: Session, maker: Maker, row: SandboxCitizen, scope: str) -> Consent:
    """The test citizen agrees to any scope that a person may, with the caps of the offer where it is for orders.

    Raises Refusal `scenario-not-open`, or `validation` for orders of an offer that lets none start by themselves.
    """
    if scope == SCORE_READ:
        return grant(session, maker, row, scope)
    scenario, orders = scope.partition(":")[2], scope.startswith(ORDERS)
    _serving(session, row.partner_id, scenario, "/scope")
    most = maker.registry.offer(scenario).limits.standing
    if orders and most is None:
        raise Refusal("validation", field="/scope")
    caps = Caps(most.per_order_fen, most.per_day_fen) if most and orders else None
    return grant(session, maker, row, scope, caps)


def view(row: SandboxCitizen) -> dict[str, Any]:
    """A test citizen as its partner reads it."""
    names = ("id", "citizen_ref", "scenario", "outcome", "created_at", "removed_at")
    return {name: getattr(row, name) for name in names} | {"livemode": False}


def find(session: Session, partner_id: str, test_id: str) -> SandboxCitizen:
    """The partner's test citizen; raises Refusal `not-found`."""
    row = sandbox.find(session, partner_id, test_id)
    if row is None:
        raise Refusal("not-found")
    return row


def listed(session: Session, partner_id: str, *, before: str | None, limit: int) -> Sequence[SandboxCitizen]:
    """The partner's test citizens, newest first, up to `limit` and one more."""
    return sandbox.listed(session, partner_id, before=before, limit=limit + 1)


def code(session: Session, row: SandboxCitizen, now: datetime) -> tuple[str, datetime]:
    """Another check code, as the test citizen would show it now, and when it dies."""
    return codes.make(session, row.citizen_id, "check", {}, now)


def remove(session: Session, rows: Collection[SandboxCitizen], now: datetime) -> int:
    """Delete test citizens with everything of theirs; how many."""
    for row in sorted(rows, key=lambda row: row.citizen_id):
        leaving.leave(session, row.citizen_id, now)
        sandbox_upkeep.erase(session, row.citizen_id)
    return len(rows)


def reset(session: Session, partner_id: str, now: datetime) -> int:
    """Remove all the partner's test citizens, and set its clock to ours again; how many there were.

    With them goes all that happened in the sandbox's time, so nothing is left that would lie in the future. Raises
    Refusal `sandbox-busy`.
    """
    if not sandbox.hold_whole(session, partner_id):
        raise Refusal("sandbox-busy")
    removed = remove(session, list(sandbox.of_partner(session, partner_id).values()), now)
    sandbox.put_ahead(session, partner_id, 0, now)
    return removed


def remove_over(session: Session, now: datetime) -> int:
    """Delete a portion of the test citizens whose week is over; how many. Repeat it until 0."""
    return remove(session, sandbox.over(session, now, PORTION), now)
