"""What the clock does about offers: telling members and partners of a coming version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app.domain.offer import Offer
from app.domain.pack import Pack
from app.services import offer_versions, partner_events, version_effect
from app.services.offer_shelf import shipped_text
from app.services.offer_versions import SERIES
from app.store import offers as store
from app.store.offers import OfferVersion
from app.store.versions import RELEASE, SCHEDULED

CHANGING = "scenario.changing"
"""What partners who serve a scenario are told: its coming version takes effect, or does not after all."""


def keep_shipped(session: Session, offers: Iterable[Offer], packs: Mapping[str, Pack], now: datetime) -> int:
    """Keep the offers of the installed plug-ins as versions; how many were new (app/services/version_effect.py)."""
    made = {(offer.code, offer.version): partial(_columns, offer, packs, now) for offer in offers}
    return version_effect.keep_shipped(session, SERIES, made, {}, now)


def _columns(offer: Offer, packs: Mapping[str, Pack], now: datetime) -> dict[str, object]:
    text, sha256 = shipped_text(offer)
    return offer_versions.values(offer, packs, None, text=text, sha256=sha256, proposed_by=RELEASE, now=now)


def step(session: Session, now: datetime) -> int:
    """Tell one part of those whom a version touches; 0 where nothing is left."""
    for row in store.untold(session):
        if row.told == 0:
            _tell_partners(session, row, now)
        offer = offer_versions.kept(row)
        version_effect.tell(session, SERIES, row, row.cities, offer.name if offer else None, now)
        return 1
    return 0


def _tell_partners(session: Session, row: OfferVersion, now: datetime) -> None:
    status = "announced" if row.status == SCHEDULED else "withdrawn"
    day = row.effective_on.isoformat() if row.effective_on else ""
    for partner in store.serving(session, row.code):
        partner_events.tell(
            session,
            partner_id=partner.id,
            livemode=partner.livemode,
            type=CHANGING,
            data={"scenario": row.code, "date": day, "status": status},
            citizen_id=None,
            now=now,
        )
