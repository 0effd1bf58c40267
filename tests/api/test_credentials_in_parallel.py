"""Credentials at once, with real commits and real threads: one nonce, one credential; none outlives its person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.web.kit import EXTENSION
from tests.support.cards import CardHolders
from tests.support.wallet import CREDENTIALS, NONCES, Wallet


def test_a_proof_sent_ten_times_at_once_gives_one_credential(real_app: Flask, real_db: Engine) -> None:
    kit = real_app.extensions[EXTENSION]
    with Session(real_db) as session:
        me = CardHolders(real_app, session)()
        proof = Wallet(kit.settings.base_url, kit.clock).proof(me.post(NONCES).json["nonce"])
        with ThreadPoolExecutor(10) as pool:
            asked = pool.map(lambda _: me.post(CREDENTIALS, json={"proof": proof}).status_code, range(10))
            assert sorted(asked) == [201, *[422] * 9]
        assert session.execute(text("select count(*) from status_entries")).scalar() == 1


def test_people_who_take_their_first_at_once_get_places_of_their_own_and_who_leaves_meanwhile_none_that_lives(
    real_app: Flask, real_db: Engine
) -> None:
    kit = real_app.extensions[EXTENSION]
    with Session(real_db) as session:
        holders = CardHolders(real_app, session)
        people = [holders(f"李{number}") for number in range(6)]
        leaver = people[0]

        def act(number: int) -> int:
            if number == 6:
                return int(leaver.delete("/citizen/v1/enrolment").status_code)
            return int(Wallet(kit.settings.base_url, kit.clock).ask(people[number]).status_code)

        with ThreadPoolExecutor(7) as pool:
            done = list(pool.map(act, [0, 6, 1, 2, 3, 4, 5]))
        assert done[0] in (201, 409, 422), "in time, or too late: the login, or the nonce, is gone"
        assert done[1:] == [200, *[201] * 5]
        assert session.execute(text("select count(*) from credentials")).scalar() == 5
        assert session.execute(text("select count(*) from status_entries where not revoked")).scalar() == 5
        assert session.execute(text("select count(*) from status_lists")).scalar() == 1
