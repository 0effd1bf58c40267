"""New versions of an offer, and the road to their publication."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.offer import Offer
from app.domain.offer_file import offer_text
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.office import OFFICE
from tests.support.publishing import notice, work
from tests.support.shop import BIKE

OFFERS = f"{OFFICE}/offers"
SAID = {"notice_zh": "免押门槛降低。", "notice_en": "The line is lower."}


def next_offer(kit: Kit, code: str = BIKE, **changes: Any) -> Offer:
    """The offer in force as its next version, with changes."""
    present: Offer = kit.registry.offer(code)
    return replace(present, **{"version": present.version + 1, **changes})


def propose(caller: TestCaller, offer: Offer | str, **more: Any) -> TestResponse:
    """Propose a version, by its offer or as any text."""
    text = offer if isinstance(offer, str) else offer_text(offer)
    return caller.post(OFFERS, json={"text": text, **more})


def publish(caller: TestCaller, kit: Kit, offer: Offer, **changes: Any) -> TestResponse:
    """Propose the publication of a version."""
    return caller.post(path(offer, "publish"), json=notice(kit, **SAID | changes))


def path(offer: Offer, deed: str = "") -> str:
    """The address of a version, or of a deed with it."""
    return f"{OFFERS}/{offer.code}/versions/{offer.version}" + (f"/{deed}" if deed else "")


def approve(caller: TestCaller, asked: TestResponse) -> TestResponse:
    """Decide for what was proposed."""
    return caller.post(f"{OFFICE}/approvals/{asked.json['id']}/approve", json={})


def simulated(caller: TestCaller, session: Session, kit: Kit, offer: Offer) -> None:
    """Propose a version and let the worker simulate it."""
    answer = propose(caller, offer)
    assert answer.status_code == 201, answer.json
    session.commit()
    work(kit)


def published(one: TestCaller, other: TestCaller, session: Session, kit: Kit, offer: Offer) -> None:
    """Propose, simulate, publish and approve; it is in force `NOTICE_DAYS` later."""
    simulated(one, session, kit, offer)
    asked = publish(one, kit, offer)
    assert asked.status_code == 202, asked.json
    assert approve(other, asked).status_code == 200
    session.commit()
    work(kit)
