"""Fictional people: identity numbers of region 990000, which is nobody's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.store import citizens
from app.store.citizens import RealName
from app.store.pii import PiiBox

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, born: str = "19900101") -> str:
    """A valid number (GB 11643 check digit) of region 990000; `serial` 0-999."""
    body = f"990000{born}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def make_citizen(
    session: Session,
    pii: PiiBox,
    now: datetime,
    *,
    serial: int = 1,
    city: str = "xiamen",
    name: str = "张测试",
    born: str = "19900101",
) -> str:
    """A citizen with a real-name login, not enrolled; returns the citizen id."""
    person = RealName(name=name, id_number=id_number(serial, born), city=city, assurance_level="al2")
    citizen_id = citizens.upsert(session, pii, person, now)
    session.commit()
    return citizen_id
