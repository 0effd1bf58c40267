"""Guardrails 5 and 9: to the partner, an order on the ordinary path is the same whoever took it, and tells no why."""

from __future__ import annotations

import json

import pytest

from tests.support.shop import Shop

VARY = {"id", "external_order_no", "scan_id", "citizen_ref"}


def story(shop: Shop, tries_credit: bool) -> list[dict[str, object]]:
    """Everything that the partner sees of an order that ends up on the ordinary path, but for its ids."""
    order = shop.opened()
    if tries_credit:
        shop.mine(order["id"], "confirm", path="credit")
    seen = [order, shop.seen(order["id"])]
    assert shop.mine(order["id"], "confirm", path="standard").status_code == 200
    seen.append(shop.seen(order["id"]))
    steps = shop.partner.get(f"/partner/v1/orders/{order['id']}/transitions").json["data"]
    return [
        *({key: value for key, value in answer.items() if key not in VARY} for answer in seen),
        *({key: value for key, value in step.items() if key != "request_id"} for step in steps),
    ]


@pytest.mark.parametrize(("score", "tries_credit"), [(10, True), (10, False), (None, True), (None, False)])
def test_not_eligible_not_opted_in_and_chose_it_are_the_same_to_the_partner(app, session, score, tries_credit):
    chosen = story(Shop(app, session, score=900), tries_credit=False)
    assert json.dumps(story(Shop(app, session, score=score), tries_credit)) == json.dumps(chosen)


def test_no_partner_answer_says_name_score_reason_or_personal_limit(app, session):
    shop = Shop(app, session)
    order_id = shop.due()
    answers = [shop.seen(order_id), shop.partner.get("/partner/v1/orders").json]
    text = json.dumps(answers, ensure_ascii=False).lower()
    for word in ("张测试", "990000", "score", "grade", "decision", "threshold", "paths", "900", shop.citizen_id):
        assert word not in text
