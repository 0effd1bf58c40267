"""A partner's sandbox in tests: its caller, its test citizens and what they do."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.store import partners
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_partner

BIKE = "xm-bike-rental"
ROOM = "/partner/v1/sandbox"


@dataclass
class Sandbox:
    """One partner and its sandbox."""

    app: Flask
    session: Session
    scenarios: tuple[str, ...] = (BIKE,)
    partner_id: str = ""
    numbers: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        if not self.partner_id:
            row = partners.add(
                self.session, name_zh="测试商户", name_en="Test Shop", scenarios=self.scenarios, livemode=False,
                now=self.kit.clock(),
            )  # fmt: skip
            self.partner_id = row.id
        self.session.commit()

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    @property
    def partner(self) -> TestCaller:
        return as_partner(self.app, self.session, self.partner_id)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.partner.post(f"{ROOM}/{path}", json=body)

    def citizen(self, **asked: Any) -> dict[str, Any]:
        """A test citizen with its first code."""
        answer = self.post("citizens", **({"scenario": BIKE} | asked))
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def checked(self, **asked: Any) -> tuple[dict[str, Any], str]:
        """The answer to a check of a new test citizen, and the scan that asked."""
        citizen, scenario = self.citizen(**asked), asked.get("scenario", BIKE)
        scan = self.partner.post("/partner/v1/card-scans", json={"code": citizen["code"]})
        assert scan.status_code == 201, scan.text
        asked_by = {"scenario": scenario, "scan_id": scan.json["id"]}
        check = self.partner.post("/partner/v1/eligibility-checks", json=asked_by)
        assert check.status_code == 201, check.text
        return dict(check.json), str(scan.json["id"])

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(self.partner.get(f"{ROOM}/clock").json["now"])

    def wish(self, **changes: Any) -> dict[str, Any]:
        """The body of an order that a new test citizen's scan opens."""
        usual = {
            "external_order_no": f"S-{next(self.numbers)}",
            "scenario": BIKE,
            "title": "单车一日",
            "amount": 10_000,
            "service_end_by": (self.now() + timedelta(days=1)).isoformat(),
        }
        if not {"consent_id", "scan_id"} & set(changes):
            usual["scan_id"] = self.checked(scenario=changes.get("scenario", BIKE))[1]
        return usual | changes

    def order(self, **changes: Any) -> dict[str, Any]:
        """A new order of a test citizen."""
        answer = self.partner.post("/partner/v1/orders", json=self.wish(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def simulate(self, order_id: str, action: str) -> TestResponse:
        return self.post(f"orders/{order_id}/simulate", action=action)

    def running(self) -> str:
        """The id of an order that its test citizen confirmed on credit."""
        order_id = str(self.order()["id"])
        answer = self.simulate(order_id, "confirm")
        assert (answer.status_code, answer.json["status"]) == (200, "active"), answer.text
        return order_id

    def due(self, total: int = 300) -> str:
        """The id of an order with a bill to pay."""
        order_id = self.running()
        bill = {"total": total, "items": [{"name": "骑行", "amount": total}]}
        answer = self.partner.post(f"/partner/v1/orders/{order_id}/complete", json=bill)
        assert answer.json["status"] == "payment_due", answer.text
        return order_id

    def seen(self, order_id: str) -> dict[str, Any]:
        """The order as its partner reads it."""
        return dict(self.partner.get(f"/partner/v1/orders/{order_id}").json)

    def advance(self, **by: float) -> dict[str, Any]:
        """Put the clock ahead."""
        answer = self.post("clock/advance", seconds=int(timedelta(**by).total_seconds()))
        assert answer.status_code == 200, answer.text
        return dict(answer.json)
