"""The keys of offline cards: one that is retired verifies until its cards have died, one that is withdrawn at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.card import Face, NameKind
from app.domain.signing_key import USES
from app.services import card_tokens, signing_keys
from app.services.card_tokens import CardInvalid
from app.store.kept import KEPT_SECONDS
from app.store.keys import KeyRing
from app.web.kit import Kit
from tests.conftest import Clock

FACE = Face("张*三", NameKind.MASKED)


@pytest.fixture
def city(kit: Kit, clock: Clock) -> Kit:
    """A process whose seconds pass with the test's clock."""
    return replace(kit, keys=KeyRing(kit.sessions, kit.pii, clock, lambda: clock().timestamp()))


def learn(clock: Clock) -> None:
    """Time for a process to learn what another did to the keys."""
    clock.advance(seconds=KEPT_SECONDS + 1)


def issued(kit: Kit) -> str:
    key = kit.keys.current("card").private.as_dict(private=True)
    return card_tokens.sign(FACE, "introduction", key=key, now=kit.clock(), lifetime=card_tokens.LONGEST)


def reason(kit: Kit, card: str) -> str:
    with pytest.raises(CardInvalid) as invalid:
        card_tokens.verify(card, kit.keys.jwks(), kit.clock())
    return invalid.value.reason


def test_cards_of_a_retired_key_hold_until_the_last_has_died_and_only_then_it_is_published_no_more(
    city: Kit, clock: Clock
) -> None:
    card, kid, issued_at = issued(city), city.keys.current("card").kid, clock()
    with city.sessions.begin() as session:
        signing_keys.retire(session, city.pii, kid, now=clock())
    learn(clock)
    assert city.keys.current("card").kid != kid
    clock.moment = issued_at + card_tokens.LONGEST - timedelta(seconds=1)
    assert card_tokens.verify(card, city.keys.jwks(), clock()).face == FACE
    clock.advance(seconds=1)
    assert reason(city, card) == "expired"
    clock.moment = clock.moment + USES["card"].verifies
    with city.sessions.begin() as session:
        signing_keys.keep(session, city.pii, now=clock(), days=90)
    learn(clock)
    assert reason(city, card) == "unknown_key"


def test_every_card_of_a_withdrawn_key_fails_at_once(city: Kit, clock: Clock) -> None:
    card, kid = issued(city), city.keys.current("card").kid
    kept = city.keys.jwks()
    with city.sessions.begin() as session:
        signing_keys.withdraw(session, city.pii, kid, now=clock(), at_once=True)
    learn(clock)
    assert reason(city, card) == "unknown_key"
    assert card_tokens.verify(issued(city), city.keys.jwks(), clock()).face == FACE, "the next key signs at once"
    assert card_tokens.verify(card, kept, clock()).face == FACE, "whoever fetched keys before does not know of it"
    clock.moment = clock.moment + card_tokens.LONGEST + timedelta(seconds=1)
    with pytest.raises(CardInvalid, match="expired"):
        card_tokens.verify(card, kept, clock())
