"""What tests of checks need: a partner, a member with a score, a code shown and scanned."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.calendar import day_of
from app.domain.offer import Offer
from app.domain.pack import pack_of_city
from app.services import codes, consents
from app.store import partners
from app.store.consents import Consent
from app.store.enrolments import Enrolment
from app.store.orders import OrderRow
from app.store.preferences import Preference, put
from app.store.scores import Score
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_citizen, as_partner
from tests.support.people import make_citizen

HOME = {"ningbo": "national", "nanjing": "national"}
"""A city without a score of its own → the home city of those who read the score that its offers read."""


@dataclass
class World:
    """The app, its database and the people in it."""

    app: Flask
    session: Session
    people: int = 0

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    def partner(self, *scenarios: str, name: str = "测试商户") -> TestCaller:
        """A partner that serves these scenarios, with a token."""
        row = partners.add(
            self.session, name_zh=name, name_en=name, scenarios=scenarios, livemode=False, now=self.kit.clock()
        )
        self.session.commit()
        return as_partner(self.app, self.session, row.id, name=name)

    def partner_id(self, partner: TestCaller) -> str:
        """Whose token that is."""
        return partner.client_id.removeprefix("client-")

    def again(self, partner: TestCaller, scopes: list[str] | None = None) -> TestCaller:
        """The same partner with a token of this moment."""
        return as_partner(self.app, self.session, self.partner_id(partner), scopes)

    def person(self, city: str = "hangzhou", score: int | None = None, member: bool | None = None) -> str:
        """A citizen; with a score, or `member`, one who has opted in."""
        self.people += 1
        home = HOME.get(city, city)
        citizen_id = make_citizen(self.session, self.kit.pii, self.kit.clock(), serial=self.people, city=home)
        if score is not None or member:
            self.enrol(citizen_id)
        if score is not None:
            self.score(citizen_id, city, score)
        return citizen_id

    def enrol(self, citizen_id: str) -> None:
        now = self.kit.clock()
        self.session.add(Enrolment(citizen_id=citizen_id, notice_version="1", enrolled_at=now))
        self.session.commit()

    def score(self, citizen_id: str, city: str, score: int) -> None:
        now, pack = self.kit.clock(), pack_of_city(self.kit.packs, HOME.get(city, city))
        assert pack, f"no score in {city}"
        row = Score(
            citizen_id=citizen_id,
            pack=pack.code,
            pack_version=1,
            score=score,
            grade=pack.grade(score).code,
            as_of=day_of(now),
            digest="0" * 64,
            computed_at=now,
        )
        self.session.merge(row)
        self.session.commit()

    def chooses(self, citizen_id: str, scenario: str, *declared: str, ordinary: bool = False) -> None:
        put(self.session, citizen_id, scenario, Preference(ordinary, frozenset(declared)), self.kit.clock())
        self.session.commit()

    def owes(self, citizen_id: str, scenario: str, partner_id: str) -> None:
        """An order of the scenario's family that is past its due date."""
        now = self.kit.clock()
        offer = self.kit.registry.offer(scenario)
        row = OrderRow(
            citizen_id=citizen_id, id=f"ord_{self.people:032d}", partner_id=partner_id, citizen_ref="ctz_x",
            livemode=False, external_order_no="R-1", request_digest="0" * 64, scenario=scenario, family=offer.family,
            kind="deposit_waiver", title="一次", amount=100, confirm_by=now, service_end_by=now, pay_days=3,
            status="overdue", path="credit", amount_due=100, amount_paid=0, due_at=now - timedelta(days=1),
            return_overdue=False, version=4, forget_at_end=False, created_at=now, updated_at=now,
        )  # fmt: skip
        self.session.add(row)
        self.session.commit()

    def code(self, citizen_id: str) -> str:
        code, _ = codes.make(self.session, citizen_id, "check", {}, self.kit.clock())
        self.session.commit()
        return code

    def looks(self, citizen_id: str) -> list[dict[str, Any]]:
        """The citizen's access log, newest first."""
        answer = as_citizen(self.app, self.session, citizen_id).get("/citizen/v1/access-log")
        looks: list[dict[str, Any]] = answer.json["data"]
        return looks

    def consent(self, citizen_id: str, partner: TestCaller, scope: str, days: int = 30, grant_id: str = "") -> Consent:
        """A consent as /oauth makes it, with a grant of its own unless one is given."""
        consent = consents.grant(
            self.session,
            self.kit.pii,
            citizen_id=citizen_id,
            partner_id=self.partner_id(partner),
            scope=scope,
            term_days=days,
            grant_id=grant_id or as_citizen(self.app, self.session, citizen_id).grant_id,
            now=self.kit.clock(),
        )
        self.session.commit()
        return consent

    def scan(self, partner: TestCaller, citizen_id: str) -> dict[str, Any]:
        answer = partner.post("/partner/v1/card-scans", json={"code": self.code(citizen_id)})
        assert answer.status_code == 201, answer.text
        scan: dict[str, Any] = answer.json
        return scan

    def check(self, partner: TestCaller, citizen_id: str, scenario: str) -> TestResponse:
        """Code shown, scanned, asked for: the answer."""
        scan_id = self.scan(partner, citizen_id)["id"]
        return partner.post("/partner/v1/eligibility-checks", json={"scenario": scenario, "scan_id": scan_id})


def citizen_of(world: World, offer: Offer, score: int = 900) -> str:
    """A member of the offer's city with this score, who declared what the offer waits for."""
    citizen = world.person(offer.city, score)
    world.chooses(citizen, offer.code, *offer.needed)
    return citizen


def same_but_ids(answer: TestResponse) -> bytes:
    """Status, headers and body with ids, times and signatures blotted out; the signed claims laid open."""
    claims = jwt.decode(answer.json["decision"], options={"verify_signature": False})
    header = jwt.get_unverified_header(answer.json["decision"])
    body = answer.data.replace(answer.json["decision"].encode(), json.dumps([header, claims]).encode())
    said = f"{answer.status_code} {headers_but_counters(answer)}".encode() + body
    for pattern in (rb"dec_[0-9a-f]{32}", rb"ctz_[a-z2-7]{32}", rb"\d{4}-\d\d-\d\dT[0-9:.+]+", rb"\b\d{10}\b"):
        said = re.sub(pattern, b"#", said)
    return said


def headers_but_counters(answer: TestResponse) -> list[tuple[str, str]]:
    """The headers without the request's id, and without how many requests are left: each one more is one less."""
    told = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    told["RateLimit"] = re.sub(r";r=\d+;t=\d+", "", told.get("RateLimit", ""))
    return sorted(told.items())
