"""A refresh whose answer was lost may be repeated for a moment; a theft is still seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey
from sqlalchemy.orm import sessionmaker

from app.web.kit import EXTENSION
from tests.api.test_oauth_refresh import alive, refresh, told
from tests.support.identity import build_city
from tests.support.oauth import error_of

REFUSED = (400, "invalid_grant")


@pytest.fixture
def client(city):
    return city.citizen()


def test_a_lost_answer_is_made_good(client, session, at):
    first = client.tokens.refresh_token
    lost = refresh(client, first).json()["refresh_token"]
    at(seconds=30)
    again = refresh(client, first).json()["refresh_token"]
    assert again not in (first, lost)
    assert refresh(client, again).status_code == 200
    assert "session.replayed" not in told(session)


def test_an_answer_may_be_lost_more_than_once(client):
    first = client.tokens.refresh_token
    for _ in range(3):
        last = refresh(client, first).json()["refresh_token"]
    assert refresh(client, last).status_code == 200


def test_14_the_successor_that_was_given_up_ends_the_family_where_someone_has_it(client, session):
    first = client.tokens.refresh_token
    lost = refresh(client, first).json()["refresh_token"]
    again = refresh(client, first).json()["refresh_token"]
    assert error_of(refresh(client, lost)) == REFUSED
    assert error_of(refresh(client, again)) == REFUSED
    assert told(session).count("session.replayed") == 1


def test_14_after_the_grace_a_replay_ends_the_family(client, session, at):
    first = client.tokens.refresh_token
    latest = refresh(client, first).json()["refresh_token"]
    at(seconds=31)
    assert error_of(refresh(client, first)) == REFUSED
    assert error_of(refresh(client, latest)) == REFUSED
    assert told(session).count("session.replayed") == 1


def test_the_grace_counts_from_the_first_use(client, at):
    first = client.tokens.refresh_token
    refresh(client, first)
    at(seconds=20)
    assert refresh(client, first).status_code == 200
    at(seconds=11)
    assert error_of(refresh(client, first)) == REFUSED


def test_14_another_key_has_no_grace_and_ends_nothing(city, client):
    first = client.tokens.refresh_token
    client.refresh()
    thief = city.client(dpop_key=ECKey.generate_key("P-256"))
    assert error_of(refresh(thief, first)) == REFUSED
    assert alive(client)


def test_a_grant_that_ended_has_no_grace(client):
    first = client.tokens.refresh_token
    client.refresh()
    client.revoke()
    assert error_of(refresh(client, first)) == REFUSED


def test_14_of_many_refreshes_at_once_one_successor_lives(real_app, tmp_path):
    kit = real_app.extensions[EXTENSION]
    with sessionmaker(kit.engine)() as session:
        city = build_city(real_app, session, tmp_path)
    client = city.citizen()
    copies = [city.client(dpop_key=client.dpop_key) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda copy: refresh(copy, client.tokens.refresh_token), copies))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert alive(client)
    with ThreadPoolExecutor(8) as pool:
        followed = list(pool.map(lambda answer: refresh(client, answer.json()["refresh_token"]), answers))
    assert sum(answer.status_code == 200 for answer in followed) <= 1
    assert not alive(client), "two who go on with the same login cannot both be the citizen"
