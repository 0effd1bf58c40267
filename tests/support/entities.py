"""Legal entities of nobody: credit codes of region 990000 with right check digits, and a register of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from stdnum.cn import uscc as credit_codes

from app.domain.entity import organisation_check_digit
from tests.support.callers import TestCaller, as_department
from tests.support.cards import CardHolders
from tests.support.people import id_number

NAME = "厦门白鹭滩茶业有限公司"
PENALTY = {
    "kind": "penalty", "document_no": "厦市监罚〔2026〕7号", "title": "标签不合规定", "issuer": "市场监督管理局",
    "decided_on": "2026-08-01", "expires_on": "2027-08-01", "class": "general",
}  # fmt: skip
PERMIT = {
    "kind": "permit", "document_no": "JY1990000001", "title": "食品经营许可证", "issuer": "市场监督管理局",
    "decided_on": "2025-01-10", "expires_on": "2030-01-10",
}  # fmt: skip
HONOUR = {
    "kind": "honour", "document_no": "厦政表〔2025〕3号", "title": "守信经营示范单位", "issuer": "市人民政府",
    "decided_on": "2025-12-01",
}  # fmt: skip


def uscc(serial: int = 1) -> str:
    """A valid code of a company in region 990000; `serial` 0 to 9999999."""
    body = f"9{serial:07d}"
    code = f"91990000{body}{organisation_check_digit(body)}"
    return code + credit_codes.calc_check_digit(code)


def said(number: str | None = None, **over: Any) -> dict[str, Any]:
    """What a register says of a tea company, spoken for by the person with this identity number."""
    body = {
        "name": NAME, "kind": "company", "status": "active", "city": "xiamen", "established_on": "2020-05-01",
        "as_of": "2026-11-20T08:00:00+08:00", "records": [PERMIT, HONOUR, PENALTY],
    }  # fmt: skip
    return body | ({"representative": {"id_number": number}} if number else {}) | over

ENTITY_LOOKS = {"department_put_entity": "entity.matched", "citizen_make_entity_card": "entity.card_issued"}
"""Operations that are looks, and the action that they log."""


@dataclass
class Register:
    """A register of entities, and people who may speak for them."""

    app: Flask
    session: Session

    def __post_init__(self) -> None:
        self.holders = CardHolders(self.app, self.session)
        self.department = as_department(self.app, self.session, "registry", "市场监督管理局（登记）")

    def person(self, name: str = "张小三") -> tuple[TestCaller, str, str]:
        """The app in a new citizen's hands, their id and their identity number."""
        citizen_id = self.holders.person(name)
        return self.holders.login(citizen_id), citizen_id, id_number(self.holders.people)

    def put(self, number: str | None = None, serial: int = 1, **over: Any) -> Any:
        """The answer to registering company `serial`."""
        return self.department.put(f"/department/v1/entities/{uscc(serial)}", json=said(number, **over))

    def mine(self, caller: TestCaller) -> str:
        """The id of the one entity for which this person speaks."""
        (found,) = caller.get("/citizen/v1/entities").json["data"]
        return str(found["id"])


def looks_at_entities(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The operations on entities that log a look, as they really happen."""
    register = Register(app, session)
    register.holders.people = 720
    me, _, number = register.person()
    yield "department_put_entity", lambda: register.put(number)
    yield "citizen_make_entity_card", lambda: me.post(f"/citizen/v1/entities/{register.mine(me)}/card/offline", json={})
