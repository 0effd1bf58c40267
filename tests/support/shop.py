"""A shop for order tests: one partner, one citizen at its counter, and the orders between them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.access import Actor, ActorKind
from app.services import codes, eligibility, scans
from app.services.eligibility import Asker, Question
from app.store import partners
from app.store.enrolments import Enrolment
from app.store.scores import Score
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_citizen, as_partner
from tests.support.people import make_citizen

BIKE, LIBRARY, RIDE = "xm-bike-rental", "xm-library-loans", "hz-transit-ride"
_serial = itertools.count(1)


@dataclass
class Shop:
    """A partner of Xiamen and a citizen of Xiamen with `score` (None: not opted in)."""

    app: Flask
    session: Session
    score: int | None = 900
    scenarios: tuple[str, ...] = (BIKE, LIBRARY)
    partner_id: str = ""
    citizen_id: str = ""
    numbers: Any = field(default_factory=itertools.count)
    callers: dict[Any, TestCaller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kit = self.kit
        serial = next(_serial)
        self.citizen_id = make_citizen(
            self.session, kit.pii, kit.clock(), serial=serial % 1000, born=f"19{serial % 90 + 10}0101"
        )
        if not self.partner_id:
            partner = partners.add(
                self.session,
                name_zh="鹭岛单车",
                name_en="Egret Bikes",
                scenarios=self.scenarios,
                livemode=False,
                now=kit.clock(),
            )
            self.partner_id = partner.id
        if self.score is not None:
            self.give_score(self.score)
        self.session.commit()

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    @property
    def me(self) -> TestCaller:
        return self._caller("me", lambda: as_citizen(self.app, self.session, self.citizen_id))

    @property
    def partner(self) -> TestCaller:
        return self._caller("partner", lambda: as_partner(self.app, self.session, self.partner_id, name="鹭岛单车"))

    def _caller(self, who: str, login: Callable[[], TestCaller]) -> TestCaller:
        """Logged in anew whenever the clock has moved: tokens live ten minutes."""
        key = (who, self.kit.clock())
        if key not in self.callers:
            self.callers[key] = login()
        return self.callers[key]

    def give_score(self, score: int) -> None:
        """Opt the citizen in and set the present score."""
        now = self.kit.clock()
        self.session.merge(Enrolment(citizen_id=self.citizen_id, notice_version="1", enrolled_at=now))
        self.session.merge(
            Score(
                citizen_id=self.citizen_id,
                pack="egret",
                pack_version=1,
                score=score,
                grade="a",
                as_of=now.date(),
                digest="0" * 64,
                computed_at=now,
            )
        )
        self.session.commit()

    def scan(self, scenario: str = BIKE) -> str:
        """A scan that has answered a check."""
        kit, now = self.kit, self.kit.clock()
        code, _ = codes.make(self.session, self.citizen_id, "check", {}, now)
        scan = scans.scan(self.session, kit.pii, partner_id=self.partner_id, livemode=False, code=code, now=now)
        asker = Asker(Actor(ActorKind.PARTNER, self.partner_id, "鹭岛单车"), self.partner_id, livemode=False)
        question = Question(scenario=scenario, scan_id=scan.scan_id)
        eligibility.check(self.session, kit.registry, kit.packs, asker=asker, asked=question, now=now)
        self.session.commit()
        return scan.scan_id

    def wish(self, **changes: Any) -> dict[str, Any]:
        """The body of a new order, from a fresh scan unless another ground is given."""
        scenario = changes.get("scenario", BIKE)
        usual = {
            "external_order_no": f"R-{next(self.numbers)}-{uuid.uuid4().hex[:8]}",
            "scenario": scenario,
            "title": "单车一日",
            "amount": 10_000,
            "service_end_by": (self.kit.clock() + timedelta(days=1)).isoformat(),
        }
        if not {"scan_id", "consent_id"} & set(changes):
            usual["scan_id"] = self.scan(scenario)
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def opened(self, **changes: Any) -> dict[str, Any]:
        """A new order that awaits its citizen, as the partner reads it."""
        answer = self.partner.post("/partner/v1/orders", json=self.wish(**changes))
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def running(self, path: str = "credit", **changes: Any) -> str:
        """The id of an order that the citizen has confirmed."""
        order_id = str(self.opened(**changes)["id"])
        assert self.mine(order_id, "confirm", path=path).status_code == 200
        return order_id

    def due(self, total: int = 300) -> str:
        """The id of an order with a bill to pay."""
        order_id = self.running()
        answer = self.theirs(order_id, "complete", **bill(total))
        assert answer.status_code == 200, answer.json
        return order_id

    def mine(self, order_id: str, action: str, **body: Any) -> TestResponse:
        """The citizen acts."""
        return self.me.post(f"/citizen/v1/orders/{order_id}/{action}", json=body)

    def theirs(self, order_id: str, action: str, **body: Any) -> TestResponse:
        """The partner acts."""
        return self.partner.post(f"/partner/v1/orders/{order_id}/{action}", json=body)

    def seen(self, order_id: str) -> dict[str, Any]:
        """The order as its partner reads it."""
        return dict(self.partner.get(f"/partner/v1/orders/{order_id}").json)


def bill(total: int) -> dict[str, Any]:
    """A bill of one line."""
    return {"total": total, "items": [{"name": "骑行", "amount": total}]}
