"""Consents: granted through /oauth, shown to the citizen, ended with one tap. An ended one is as if it never was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.consent import SCORE_READ, Caps, Consent, purpose_of
from app.domain.errors import Refusal
from app.domain.pack import Pack
from app.services import partner_events, sessions, standing
from app.store import access_log, events, partners, sandbox, standing_orders
from app.store import consents as store
from app.store.base import new_id
from app.store.partners import Partner
from app.store.pii import PiiBox

SCORE_FIELDS = ("grade", "score")


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A consent as its citizen reads it; `partner` is None where it has gone.

    `today_fen`: what started today under one for orders, in all.
    """

    consent: Consent
    partner: Partner | None
    today_fen: int = 0


@dataclass(frozen=True, slots=True)
class SharedScore:
    """What a partner with a `score:read` consent is told: `score` in whole points of `pack`."""

    consent: Consent
    score: int
    grade: str
    pack: str
    as_of: date


def grant(
    session: Session,
    pii: PiiBox,
    *,
    citizen_id: str,
    partner_id: str,
    scope: str,
    term_days: int,
    grant_id: str,
    now: datetime,
    caps: Caps | None = None,
    livemode: bool = False,
) -> Consent:
    """A consent, just given, for `scope`: `eligibility:{scenario}`, `orders:{scenario}` with its caps, or `score:read`.

    An older one of the same ends. Raises Refusal `consent-not-found` for a citizen beyond the partner's reach: of the
    other mode, or another partner's test citizen.
    """
    if not sandbox.reaches(session, citizen_id, partner_id, livemode=livemode):
        raise Refusal("consent-not-found")
    older = store.of_scope(session, citizen_id, partner_id, scope)
    if older:
        _end(session, older, now)
    consent = Consent(
        consent_id=new_id("cns"),
        citizen_id=citizen_id,
        citizen_ref=pii.pairwise_subject(partner_id, citizen_id),
        partner_id=partner_id,
        scope=scope,
        purpose=purpose_of(scope),
        granted_at=now,
        expires_at=now + timedelta(days=term_days),
        ended_at=None,
        grant_id=grant_id,
        caps=caps,
        livemode=livemode,
    )
    store.add(session, consent)
    _tell(session, consent, "consent.granted", now)
    return consent


def live(session: Session, partner_id: str, consent_id: str, now: datetime, *, livemode: bool | None = None) -> Consent:
    """The partner's consent while it holds. Raises Refusal `consent-not-found`, the same whatever the cause.

    One of the other mode than `livemode` is one of those causes.
    """
    consent = store.find(session, partner_id, consent_id)
    if consent is None or not consent.live(now) or livemode not in (None, consent.livemode):
        raise Refusal("consent-not-found")
    return consent


def listed(
    session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> Sequence[GivenConsent]:
    """A citizen's consents, ended ones too, newest first, up to one more than `limit`."""
    found = store.listed(session, citizen_id, before=before, limit=limit + 1)
    return [_given(session, consent, now) for consent in found]


def end(session: Session, citizen_id: str, consent_id: str, now: datetime) -> GivenConsent:
    """End one's own consent and the OAuth grant that it stands for; twice is once. Raises Refusal `not-found`."""
    consent = store.of_citizen(session, citizen_id, consent_id)
    if consent is None:
        raise Refusal("not-found")
    if consent.ended_at is None:
        _end(session, consent, now)
    ended = store.of_citizen(session, citizen_id, consent_id) or consent
    return _given(session, ended, now)


def _given(session: Session, consent: Consent, now: datetime) -> GivenConsent:
    me, day = consent.citizen_id, day_of(now)
    started = standing_orders.started_on(session, me, consent.consent_id, day) if consent.caps else 0
    return GivenConsent(consent, partners.get(session, consent.partner_id), started)


def end_by_grant(session: Session, citizen_id: str, grant_id: str, now: datetime) -> None:
    """End the consent that an OAuth grant stands for, where the partner itself gave the grant up."""
    consent = store.of_grant(session, citizen_id, grant_id)
    if consent and consent.ended_at is None:
        _end(session, consent, now)


def _end(session: Session, consent: Consent, now: datetime) -> None:
    store.end(session, consent, now)
    sessions.end_grant(session, consent.grant_id, now=now)
    _tell(session, consent, "consent.ended", now)


def _tell(session: Session, consent: Consent, kind: str, now: datetime) -> None:
    partner = partners.get(session, consent.partner_id)
    data = {
        "consent_id": consent.consent_id,
        "partner_id": consent.partner_id,
        "partner_name": partner.name_zh if partner else "",
        "scope": consent.scope,
    }
    events.tell(session, consent.citizen_id, kind, data, now)
    if partner:
        _tell_partner(session, consent, partner, kind, now)


def _tell_partner(session: Session, consent: Consent, partner: Partner, kind: str, now: datetime) -> None:
    """That it began or ended, never why: to end one and to take another are the same (guardrail 5).

    One that goes with its leaver is not told of; to ask by it answers the one 404.
    """
    event, status = ("consent.created", "live") if kind == "consent.granted" else ("consent.ended", "ended")
    data = {"consent_id": consent.consent_id, "citizen_ref": consent.citizen_ref, "status": status}
    partner_events.tell(
        session, partner_id=partner.id, livemode=partner.livemode, citizen_id=consent.citizen_id, now=now,
        type=event, data=data, logged=status == "ended",  # its token's answer tells it of the beginning
    )  # fmt: skip


def read_score(
    session: Session,
    packs: Mapping[str, Pack],
    *,
    partner_id: str,
    livemode: bool,
    actor: Actor,
    citizen_ref: str,
    now: datetime,
) -> SharedScore:
    """The score of a citizen who let this partner read it: one row in the access log.

    Raises Refusal `partner-suspended`, or `consent-not-found`: the same for an unknown reference, no consent, an ended
    one and no score.
    """
    partner = partners.get(session, partner_id)
    if partner is None or not partner.active:
        raise Refusal("partner-suspended")
    consent = store.to_read_score(session, partner_id, citizen_ref, SCORE_READ, livemode=livemode)
    score = standing.score_of(session, packs, consent.citizen_id, now) if consent and consent.live(now) else None
    if consent is None or score is None:
        raise Refusal("consent-not-found")
    access_log.append(
        session,
        consent.citizen_id,
        now=now,
        actor=actor,
        action="score.read",
        purpose=consent.purpose,
        fields=SCORE_FIELDS,
        ref=consent.consent_id,
    )
    return SharedScore(consent, score.score, score.grade, score.pack, score.as_of)
