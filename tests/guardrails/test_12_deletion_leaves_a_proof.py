"""Guardrail 12: deletion leaves a proof, not the data. (Of records: test_12_five_years_at_most.py.)"""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import access
from tests.support.cards import CardHolders, looks, swap


def test_a_deleted_log_is_proven_and_says_nothing(app: Flask, session: Session) -> None:
    holders = CardHolders(app, session)
    me, friend = holders.person(), holders("李四")
    mine = holders.login(me)
    swap(mine, friend)
    friend.get("/citizen/v1/name-cards")
    assert len(looks(mine)) == 2
    mine.delete("/citizen/v1/enrolment")
    assert looks(mine) == []
    verdict = access.verify(session, me)
    assert (verdict.whole, verdict.erased) == (True, 2)
    left = session.execute(
        text("select string_agg(t::text, ' ') from access_chain t where citizen_id = :me"), {"me": me}
    ).scalar_one()
    assert "李" not in left
    assert "card" not in left


def test_after_a_deletion_new_looks_are_chained_to_the_proof(app: Flask, session: Session) -> None:
    holders = CardHolders(app, session)
    me = holders.person()
    mine = holders.login(me)
    swap(mine, holders("李四"))
    mine.delete("/citizen/v1/enrolment")
    me = holders.person("张小三")
    swap(holders.login(me), holders("王五"))
    assert access.verify(session, me).whole
