"""A city whose every sealed column holds something, and what of it is readable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.card import NameKind, Ticks
from app.services import signing_keys, webhook_endpoints
from app.services.partner_events import Hearer
from app.store import cards, citizens, logins
from app.store.cards import CardPreset
from app.store.citizens import RealName
from app.store.held_cards import HeldCard
from app.store.pii import VERSION_BYTE, PiiBox
from app.store.sealing import sealed_columns
from tests.support.people import id_number

REMEDIES = {"disputes", "pledges", "record_statements", "repairs"}
OPERATORS = {"operator_factors", "operator_invitations"}
EXCUSED = {*REMEDIES, *OPERATORS, "reports", "shakes", "corrections", "reviews", "order_disputes", "partners"}
"""Tables of other subjects, whose columns are walked like these."""


def fill(session: Session, pii: PiiBox, now: datetime, people: int = 5) -> list[str]:
    """People, a card, a login in progress and a signing key; the citizens' ids."""
    several = [RealName(f"张{serial:03d}", id_number(serial), "xiamen", "al2") for serial in range(people)]
    known = citizens.upsert_many(session, pii, several, now)
    nickname = pii.encrypt("小鱼", context=cards.context(known[0]))
    cards.save(session, known[0], sealed_nickname=nickname, ticks=Ticks(NameKind.NICKNAME), now=now)
    cards.save_avatar(session, known[0], pii.encrypt("UklGRg==", context=f"card_avatars:{known[0]}"), now)
    name = pii.encrypt("茶会", context="card_presets:cps_1")
    cards.add_preset(session, CardPreset(citizen_id=known[0], id="cps_1", sealed_name=name, ticks={}, saved_at=now))
    rooms = {"face": "held_cards", **{name: f"held_cards_{name}" for name in ("ticks", "known_as", "note")}}
    parts = {f"sealed_{name}": pii.encrypt("{}", context=f"{room}:hcd_1") for name, room in rooms.items()}
    session.add(HeldCard(citizen_id=known[0], id="hcd_1", given_by=known[1], received_at=now, expires_at=now, **parts))
    logins.start_upstream(
        session, state_hash="state", session_id="s", request_id="r", expires_at=now + timedelta(minutes=10),
        sealed=pii.encrypt("[]", context="upstream-login:state"),
    )  # fmt: skip
    signing_keys.keep(session, pii, now=now, days=0)
    add_endpoint(session, pii, now)
    session.flush()
    return known


def add_endpoint(session: Session, pii: PiiBox, now: datetime) -> None:
    """A webhook endpoint whose keys are being changed, so that it has two pairs."""
    hearer = Hearer("ptn_1", livemode=False)
    asked = {"url": "https://hooks.example.com/", "event_types": ["*"]}
    row, _ = webhook_endpoints.create(session, pii, hearer, asked, now, loopback=False)
    webhook_endpoints.rotate(session, pii, hearer, row.id, timedelta(days=1), now)


def opened(session: Session, pii: PiiBox) -> dict[str, list[str]]:
    """What every sealed column holds, in clear, by column."""
    return {str(column): [_text(pii, column, row) for row in _rows(session, column)] for column in sealed_columns()}


def versions(session: Session) -> set[int]:
    """The versions of data keys under which anything lies."""
    return {row[column.name][VERSION_BYTE] for column in sealed_columns() for row in _rows(session, column)}


def _rows(session: Session, column: Any) -> list[dict[str, Any]]:
    query = select(column.table).where(column.is_not(None)).order_by(*column.table.primary_key.columns)
    return [dict(row) for row in session.execute(query).mappings()]


def _text(pii: PiiBox, column: Any, row: dict[str, Any]) -> str:
    return pii.decrypt(row[column.name], context=column.info["context"].format(**row))
