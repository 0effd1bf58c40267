"""The merchant map: places that accept a benefit. It is a map of merchants, never of people.

Who looks is not written down, nor where from: a position comes in rounded to about a kilometre and leaves no row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.coordinates import DATUMS, to_wgs84
from app.domain.errors import FieldError, Refusal
from app.domain.scenario import Registry
from app.store import partners
from app.store import places as store
from app.store.places import Found, Place, Search

__all__ = ["DATUMS", "Found", "Place", "Search", "add", "change", "codes_of", "listed", "remove", "search"]


def add(session: Session, registry: Registry, partner_id: str, said: Mapping[str, Any], now: datetime) -> Place:
    """A new place of a partner; raises Refusal `not-found`, and `validation` with the pointer of what is wrong."""
    return store.add(session, partner_id, _checked(session, registry, partner_id, said), now)


def change(
    session: Session, registry: Registry, partner_id: str, place_id: str, said: Mapping[str, Any], now: datetime
) -> Place:
    """The place as said, whole; raises as `add` does."""
    place = _found(session, partner_id, place_id)
    for name, value in _checked(session, registry, partner_id, said).items():
        setattr(place, name, value)
    place.updated_at = now
    session.flush()
    return place


def remove(session: Session, partner_id: str, place_id: str) -> None:
    """Take a place off the map; raises Refusal `not-found`."""
    session.delete(_found(session, partner_id, place_id))
    session.flush()


def listed(session: Session, partner_id: str, *, before: str | None, limit: int) -> list[Place]:
    """A partner's places, newest first, up to `limit` and one more; raises Refusal `not-found`."""
    if partners.get(session, partner_id) is None:
        raise Refusal("not-found")
    return list(store.listed(session, partner_id, before=before, limit=limit + 1))


def search(
    session: Session, citizen_id: str, wanted: Search, *, after: tuple[int, str] | None, limit: int
) -> list[Found]:
    """Places by distance, up to `limit` and one more; none of a suspended partner or of the other mode."""
    return store.search(session, citizen_id, wanted, after=after, limit=limit + 1)


def codes_of(
    registry: Registry, *, scenario: str | None = None, family: str | None = None, group: str | None = None
) -> Collection[str] | None:
    """The scenarios that a filter means; None where there is no filter."""
    if (scenario, family, group) == (None, None, None):
        return None
    return {
        offer.code
        for offer in registry.offers()
        if scenario in (None, offer.code) and family in (None, offer.family) and group in (None, offer.group)
    }


def _found(session: Session, partner_id: str, place_id: str) -> Place:
    place = store.get(session, partner_id, place_id)
    if place is None:
        raise Refusal("not-found")
    return place


def _checked(session: Session, registry: Registry, partner_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
    partner = partners.get(session, partner_id)
    if partner is None:
        raise Refusal("not-found")
    errors = [
        FieldError(f"/scenarios/{at}", "scenario-not-open", "The partner does not serve this scenario.")
        for at, code in enumerate(said["scenarios"])
        if code not in partner.scenarios or code not in registry
    ]
    if said["city"] not in {offer.city for offer in registry.offers()}:
        errors.append(FieldError("/city", "city-unknown", "No scenario is offered in this city."))
    if errors:
        raise Refusal("validation", errors=errors)
    kept = {name: value for name, value in said.items() if name != "datum"}
    latitude, longitude = to_wgs84((said["latitude"], said["longitude"]), said["datum"])
    return {**kept, "latitude": latitude, "longitude": longitude, "scenarios": sorted(set(said["scenarios"]))}
