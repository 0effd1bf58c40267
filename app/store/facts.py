"""The facts that rules decide on: one query, whatever the number of offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, DateTime, Select, and_, bindparam, func, null, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.consent import Consent
from app.domain.offer import Offer
from app.domain.pack import Pack, pack_of_city
from app.domain.scenario import Facts
from app.store import orders, reviews
from app.store.citizens import Citizen
from app.store.consents import ConsentRow
from app.store.direct import Prepared
from app.store.enrolments import Enrolment
from app.store.order_rows import OrderRow
from app.store.outer_ids import OuterId
from app.store.partners import Partner
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


class _Row(NamedTuple):
    """What the query tells of a citizen."""

    city: str
    enrolled_at: datetime | None
    due_on: date | None
    score: int | None
    pack: str | None
    pack_version: int | None
    digest: str | None
    chosen: list[Any] | None
    paused: list[str] | None
    by_word: list[str] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a consent leads to: itself, held as in app/store/consents.py, the partner's standing, and the citizen's."""

    consent: Consent
    partner_status: str
    scenarios: Sequence[str]
    standing: Standing


def facts_of(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Standing:
    """All that rules may know of a citizen, in one query; raises NoResultFound for an id that is nobody's."""
    rows = _OF_CITIZEN.ask(session, {"citizen_id": citizen_id, "now": now, "day": day_of(now)})
    if not rows:
        raise NoResultFound
    return _standing(packs, _Row(*rows[0]), now)


def by_consent(
    session: Session, packs: Mapping[str, Pack], partner_id: str, consent_id: str, now: datetime
) -> Asked | None:
    """The same for the citizen of a partner's consent, ended or not, in one query too; None where it has none such."""
    values = {"consent_id": consent_id, "partner_id": partner_id, "now": now, "day": day_of(now)}
    for row in _BY_CONSENT.ask(session, values):
        known, (status, scenarios, *consent) = _Row(*row[: len(_Row._fields)]), row[len(_Row._fields) :]
        return Asked(Consent(*consent), status, scenarios, _standing(packs, known, now))
    return None


def _standing(packs: Mapping[str, Pack], row: _Row, now: datetime) -> Standing:
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


def _columns() -> list[Any]:
    """What `_Row` names, of the query's citizen."""
    who: Any = Citizen.citizen_id
    now, day = bindparam("now", type_=DateTime(timezone=True)), bindparam("day", type_=Date())
    choice = func.jsonb_build_array(PreferenceRow.scenario, PreferenceRow.prefers_standard, PreferenceRow.declared)
    chosen = select(func.jsonb_agg(choice)).where(PreferenceRow.citizen_id == who)
    paused = select(func.array_agg(OrderRow.family.distinct())).where(*orders.unpaid(who, now))
    words = select(func.array_agg(ReviewRow.topic.distinct())).where(*reviews.in_force(who, day))
    plain = (Citizen.city, Enrolment.enrolled_at, Enrolment.due_on, Score.score, Score.pack, Score.pack_version)
    lists = (query.correlate(Citizen).scalar_subquery() for query in (chosen, paused, words))
    return [*plain, Score.digest, *lists]


def _with_score(query: Select[Any]) -> Select[Any]:
    with_member = query.outerjoin(Enrolment, Enrolment.citizen_id == Citizen.citizen_id)
    return with_member.outerjoin(Score, Score.citizen_id == Citizen.citizen_id)


def _of_citizen() -> Select[Any]:
    query = _with_score(select(*_columns()).select_from(Citizen))
    return query.where(Citizen.citizen_id == bindparam("citizen_id"))


def _by_consent() -> Select[Any]:
    row, outer = ConsentRow, OuterId
    no_caps = null()
    said = (
        row.id, row.citizen_id, row.citizen_ref, row.partner_id, row.scope, row.purpose, row.granted_at,
        row.expires_at, row.ended_at, row.grant_id, no_caps, row.livemode,
    )  # fmt: skip
    query = (
        select(*_columns(), Partner.status, Partner.scenarios, *said)
        .select_from(outer)
        .join(row, and_(row.citizen_id == outer.citizen_id, row.id == outer.outer_id))
        .join(Partner, Partner.id == row.partner_id)
        .join(Citizen, Citizen.citizen_id == row.citizen_id)
    )
    mine = outer.outer_id == bindparam("consent_id"), outer.kind == "consent", Partner.id == bindparam("partner_id")
    return _with_score(query).where(*mine).with_for_update(read=True, of=row)


_OF_CITIZEN, _BY_CONSENT = Prepared(_of_citizen), Prepared(_by_consent)
