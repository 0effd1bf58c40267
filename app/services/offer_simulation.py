"""Simulating a new version of an offer on the members of the cities that it touches (guardrail 15).

Each member is scored by their city's pack in force, and the rule is asked for both versions. Nothing is kept but
figures of 20 people or more (app/domain/offer_simulation.py). Whoever was read sees the run in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor
from app.domain.offer import Offer
from app.domain.offer_simulation import OfferSimulation, Reached, measure_reach, measured_on
from app.domain.pack import Pack, pack_of_city
from app.domain.scenario import Facts, Path, Registry
from app.domain.score import explain
from app.services import simulating
from app.services.offer_shelf import Plugins
from app.services.simulating import MOST
from app.store import enrolments
from app.store.pii import PiiBox

Asked = Callable[[str, int], bool]
"""Whether a member of a city with this score (whole points) may have the benefit."""


def cities_touched(packs: Mapping[str, Pack], *offers: Offer | None) -> list[str]:
    """The cities whose members these versions of an offer are open to, as it reads their pack."""
    read = {code for offer in offers if offer for code in offer.packs}
    own = {offer.city for offer in offers if offer}
    cities = own | {pack.city for pack in packs.values() if pack.code in read}
    return sorted(city for city in cities if (pack := pack_of_city(packs, city)) and pack.code in read)


def simulate(
    session: Session,
    registry: Plugins,
    packs: Mapping[str, Pack],
    new: Offer,
    as_of: date,
    *,
    pii: PiiBox,
    now: datetime,
    sha256: str = "",
    actor: Actor = SYSTEM,
    most: int = MOST,
) -> OfferSimulation:
    """What `new` would do to the members whom it touches, as of a day, beside the version of `registry`.

    `sha256` names the text of `new`; `actor` is who the members read of in the access log. Stores no decision.
    """
    old = registry.offer(new.code) if new.code in registry else None
    cities = cities_touched(packs, old, new)
    before = _asked(registry, packs, old, as_of)
    after = _asked(registry.renewed([new]), packs, new, measured_on(old, new, as_of))
    samples = {city: simulating.sample(session, city, sha256, most // len(cities)) for city in cities}
    people = [
        one
        for city, sample in samples.items()
        for one in _reached(session, pii, packs[_pack(packs, city)], sample, (before, after), as_of)
    ]
    simulating.log(session, [each for sample in samples.values() for each in sample], actor, "offer-simulation", now)
    members = enrolments.count_in_city(session, *cities)
    return measure_reach(old, new, people, members=members, as_of=as_of, sha256=sha256)


def _pack(packs: Mapping[str, Pack], city: str) -> str:
    pack = pack_of_city(packs, city)
    return pack.code if pack else ""


def _reached(
    session: Session, pii: PiiBox, pack: Pack, people: Sequence[str], asked: tuple[Asked, Asked], as_of: date
) -> Iterator[Reached]:
    before, after = asked
    for read, cohorts in simulating.read(session, pii, people, as_of):
        score = explain(pack, read, as_of).score
        yield Reached(before(pack.city, score), after(pack.city, score), cohorts)


def _asked(registry: Registry, packs: Mapping[str, Pack], offer: Offer | None, day: date) -> Asked:
    """What the rule says of a score: the benefit, where it is there without or with all that one may declare."""

    @cache
    def asked(city: str, score: int) -> bool:
        if offer is None:
            return False
        facts = Facts(as_of=day, city=city, pack=_pack(packs, city), member=True, score=score)
        needed, every = ([each.code for each in offer.conditions if each.needed or way] for way in (False, True))
        declared = map(frozenset, ([], needed, every))
        return any(registry.decide(offer.code, replace(facts, declared=each)).path is Path.CREDIT for each in declared)

    return asked
