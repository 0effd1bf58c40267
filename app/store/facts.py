"""The facts that rules decide on: one query, whatever the number of offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.offer import Offer
from app.domain.pack import Pack, pack_of_city
from app.domain.scenario import Facts
from app.store import orders, reviews
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment
from app.store.order_rows import OrderRow
from app.store.preferences import Preference, PreferenceRow
from app.store.reviews import ReviewRow
from app.store.scores import Score


@dataclass(frozen=True, slots=True)
class Standing:
    """A citizen as every rule may know them at one moment; `digest` names the record versions behind the score.

    From `due_on` on, today where its city's rules are not those of the score, it may be stale (services/standing.py).
    """

    as_of: date
    city: str
    pack: str | None
    member: bool
    score: int | None
    digest: str | None
    due_on: date | None
    preferences: Mapping[str, Preference]
    paused: frozenset[str]
    by_word: frozenset[str] = frozenset()
    """Scenarios of which a person changed an answer, while their word holds (guardrail 11)."""

    def preference(self, offer: Offer) -> Preference:
        """What the citizen chose and declared for an offer."""
        return self.preferences.get(offer.code, Preference())

    def facts(self, offer: Offer) -> Facts:
        """The facts for the rule of one offer."""
        return Facts(
            as_of=self.as_of,
            city=self.city,
            pack=self.pack,
            member=self.member,
            score=self.score if self.member else None,
            prefers_standard=self.preference(offer).prefers_standard,
            paused=offer.family in self.paused,
            declared=self.preference(offer).declared,
            by_word=offer.code in self.by_word,
        )


def facts_of(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Standing:
    """All that rules may know of a citizen, in one query; raises NoResultFound for an id that is nobody's."""
    row = session.execute(_query(citizen_id, now)).one()
    home = pack_of_city(packs, row.city)
    renewed = row.pack is not None and home is not None and (row.pack, row.pack_version) != (home.code, home.version)
    return Standing(
        as_of=day_of(now),
        city=row.city,
        pack=row.pack or (home.code if home else None),
        member=row.enrolled_at is not None,
        score=row.score,
        digest=row.digest,
        due_on=day_of(now) if renewed else row.due_on,
        preferences={code: Preference(ordinary, frozenset(said)) for code, ordinary, said in row.chosen or ()},
        paused=frozenset(row.paused or ()),
        by_word=frozenset(row.by_word or ()),
    )


def _query(citizen_id: str, now: datetime) -> Select[Any]:
    choice = func.jsonb_build_array(PreferenceRow.scenario, PreferenceRow.prefers_standard, PreferenceRow.declared)
    chosen = select(func.jsonb_agg(choice)).where(PreferenceRow.citizen_id == citizen_id)
    paused = select(func.array_agg(OrderRow.family.distinct())).where(*orders.unpaid(citizen_id, now))
    words = select(func.array_agg(ReviewRow.topic.distinct())).where(*reviews.in_force(citizen_id, day_of(now)))
    columns = (Citizen.city, Enrolment.enrolled_at, Enrolment.due_on, Score.score, Score.pack, Score.pack_version)
    lists = {"chosen": chosen, "paused": paused, "by_word": words}
    return (
        select(*columns, Score.digest, *(query.scalar_subquery().label(name) for name, query in lists.items()))
        .outerjoin(Enrolment, Enrolment.citizen_id == Citizen.citizen_id)
        .outerjoin(Score, Score.citizen_id == Citizen.citizen_id)
        .where(Citizen.citizen_id == citizen_id)
    )
