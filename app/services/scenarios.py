"""Scenarios as a citizen sees them: what is open, why, and the ordinary way, which they may always choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.offer import Offer
from app.domain.pack import Pack
from app.domain.scenario import Path, Registry
from app.domain.wording import Words
from app.services import quotas, standing
from app.store import preferences
from app.store.facts import Standing
from app.store.preferences import Preference


@dataclass(frozen=True, slots=True)
class OpenScenario:
    """One scenario for one citizen at one moment: the path that is open, the reasons in plain words, their choice."""

    offer: Offer
    path: Path
    reasons: tuple[tuple[str, Words], ...]
    preference: Preference
    left_today: int | None = None
    """Of a limited offer: how many are left for anyone today."""


def open_to(
    session: Session, registry: Registry, packs: Mapping[str, Pack], citizen_id: str, now: datetime
) -> list[OpenScenario]:
    """Every scenario of the citizen's own city, in order of code; nothing is kept."""
    known = standing.of(session, packs, citizen_id, now)
    offers = registry.offers(pack=known.pack) if known.pack else ()
    left = quotas.left_today(session, offers, now)
    return [replace(_seen(registry, known, offer), left_today=left.get(offer.code)) for offer in offers]


def one(
    session: Session, registry: Registry, packs: Mapping[str, Pack], citizen_id: str, code: str, now: datetime
) -> OpenScenario:
    """One scenario, of any city. Raises Refusal `not-found`."""
    offer = find(registry, code)
    left = quotas.left_today(session, [offer], now).get(code)
    return replace(_seen(registry, standing.of(session, packs, citizen_id, now), offer), left_today=left)


def find(registry: Registry, code: str) -> Offer:
    """The offer of a path's `{code}`; raises Refusal `not-found`."""
    if code not in registry:
        raise Refusal("not-found")
    return registry.offer(code)


def prefer(
    session: Session,
    registry: Registry,
    packs: Mapping[str, Pack],
    citizen_id: str,
    code: str,
    *,
    ordinary: bool,
    declared: frozenset[str],
    now: datetime,
) -> OpenScenario:
    """Choose a way and declare conditions for a scenario; the last choice stands.

    Raises Refusal `not-found`, or `validation` at the condition that the offer does not know.
    """
    known = {condition.code for condition in find(registry, code).conditions}
    if declared - known:
        detail = f"Conditions of this scenario: {', '.join(sorted(known)) or 'none'}."
        raise Refusal("validation", errors=[FieldError("/declared", "unknown-condition", detail)])
    preferences.put(session, citizen_id, code, Preference(ordinary, declared), now)
    return one(session, registry, packs, citizen_id, code, now)


def _seen(registry: Registry, known: Standing, offer: Offer) -> OpenScenario:
    outcome = registry.decide(offer.code, known.facts(offer))
    reasons = tuple((reason.code, registry.explain(offer.code, reason)) for reason in outcome.reasons)
    return OpenScenario(offer, outcome.path, reasons, known.preference(offer))
