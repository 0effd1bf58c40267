"""People with name cards: logging in, showing codes, exchanging, and the records behind badges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.store.base import new_id
from app.store.records import RecordRow
from app.web.kit import EXTENSION, Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.people import make_citizen
from tests.support.rows import a_row

CITY = {"name_kind": "masked", "fields": ["verified", "city"]}
FULL = {"name_kind": "full", "fields": []}


@dataclass
class CardHolders:
    """People who log in to the app, each with an identity number of their own."""

    app: Flask
    session: Session
    people: int = 0

    @property
    def kit(self) -> Kit:
        kit: Kit = self.app.extensions[EXTENSION]
        return kit

    def person(self, name: str = "张小三", city: str = "xiamen") -> str:
        """A citizen's id; not a member."""
        self.people += 1
        return make_citizen(self.session, self.kit.pii, self.kit.clock(), serial=self.people, name=name, city=city)

    def login(self, citizen_id: str) -> TestCaller:
        """The app in this citizen's hands."""
        return as_citizen(self.app, self.session, citizen_id)

    def __call__(self, name: str = "张小三", city: str = "xiamen") -> TestCaller:
        """The app in a new citizen's hands."""
        return self.login(self.person(name, city))

    def give(self, citizen_id: str, item: str, *, quantity: int | None = None, status: str = "active") -> None:
        """A record of the person, three months old, that counts today where its status is active."""
        now, record_id = self.kit.clock(), new_id("rec")
        day = add_months(day_of(now), -3)
        row = a_row(
            RecordRow.__table__, citizen_id=citizen_id, id=record_id, item=item, source_record_id=record_id,
            event_on=day, effective_on=day, expires_on=day + timedelta(days=365), quantity=quantity, status=status,
            received_at=now,
        )  # fmt: skip
        self.session.execute(insert(RecordRow).values(row))
        self.session.commit()


def code_of(caller: TestCaller, **body: Any) -> str:
    """A fresh exchange code of this person."""
    answer = caller.post("/citizen/v1/name-card/codes", json={"purpose": "exchange", **body})
    assert answer.status_code == 201, answer.json
    return str(answer.json["code"])


def redeem(caller: TestCaller, code: str, **body: Any) -> Any:
    """The answer to redeeming an exchange code."""
    return caller.post("/citizen/v1/name-card/exchanges", json={"code": code, **body})


def swap(giver: TestCaller, taker: TestCaller, given: dict[str, Any] = CITY, back: dict[str, Any] = CITY) -> Any:
    """`taker` redeems a fresh code of `giver`: the answer."""
    return redeem(taker, code_of(giver, show=given), show=back)


def looks(caller: TestCaller) -> list[dict[str, Any]]:
    """The person's access log in English, newest first."""
    data: list[dict[str, Any]] = caller.get("/citizen/v1/access-log", headers={"Accept-Language": "en"}).json["data"]
    return data
