"""A partner with webhook endpoints, and the courier that delivers to them when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.cli.courier import Courier
from app.services import partner_events
from app.services.webhook_post import Postman
from app.store import partners
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_partner

ENDPOINTS = "/partner/v1/webhook-endpoints"


@dataclass
class Hooks:
    """The app of a sandbox that may post to this machine, and one partner in it."""

    app: Flask
    session: Session
    partner_id: str = ""
    no_jitter: float = 0.0

    def __post_init__(self) -> None:
        kit = self.kit
        self.app.extensions[EXTENSION] = replace(kit, settings=replace(kit.settings, webhook_loopback=True))
        if not self.partner_id:
            row = partners.add(
                self.session, name_zh="测试商户", name_en="Test", scenarios=("xm-bike-rental",), livemode=False,
                now=kit.clock(),
            )  # fmt: skip
            self.partner_id = row.id
        self.session.commit()

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    @property
    def me(self) -> TestCaller:
        """The partner, logged in at this moment."""
        return as_partner(self.app, self.session, self.partner_id)

    def endpoint(self, url: str, **asked: Any) -> dict[str, Any]:
        """A new endpoint, with its secret."""
        answer = self.me.post(ENDPOINTS, json={"url": url, **asked})
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def seen(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        """The endpoint as it is now."""
        return dict(self.me.get(f"{ENDPOINTS}/{endpoint['id']}").json)

    def tell(self, kind: str = "statement.ready", **data: Any) -> str:
        """An event of the partner's, about nobody; its id."""
        event_id = partner_events.tell(
            self.session, partner_id=self.partner_id, livemode=False, type=kind, citizen_id=None, now=self.kit.clock(),
            data=data or {"date": "2026-11-20"},
        )  # fmt: skip
        self.session.commit()
        return event_id

    def courier(self, postman: Postman | None = None) -> Courier:
        return Courier(self.kit, postman or Postman(), dice=lambda: self.no_jitter)

    def deliver(self, postman: Postman | None = None) -> int:
        """Deliver what is due now; how many posts were made."""
        return self.courier(postman).deliver()

    def deliveries(self, event_id: str) -> list[dict[str, Any]]:
        """The event's log, as the partner reads it."""
        answer = self.me.get(f"/partner/v1/events/{event_id}/deliveries")
        assert answer.status_code == 200, answer.text
        return list(answer.json["data"])
