"""Signing keys change under running processes, and nothing that was signed is refused before its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import jwt
import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.errors import Refusal
from app.domain.signing_key import USES, State
from app.factory import build_kit, create_app
from app.services import signing_keys
from app.services.signing_keys import KeyRefused
from app.store import keys
from app.store.kept import AGAIN_SECONDS, KEPT_SECONDS
from app.store.keys import KeyRing, SigningKeyRow
from app.web.kit import EXTENSION, Kit
from auth import tokens
from tests.conftest import Clock
from tests.support.callers import as_citizen
from tests.support.people import make_citizen

ISSUER = "http://127.0.0.1:8000"
Started = Callable[[], Kit]


@pytest.fixture
def start(settings: Settings, real_db: Engine, clock: Clock) -> Started:
    """A process of the city: its own parts on the shared database. Its seconds pass with the test's clock."""

    def process() -> Kit:
        kit = build_kit(settings, engine=real_db, clock=clock)
        return replace(kit, keys=KeyRing(kit.sessions, kit.pii, clock, lambda: clock().timestamp()))

    return process


def token_by(kit: Kit) -> str:
    return tokens.issue(
        kit.keys, issuer=ISSUER, client_id="c", subject="s", scopes=[], jkt="j", now=kit.clock(), grant_id=""
    )


def verifies(kit: Kit, token: str) -> bool:
    try:
        return tokens.verify(kit.keys, token, issuer=ISSUER, now=kit.clock()).client_id == "c"
    except Refusal:
        return False


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def published(kit: Kit) -> set[str]:
    return {key["kid"] for key in kit.keys.jwks()["keys"]}


def keep(kit: Kit, days: int) -> None:
    with kit.sessions.begin() as session:
        signing_keys.keep(session, kit.pii, now=kit.clock(), days=days)


def test_a_key_that_a_command_line_would_take_for_an_option_is_never_made(
    session: Session, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (ECKey.generate_key("P-256") for _ in range(100_000))
    odd, fine = (next(key for key in made if key.thumbprint().startswith("-") is is_odd) for is_odd in (True, False))
    pairs = iter([odd, odd, fine])
    monkeypatch.setattr(ECKey, "generate_key", lambda _: next(pairs))
    assert keys.add(session, kit.pii, "token", kit.clock(), signs_from=kit.clock()).kid == fine.thumbprint()


def test_tokens_of_every_process_verify_in_every_other_throughout_rotations(start: Started, clock: Clock) -> None:
    one, other = start(), start()
    first_seen: dict[str, datetime] = {}
    signed: dict[str, datetime] = {}
    for step in range(150):
        if step % 3 == 0:
            keep(one, days=1)
        for kid in published(other):
            first_seen.setdefault(kid, clock())
        made = [token_by(one), token_by(other)]
        for token in made:
            signed.setdefault(kid_of(token), clock())
            assert all(verifies(kit, token) for kit in (one, other))
        clock.advance(seconds=599)
        assert all(verifies(kit, token) for kit in (one, other) for token in made)
        clock.advance(seconds=601)
    assert len(signed) == 3
    later = [kid for kid in signed if signed[kid] != min(signed.values())]
    assert all(signed[kid] - first_seen[kid] >= timedelta(minutes=40) for kid in later), "published before it signs"


def test_a_session_goes_on_while_the_key_of_its_token_is_replaced(start: Started, clock: Clock) -> None:
    apps: list[Flask] = [create_app(kit=start()) for _ in range(2)]
    kits: list[Kit] = [app.extensions[EXTENSION] for app in apps]
    with kits[0].sessions() as session:
        citizen = as_citizen(apps[0], session, make_citizen(session, kits[0].pii, clock()))
        with kits[1].sessions.begin() as theirs:
            signing_keys.rotate(theirs, kits[1].pii, "token", now=clock(), at_once=True)
        clock.advance(seconds=KEPT_SECONDS + 1)
        for app in apps:
            citizen.client = app.test_client()
            assert citizen.get("/citizen/v1/home").status_code == 200


def test_the_published_keys_are_public_and_kept_no_longer_than_a_new_one_is_announced(start: Started) -> None:
    app = create_app(kit=start())
    answer = app.test_client().get("/oauth/jwks")
    for key in answer.get_json()["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use", "key_ops"}
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    kept = timedelta(seconds=int(answer.headers["Cache-Control"].rpartition("=")[2]))
    assert all(kept + timedelta(seconds=KEPT_SECONDS) < use.notice for use in USES.values())


def test_a_key_that_signs_at_once_is_known_elsewhere_by_its_first_token(start: Started, clock: Clock) -> None:
    one, other = start(), start()
    old = token_by(other)
    clock.advance(seconds=AGAIN_SECONDS + 0.5)
    with one.sessions.begin() as session:
        kid = signing_keys.rotate(session, one.pii, "token", now=clock(), at_once=True)
    one = start()
    token = token_by(one)
    assert kid_of(token) == kid != kid_of(old)
    assert verifies(other, token)
    assert verifies(one, old)


@contextmanager
def reads(engine: Engine) -> Iterator[list[str]]:
    """The statements that read signing keys."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM signing_keys" in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_strangers_who_invent_key_ids_do_not_make_us_read_at_will(start: Started, clock: Clock) -> None:
    kit = start()
    kit.keys.jwks()
    with reads(kit.engine) as seen:
        assert not [kid for kid in range(100) if kit.keys.public(f"kid-{kid}", "token")]
        assert not seen
        clock.advance(seconds=AGAIN_SECONDS + 0.5)
        assert not [kid for kid in range(100) if kit.keys.public(f"kid-{kid}", "token")]
        assert len(seen) == 1


def test_a_stolen_key_is_worth_nothing_within_seconds(start: Started, clock: Clock) -> None:
    one, other = start(), start()
    token = token_by(one)
    assert verifies(other, token)
    with one.sessions.begin() as session:
        with pytest.raises(KeyRefused, match="signing"):
            signing_keys.withdraw(session, one.pii, kid_of(token), now=clock())
        signing_keys.withdraw(session, one.pii, kid_of(token), now=clock(), at_once=True)
    clock.advance(seconds=KEPT_SECONDS + 0.1)
    assert not verifies(one, token)
    assert not verifies(other, token)
    assert kid_of(token) not in published(other)
    assert verifies(other, token_by(one)), "a new key signs"
    with one.sessions() as session:
        row = session.get_one(SigningKeyRow, kid_of(token))
        assert row.sealed_private is None
    for kit in (one, other):
        assert kid_of(token) not in kit.keys._opened, "no process remembers it"


def test_a_retired_key_verifies_what_it_signed_and_is_then_forgotten(start: Started, clock: Clock) -> None:
    kit = start()
    token = token_by(kit)
    with kit.sessions.begin() as session:
        signing_keys.retire(session, kit.pii, kid_of(token), now=clock())
        signing_keys.retire(session, kit.pii, kid_of(token), now=clock())
    clock.advance(seconds=599)
    assert verifies(kit, token)
    assert kid_of(token_by(kit)) != kid_of(token)
    clock.advance(hours=1)
    keep(kit, days=90)
    assert kid_of(token) not in published(kit)
    with kit.sessions() as session:
        assert session.get_one(SigningKeyRow, kid_of(token)).sealed_private is None


def test_what_does_not_sign_cannot_be_retired_and_an_unknown_key_is_named(start: Started, clock: Clock) -> None:
    kit = start()
    kit.keys.jwks()
    with kit.sessions.begin() as session:
        announced = signing_keys.rotate(session, kit.pii, "card", now=clock())
        with pytest.raises(KeyRefused, match="announced"):
            signing_keys.retire(session, kit.pii, announced, now=clock())
        with pytest.raises(KeyRefused, match="xinyi key list"):
            signing_keys.retire(session, kit.pii, "nobody", now=clock())


def test_twenty_who_rotate_at_once_announce_one_key(start: Started, clock: Clock) -> None:
    kit = start()
    kit.keys.jwks()

    def rotate(_: int) -> str:
        with kit.sessions.begin() as session:
            return signing_keys.rotate(session, kit.pii, "token", now=clock())

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(rotate, range(20)))) == 1


def test_eight_processes_that_start_at_once_make_one_key_a_use(start: Started) -> None:
    kits = [start() for _ in range(8)]
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda kit: frozenset(published(kit)), kits))
    assert len(set(made)) == 1
    assert len(made[0]) == len(USES)


def test_the_key_that_others_registered_by_hand_is_not_rotated_behind_their_backs(start: Started, clock: Clock) -> None:
    kit = start()
    kit.keys.jwks()
    clock.advance(days=400)
    keep(kit, days=90)
    with kit.sessions() as session:
        announced = {one.use for one in signing_keys.listed(session, clock()) if one.state is State.ANNOUNCED}
    assert announced == {use for use, needs in USES.items() if needs.scheduled}


def test_a_city_that_rotates_by_hand_is_left_alone(start: Started, clock: Clock) -> None:
    kit = start()
    kit.keys.jwks()
    clock.advance(days=400)
    keep(kit, days=0)
    with Session(kit.engine) as session:
        assert len(session.scalars(select(SigningKeyRow)).all()) == len(USES)
