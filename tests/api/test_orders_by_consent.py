"""Orders on a standing consent: one partner, one scenario, while it lasts."""

from __future__ import annotations

import pytest

from app.services import consents, partners
from tests.support.shop import BIKE, LIBRARY, Shop


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def agree(shop, scenario=BIKE):
    consent = consents.grant(
        shop.session,
        shop.kit.pii,
        citizen_id=shop.citizen_id,
        partner_id=shop.partner_id,
        scope=f"eligibility:{scenario}",
        term_days=30,
        grant_id="grt_test",
        now=shop.kit.clock(),
    )
    shop.session.commit()
    return consent.consent_id


def test_a_consent_opens_orders_that_the_citizen_confirms_one_by_one(shop):
    consent_id = agree(shop)
    for _ in range(2):
        order = shop.opened(consent_id=consent_id)
        assert order["consent_id"] == consent_id
        assert shop.mine(order["id"], "confirm", path="standard").json["status"] == "active"


def test_it_opens_no_other_scenario(shop):
    answer = shop.partner.post("/partner/v1/orders", json=shop.wish(consent_id=agree(shop), scenario=LIBRARY))
    assert (answer.status_code, answer.json["code"]) == (422, "other-scenario")


def test_ended_over_another_s_and_unknown_are_one_and_the_same(app, session, shop, at):
    ended, another = agree(shop), agree(Shop(app, session))
    consents.end(session, shop.citizen_id, ended, shop.kit.clock())
    session.commit()
    problems = [
        shop.partner.post("/partner/v1/orders", json=shop.wish(consent_id=consent_id))
        for consent_id in (ended, another, "cns_unknown")
    ]
    said = [{key: value for key, value in answer.json.items() if key != "request_id"} for answer in problems]
    assert {answer.status_code for answer in problems} == {404}
    assert said[0] == said[1] == said[2]


def test_an_ended_consent_leaves_its_open_order_to_be_settled(shop, session):
    consent_id = agree(shop)
    order_id = shop.running(consent_id=consent_id)
    consents.end(session, shop.citizen_id, consent_id, shop.kit.clock())
    session.commit()
    assert shop.theirs(order_id, "complete", total=0).json["status"] == "completed"


def test_a_suspended_partner_opens_nothing_new_and_settles_what_is_open(shop, session):
    order_id, body = shop.running(), shop.wish()
    partners.set_status(session, shop.partner_id, active=False)
    session.commit()
    answer = shop.partner.post("/partner/v1/orders", json=body)
    assert (answer.status_code, answer.json["code"]) == (403, "scenario-not-open")
    assert shop.theirs(order_id, "complete", total=0).json["status"] == "completed"
