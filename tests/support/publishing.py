"""New versions of a pack, and the road to their publication."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.worker import Worker
from app.domain.calendar import day_of
from app.packs import FOLDER
from app.services.pack_publishing import NOTICE_DAYS
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.office import OFFICE
from tests.support.packs import TINY

PACKS = f"{OFFICE}/packs"


def next_text(code: str = "egret", version: int = 2, *changes: tuple[str, str]) -> str:
    """The text of the pack that ships as `code`, as another version, with texts replaced: `(old, new)`."""
    text = (FOLDER / f"{code}.toml").read_text("utf-8").replace("version = 1\n", f"version = {version}\n", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def tiny_text(version: int = 1, *changes: tuple[str, str]) -> str:
    """The small pack of a city of its own, as this version, with texts replaced."""
    text = TINY.replace("version = 1\n", f"version = {version}\n", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def work(kit: Kit) -> None:
    """Let the worker do all that is due now, its clocks included."""
    worker = Worker(kit)
    while worker.work():
        pass


def propose(caller: TestCaller, text: str, **more: Any) -> TestResponse:
    """Propose a version."""
    return caller.post(PACKS, json={"text": text, **more})


def notice(kit: Kit, days: int = NOTICE_DAYS, **changes: Any) -> dict[str, Any]:
    """What publishing asks for, with a day so many days ahead."""
    day = day_of(kit.clock()) + timedelta(days=days)
    said = {"notice_zh": "志愿服务加分提高。", "notice_en": "Volunteering counts for more."}
    return said | {"effective_on": day.isoformat()} | changes


def publish(caller: TestCaller, kit: Kit, code: str, version: int, **changes: Any) -> TestResponse:
    """Propose the publication of a version."""
    return caller.post(f"{PACKS}/{code}/versions/{version}/publish", json=notice(kit, **changes))


def published(one: TestCaller, other: TestCaller, session: Session, kit: Kit, text: str, *, code: str) -> int:
    """Propose, simulate, publish and approve; the version, which is in force `NOTICE_DAYS` later."""
    version = int(propose(one, text).json["version"])
    session.commit()
    work(kit)
    asked = publish(one, kit, code, version)
    assert asked.status_code == 202, asked.json
    assert other.post(f"{OFFICE}/approvals/{asked.json['id']}/approve", json={}).status_code == 200
    work(kit)
    return version
