"""A record deleted after five years: a dump of the whole database holds its proof, and nothing of what it said.

Everything that can be about a record is made first: corrections, disputes, reviews, statements, looks, events.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from app.cli.receipt import receipt
from app.domain.calendar import add_months
from app.factory import build_kit, create_app
from app.store import embedded, retention
from app.store.embedded_place import place_of
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.conftest import SERVER_FOLDER, Clock
from tests.e2e.test_nothing_leaks import in_bytes
from tests.support.ageing import night, on_day
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.databases import own_name
from tests.support.documented import DocumentedClient
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member
from tests.support.office import operator

START = datetime(2021, 9, 20, 4, 0, tzinfo=UTC)
ENDED = date(2021, 8, 3)
OLD = {
    "document_no": "厦市监罚〔2021〕777号",
    "violation_type": "占道堆放渔具",
    "penalty_type": "罚款八百八十八元",
    "issuer": "鼓浪屿测试分局",
    "event_on": "2021-08-02",
    "ended_on": ENDED.isoformat(),
    "expires_on": "2024-03-17",
}
TOLD = {
    *("received", "correction_asked", "correction_refused", "disputed", "upheld", "statement_made"),
    *("review_asked", "review_stands"),
}
SAID = (
    "这不是我做的甲乙丙",
    "名字相同的另一个人丁戊己",
    "我已经当场改正庚辛壬",
    "请人看看这条子丑寅",
    "看过了维持卯辰巳",
)


@dataclass
class Story:
    """What was known of the record before, and where to look now."""

    kit: Kit
    me: TestCaller
    values: dict[str, str]
    export: dict[str, Any]
    proof: dict[str, Any]
    dump: str


@pytest.fixture(scope="module")
def story(server: str, template: str, settings: Any) -> Iterator[Story]:
    name = own_name("forgotten")
    engine = create_engine(embedded.create_database(server, name, template), poolclass=NullPool)
    yield told(engine, settings)
    engine.dispose()
    embedded.drop_database(server, name)


def told(engine: Engine, settings: Any) -> Story:
    clock = Clock(START)
    kit = build_kit(settings, engine=engine, sessions=sessionmaker(engine, expire_on_commit=False), clock=clock)
    app = create_app(kit=kit)
    app.test_client_class = DocumentedClient
    with kit.sessions() as session:
        citizen_id = make_member(session, kit)
        department = as_department(app, session, "transport")
        row = a_penalty("unused", days_ago(kit)) | OLD | {"class": "严重"}
        file = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        sent = department.post("/department/v1/batches", data=file, content_type="application/x-ndjson")
        assert sent.json["accepted"] == 1, sent.text
        file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
        record = session.scalars(select(RecordRow).where(RecordRow.source == "transport")).one()
        busy(app, session, kit, citizen_id, record)
        values = known(session, record)
        me = as_citizen(app, session, citizen_id)
        export = me.post("/citizen/v1/data-exports").json
        on_day(clock, add_months(ENDED, 60))
        night(kit)
        me = as_citizen(app, session, citizen_id)
        proofs = me.get("/citizen/v1/deletion-proofs").json["data"]
        assert [one["rule"]["code"] for one in proofs] == ["five-years"]
    return Story(kit, me, values, export, proofs[0], dumped(engine))


def busy(app: Any, session: Session, kit: Kit, citizen_id: str, record: RecordRow) -> None:
    """Everything that can be about a record."""
    me = as_citizen(app, session, citizen_id)
    desk = operator(app, session, "office")
    path = f"/citizen/v1/records/{record.id}"
    wrong = {"about": "record", "record_id": record.id, "field": "whole", "statement": SAID[0]}
    asked = me.post("/citizen/v1/corrections", json=wrong).json["id"]
    desk.get(f"/operator/v1/corrections/{asked}")
    desk.post(f"/operator/v1/corrections/{asked}/answer", json={"outcome": "refused", "reason": "与原件一致午未申"})
    dispute = me.post(f"{path}/disputes", json={"ground": "not_mine", "statement": SAID[1]})
    assert dispute.status_code == 201, dispute.text
    department = as_department(app, session, "transport")
    department.get(f"/department/v1/disputes/{dispute.json['id']}")
    answer = {"outcome": "upheld", "reason": "核实无误酉戌亥", "document": "复函二百二十二号"}
    assert department.post(f"/department/v1/disputes/{dispute.json['id']}/answer", json=answer).status_code == 200
    assert me.post(f"{path}/statements", json={"text": SAID[2]}).status_code == 201
    review = me.post(f"{path}/reviews", json={"text": SAID[3]}).json["id"]
    desk.get(f"/operator/v1/reviews/{review}")
    desk.post(f"/operator/v1/reviews/{review}/answer", json={"outcome": "stands", "reason": SAID[4]})
    night(kit)
    report = me.post("/citizen/v1/reports", json={"language": "zh", "days": 30, "shows": "report"})
    assert report.status_code == 201, report.text
    told = {event["kind"]["code"] for event in me.get(path).json["events"]}
    assert told == TOLD


def known(session: Session, record: RecordRow) -> dict[str, str]:
    """Every value of the record and of its life that could tell it again; not what is everyone's, such as its item."""
    own = {name: getattr(record, name) for name in ("id", "source_record_id", "fingerprint", "event_on", "expires_on")}
    own |= {"ended_on": record.ended_on, **record.details}
    words = {f"said {number}": text for number, text in enumerate(SAID)}
    words |= {"answers": "与原件一致午未申", "why": "核实无误酉戌亥", "letter": "复函二百二十二号"}
    return {name: str(value) for name, value in (own | words).items()}


def dumped(engine: Engine) -> str:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    program = place_of(SERVER_FOLDER).programs / "pg_dump"
    return subprocess.run([program, "--dbname", url], capture_output=True, check=True).stdout.decode()


def test_nothing_of_the_record_is_in_the_dump_but_its_proof(story: Story) -> None:
    assert all(f"COPY public.{table} " in story.dump for table in ("records", "record_events", "disputes", "outbox"))
    assert story.proof["commitment"] in story.dump
    assert story.proof["salt"] in story.dump
    found = {name for name, value in story.values.items() for form in in_bytes(value) if form in story.dump}
    assert not found


def test_before_it_was_deleted_the_export_told_all_of_it(story: Story) -> None:
    """Else the test above would look for what never was there."""
    told = json.dumps(story.export, ensure_ascii=False)
    assert {name for name, value in story.values.items() if value not in told} <= {"fingerprint"}


def test_what_is_shown_to_its_person_tells_of_it_no_more(story: Story) -> None:
    pages = ("records", "events", "access-log", "corrections", "disputes", "reviews", "score/history")
    shown = "".join(story.me.get(f"/citizen/v1/{page}?limit=100").text for page in pages)
    after = shown + story.me.post("/citizen/v1/data-exports").text
    assert not {name for name, value in story.values.items() if value in after}


def test_anyone_verifies_the_proof_and_who_kept_the_record_that_it_was_this_one(story: Story, tmp_path: Path) -> None:
    files = {"proof": story.proof, "keys": story.kit.keys.jwks(), "export": story.export}
    other = next(row for row in story.export["tables"]["records"] if row["source_record_id"] == "V-1")
    for name, content in (files | {"other": other}).items():
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
    proof = ["verify", str(tmp_path / "proof"), "--keys", str(tmp_path / "keys")]
    said = CliRunner().invoke(receipt, proof)
    assert (said.exit_code, json.loads(said.output)["rule"]) == (0, "five-years")
    assert CliRunner().invoke(receipt, [*proof, "--record", str(tmp_path / "export")]).exit_code == 0
    assert CliRunner().invoke(receipt, [*proof, "--record", str(tmp_path / "other")]).exit_code == 1


def test_a_proof_that_was_changed_holds_no_more(story: Story, tmp_path: Path) -> None:
    head, body, signature = story.proof["signed"].split(".")
    claims = jwt.decode(story.proof["signed"], options={"verify_signature": False})
    assert "iss" in claims
    (tmp_path / "keys").write_text(json.dumps(story.kit.keys.jwks()), "utf-8")
    (tmp_path / "proof").write_text(".".join((head, body[:-2] + "AA", signature)), "utf-8")
    said = CliRunner().invoke(receipt, ["verify", str(tmp_path / "proof"), "--keys", str(tmp_path / "keys")])
    assert said.exit_code == 1


def test_every_table_that_can_be_about_a_record_was_filled(story: Story) -> None:
    """A new table of that kind joins `busy`, so that the search above is of it too."""
    filled = {name for name, rows in story.export["tables"].items() if rows}
    about = {table.name for table in retention.tables_about_records()}
    assert about - filled <= {"pledges", "repairs", "orders"}, "an order's is tests/guardrails/test_12_orders_…"
