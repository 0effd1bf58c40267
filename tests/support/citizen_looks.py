"""Every look that citizens take at each other's cards and at what they take along themselves (guardrail 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.cards import CardHolders, code_of, swap
from tests.support.shaking import begin, confirm
from tests.support.wallet import Wallet

CITIZEN_LOOKS = {
    "citizen_exchange": "card.exchanged",
    "citizen_held_cards": "card.viewed",
    "citizen_get_held_card": "card.viewed",
    "citizen_match_held_cards": "card.viewed",
    "citizen_make_offline": "card.issued",
    "citizen_confirm_shake": "card.given",
    "citizen_post_credentials": "card.credential",
    "citizen_export_data": "exported",
    "citizen_get_latest": "report.read",
    "citizen_post_reports": "report.made",
    "citizen_get_report": "report.read",
    "citizen_get_report_file": "report.read",
    "reports_check_report": "report.checked",
}
"""Operation → the action that it logs."""


def looks_of_citizens(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Operation → the call that is the look."""
    holders = CardHolders(app, session, people=900)
    me, friend = holders(), holders("李四")
    code = code_of(friend)
    yield "citizen_exchange", lambda: me.post("/citizen/v1/name-card/exchanges", json={"code": code})
    held = swap(friend, me).json["received"]["id"]
    yield "citizen_held_cards", lambda: me.get("/citizen/v1/name-cards")
    yield "citizen_get_held_card", lambda: me.get(f"/citizen/v1/name-cards/{held}")
    yield "citizen_match_held_cards", lambda: me.post("/citizen/v1/name-card-matches", json={"text": "李"})
    offline = {"purpose": "introduction", "minutes": 60}
    yield "citizen_make_offline", lambda: me.post("/citizen/v1/name-card/offline", json=offline)
    wallet = Wallet(holders.kit.settings.base_url, holders.kit.clock)
    yield "citizen_post_credentials", lambda: wallet.ask(me)
    pupil = holders("王五")
    given, taken = begin(me, "give"), begin(pupil, "receive")
    confirm(pupil, taken, given)
    yield "citizen_confirm_shake", lambda: confirm(me, given, taken)
    yield "citizen_export_data", lambda: me.post("/citizen/v1/data-exports")
    reports = "/citizen/v1/reports"
    yield "citizen_get_latest", lambda: me.get(f"{reports}/latest")
    yield "citizen_post_reports", lambda: me.post(reports, json={"shows": "seal"})
    made = me.post(reports, json={"shows": "seal"}).json
    yield "citizen_get_report", lambda: me.get(f"{reports}/{made['id']}")
    yield "citizen_get_report_file", lambda: me.get(made["pdf"])
    yield "reports_check_report", lambda: app.test_client().post("/reports/v1/checks", json={"code": made["code"]})
