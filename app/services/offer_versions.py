"""Versions of offers before they are published: what a text must be, and its simulation (app/services/versions.py)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.offer import Offer, OfferError
from app.domain.offer_file import parse_offer
from app.domain.pack import Pack
from app.services.offer_shelf import Plugins
from app.services.offer_simulation import cities_touched, simulate
from app.services.versions import Series, digest
from app.store import offers as store
from app.store.offers import OfferVersion
from app.store.pii import PiiBox

log = logging.getLogger(__name__)

SERIES = Series("offer", store.VERSIONS)


def read(text: str, registry: Plugins, packs: Mapping[str, Pack]) -> Offer:
    """The offer that `text` describes, as one that may follow those in `registry`.

    Raises OfferError with the first problem: of the text itself, a plug-in or a pack that is not there, what an offer
    stays for ever.
    """
    offer = parse_offer(text)
    problem = next(_problems(offer, registry, packs), None)
    if problem:
        raise OfferError(problem)
    return offer


def _problems(offer: Offer, registry: Plugins, packs: Mapping[str, Pack]) -> Iterator[str]:
    for code in offer.packs:
        if code not in packs:
            yield f"packs: no pack {code!r}; there are {', '.join(packs)}"
    if not cities_touched(packs, offer):
        yield "packs: no city is scored by them"
    tried = registry.renewed([offer])
    if offer.code not in tried or tried.offer(offer.code) != offer:
        yield "; ".join(str(fault) for fault in tried.faults if fault not in registry.faults) or "it cannot be used"
    if offer.code in registry:
        yield from _changed_for_ever(registry.offer(offer.code), offer)


def _changed_for_ever(known: Offer, offer: Offer) -> Iterator[str]:
    """An offer is of one city and one family, whose open orders count together; a basic service stays one."""
    for name in ("city", "family"):
        was = getattr(known, name)
        if getattr(offer, name) != was:
            yield f"{name}: {offer.code} is of {was!r}, and stays it"
    if known.basic_public_service and not offer.basic_public_service:
        yield "basic_public_service: a basic public service stays one"


def check(text: str, registry: Plugins, packs: Mapping[str, Pack]) -> Offer:
    """As `read`; raises Refusal `validation` with the problem."""
    try:
        return read(text, registry, packs)
    except OfferError as broken:
        raise _refusal(broken) from None


def checked(row: OfferVersion) -> Offer:
    """The offer of a version by today's rules; raises Refusal `validation` where it can no longer be read."""
    try:
        return parse_offer(row.text)
    except OfferError as broken:
        raise _refusal(broken) from None


def kept(row: OfferVersion) -> Offer | None:
    """The offer of a version, None where it can no longer be read."""
    try:
        return parse_offer(row.text)
    except OfferError:
        return None


def _refusal(broken: OfferError) -> Refusal:
    return Refusal("validation", errors=[SERIES.problem(str(broken))])


def propose(
    session: Session,
    registry: Plugins,
    packs: Mapping[str, Pack],
    text: str,
    *,
    operator_id: str,
    now: datetime,
    reason: str = "",
) -> OfferVersion:
    """Keep a new version and let the worker simulate it.

    Raises Refusal `validation` naming the problem of the text, or that its version is not the next one.
    """
    offer = check(text, registry, packs)
    known = registry.offer(offer.code) if offer.code in registry else None
    columns = values(
        offer, packs, known, text=text, sha256=digest(text), proposed_by=operator_id, now=now, reason=reason
    )
    return SERIES.propose(session, columns, [known.version] if known else [], now)


def values(offer: Offer, packs: Mapping[str, Pack], known: Offer | None, **said: Any) -> dict[str, Any]:
    """The columns of a new version; it touches those whom the version before it, `known`, was open to as well."""
    named: dict[str, Any] = {"code": offer.code, "version": offer.version, "city": offer.city}
    return store.VERSIONS.values(**named, cities=cities_touched(packs, known, offer), **said)


def run_simulation(
    session: Session, registry: Plugins, packs: Mapping[str, Pack], pii: PiiBox, version_id: str, now: datetime
) -> None:
    """Simulate a version that waits for it; nothing for one that was simulated, published or taken back meanwhile."""

    def measured(row: OfferVersion) -> dict[str, Any] | None:
        try:
            new = read(row.text, registry, packs)
        except OfferError as broken:
            log.error("%s no longer goes together with what is in force: %s", row.id, broken)
            return None
        return simulate(session, registry, packs, new, day_of(now), pii=pii, now=now, sha256=row.sha256).as_json()

    SERIES.simulate(session, version_id, measured, now)
