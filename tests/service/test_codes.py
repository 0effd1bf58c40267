"""A code of a moment works once, for one purpose, for sixty seconds, whoever tries and however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Refusal
from app.services import codes

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def refused(session: Session, code: str, purpose: str = "check", now: datetime = NOW) -> bool:
    with pytest.raises(Refusal) as refusal:
        codes.redeem(session, code, purpose, now)
    return (refusal.value.code, refusal.value.field, refusal.value.params) == ("code-not-valid", "/code", {})


def test_a_code_leads_to_its_person_once(session: Session) -> None:
    code, expires_at = codes.make(session, "cit_1", "exchange", {"fields": ["city"]}, NOW)
    assert expires_at == NOW + timedelta(seconds=60)
    assert codes.redeem(session, code, "exchange", NOW) == codes.Redeemed("cit_1", {"fields": ["city"]})
    assert refused(session, code, "exchange")


def test_a_code_dies_at_sixty_seconds(session: Session) -> None:
    first, _ = codes.make(session, "cit_1", "check", {}, NOW)
    second, _ = codes.make(session, "cit_1", "check", {}, NOW)
    assert codes.redeem(session, first, "check", NOW + timedelta(seconds=59.9))
    assert refused(session, second, now=NOW + timedelta(seconds=60))


def test_another_purpose_neither_uses_nor_spoils_it(session: Session) -> None:
    code, _ = codes.make(session, "cit_1", "check", {}, NOW)
    assert refused(session, code, "exchange")
    assert codes.redeem(session, code, "check", NOW).citizen_id == "cit_1"


@pytest.mark.parametrize("code", ["", "0" * 16, "名片", "x" * 500, "'; drop table moment_codes; --", "\u2028"])
def test_what_is_no_code_is_refused_like_a_dead_one(session: Session, code: str) -> None:
    assert refused(session, code)


def test_the_store_has_no_code_and_forgets_dead_ones(session: Session) -> None:
    code, _ = codes.make(session, "cit_1", "check", {}, NOW)
    codes.make(session, "cit_1", "check", {}, NOW + timedelta(seconds=61))
    kept = session.execute(text("select count(*), string_agg(moment_codes::text, ' ') from moment_codes")).one()
    assert kept[0] == 1
    assert code not in kept[1]


def test_codes_do_not_resemble_each_other(session: Session) -> None:
    made = [codes.make(session, "cit_1", "check", {}, NOW)[0] for _ in range(200)]
    assert len(set(made)) == 200
    shared = [sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(made)]
    assert sum(shared) / len(shared) < 2


def test_of_twenty_at_once_exactly_one_wins(real_db: Engine) -> None:
    sessions = sessionmaker(real_db)
    with sessions.begin() as session:
        code, _ = codes.make(session, "cit_1", "check", {}, NOW)

    def attempt(_: int) -> bool:
        try:
            with sessions.begin() as session:
                return bool(codes.redeem(session, code, "check", NOW))
        except Refusal:
            return False

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(20))) == 1
