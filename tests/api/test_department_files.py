"""A department hands in its files, and what comes back."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import ingestion, scoring
from app.store.records import RecordRow
from app.store.scores import current
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.members import a_row, days_ago, make_member
from tests.support.people import id_number, make_citizen

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至"


@pytest.fixture
def member(session: Session, kit: Kit) -> str:
    return make_member(session, kit)


@pytest.fixture
def social_work(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, "social_work", "社会工作部")


def send(caller: TestCaller, text: str | bytes, media_type: str = "text/csv", **headers: str) -> dict:
    body = text.encode() if isinstance(text, str) else text
    answer = caller.post(
        "/department/v1/batches?filename=a.csv", data=body, headers={"Content-Type": media_type, **headers}
    )
    assert answer.status_code == 201, answer.json
    return answer.json


def csv_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def volunteering(kit: Kit, number: str, serial: int = 1, name: str = "张测试", hours: int = 4) -> str:
    return f"{number},volunteer_service,{name},{id_number(serial)},{days_ago(kit)},{hours},"


def counts(session: Session, report: dict) -> tuple[int, ...]:
    """As the office sees them; a department sees how many are in order."""
    assert report["accepted"] == report["rows"] - report["refused"]
    whole = ingestion.report(session, None, report["id"])
    names = ("rows", "accepted", "corrected", "duplicates", "refused", "not_stored")
    return tuple(getattr(whole, name) for name in names)


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RecordRow)) or 0


def test_a_file_is_filed_and_reported(social_work: TestCaller, session: Session, kit: Kit, member: str) -> None:
    make_citizen(session, kit.pii, kit.clock(), serial=2, name="李未开")
    report = send(
        social_work,
        csv_of(
            volunteering(kit, "A1"),
            volunteering(kit, "A2", serial=2, name="李未开"),
            volunteering(kit, "A3", serial=3, name="无此人"),
            volunteering(kit, "A4", hours=1),
            "",
            volunteering(kit, "A5", name="王五"),
            "only,three,values",
        ),
    )
    assert counts(session, report) == (6, 1, 0, 0, 2, 3)
    assert (report["status"], report["filename"], report["livemode"]) == ("complete", "a.csv", False)
    assert stored(session) == 1


def test_refused_rows_come_back_by_line_field_and_reason(social_work: TestCaller, kit: Kit, member: str) -> None:
    report = send(
        social_work,
        csv_of(volunteering(kit, "A1", hours=1), volunteering(kit, "A2"), volunteering(kit, "A3") + ",", "x"),
    )
    page = social_work.get(f"/department/v1/batches/{report['id']}/refusals?limit=2").json
    assert [(row["line"], row["field"], row["code"]) for row in page["data"]] == [
        (2, "quantity", "quantity-too-small"),
        (4, "row", "malformed"),
    ]
    assert page["data"][0]["detail"] == "数量低于最低要求。"
    rest = social_work.get(f"/department/v1/batches/{report['id']}/refusals?cursor={page['next_cursor']}").json
    assert [(row["line"], row["code"]) for row in rest["data"]] == [(5, "malformed")]
    assert not rest["has_more"]


def test_a_report_holds_nothing_of_what_a_refused_row_said(social_work: TestCaller, kit: Kit, member: str) -> None:
    report = send(social_work, csv_of(volunteering(kit, "A1", name="王五", hours=1)))
    text = social_work.get(f"/department/v1/batches/{report['id']}/refusals").text
    assert "王五" not in text
    assert id_number(1) not in text


def test_the_same_file_again_changes_nothing(social_work: TestCaller, session: Session, kit: Kit, member: str) -> None:
    text = csv_of(volunteering(kit, "A1"), volunteering(kit, "A2"))
    assert counts(session, send(social_work, text)) == (2, 2, 0, 0, 0, 0)
    assert counts(session, send(social_work, text)) == (2, 0, 0, 2, 0, 0)
    assert stored(session) == 2


def test_a_changed_fact_is_a_correction_that_supersedes(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    send(social_work, csv_of(volunteering(kit, "A1", hours=4)))
    assert counts(session, send(social_work, csv_of(volunteering(kit, "A1", hours=6)))) == (1, 0, 1, 0, 0, 0)
    old, new = session.scalars(select(RecordRow).order_by(RecordRow.id)).all()
    assert (old.status, old.quantity, old.version) == ("corrected", 4, 2)
    assert (new.status, new.quantity, new.supersedes) == ("active", 6, old.id)


def test_a_number_twice_in_one_file_is_taken_in_order(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    report = send(
        social_work, csv_of(volunteering(kit, "A1"), volunteering(kit, "A1"), volunteering(kit, "A1", hours=9))
    )
    assert counts(session, report) == (3, 1, 1, 1, 0, 0)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    text = csv_of(volunteering(kit, "A1")).replace("\n", "\r\n")
    assert counts(session, send(social_work, b"\xef\xbb\xbf" + text.encode())) == (1, 1, 0, 0, 0, 0)


def test_lines_of_json_say_the_same(social_work: TestCaller, session: Session, kit: Kit, member: str) -> None:
    rows = [a_row("A1", "volunteer_service", days_ago(kit)), a_row("A2", "community_service", days_ago(kit))]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines += ["[]", "{", '{"item": 1, "who": 2}', '{"a":' * 2000]
    report = send(social_work, "\n".join(lines), "application/x-ndjson")
    assert counts(session, report) == (6, 2, 0, 0, 4, 0)


def test_penalties_come_in_the_national_columns(app: Flask, session: Session, kit: Kit, member: str) -> None:
    transport = as_department(app, session, "transport", "交通运输局")
    columns = (
        "行政相对人名称,行政相对人类别,证件类型,证件号码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,"
    )
    columns += "处罚决定日期,处罚有效期,公示截止期,处罚机关,失信信息类别,是否封存,备注"
    day = days_ago(kit).strftime("%Y/%m/%d")
    row = f"张测试,自然人,居民身份证,{id_number(1)},厦交罚〔2026〕1号,无证营运,,道路运输条例,罚款,"
    row += f"{day},{day},2027/01/01,交通运输局,一般,否,"
    report = send(transport, f"{columns}\n{row}\n")
    assert counts(session, report) == (1, 1, 0, 0, 0, 0)
    record = session.scalars(select(RecordRow)).one()
    assert (record.item, record.details["document_no"]) == ("administrative_penalty_general", "厦交罚〔2026〕1号")
    assert "违法事实" not in json.dumps(record.details, ensure_ascii=False)


def test_changed_members_are_scored_again(social_work: TestCaller, session: Session, kit: Kit, member: str) -> None:
    send(social_work, csv_of(volunteering(kit, "A1"), volunteering(kit, "A2")))
    assert scoring.refresh_due(session, kit.packs, kit.clock()) == 0, "a few people are scored when they are filed"
    score = current(session, member)
    assert score is not None
    assert score.score == 606


def test_a_batch_is_one_row_of_the_access_log_however_many_rows_it_had(
    app: Flask, social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    report = send(
        social_work, csv_of(volunteering(kit, "A1"), volunteering(kit, "A1", hours=5), volunteering(kit, "A3"))
    )
    looks = as_citizen(app, session, member).get("/citizen/v1/access-log").json["data"]
    mine = [look for look in looks if look["action"]["code"] == "ingested"]
    assert [(look["actor"]["name"], look["ref"]) for look in mine] == [("社会工作部", report["id"])]


def test_the_same_request_again_is_answered_with_the_same_report(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    text = csv_of(volunteering(kit, "A1"))
    first = send(social_work, text, **{"Idempotency-Key": "file-1"})
    again = social_work.post(
        "/department/v1/batches",
        data=text.encode(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": "file-1"},
    )
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first
    other = social_work.post(
        "/department/v1/batches",
        data=csv_of(volunteering(kit, "A2")).encode(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": "file-1"},
    )
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert stored(session) == 1


@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        (b"", "text/csv", "file-empty"),
        (b"\n\n", "text/csv", "file-empty"),
        ("记录编号,事项编码".encode("utf-16"), "text/csv", "file-encoding"),
        ("记录编号,事项编码".encode("gbk"), "text/csv", "column-missing"),
        ("记录编号,事项编码,姓名,证件号码".encode(), "text/csv", "column-missing"),
        (f"{HEADER},电话".encode(), "text/csv", "column-unknown"),
        (f"{HEADER},姓名".encode(), "text/csv", "column-repeated"),
        (b'"a', "text/csv", "column-unknown"),
        (b"PK\x03\x04rest of a workbook", "text/csv", "unsupported-media-type"),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "workbook-unreadable"),
        (b"{}", "application/json", "unsupported-media-type"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    social_work: TestCaller, body: bytes, media_type: str, code: str
) -> None:
    answer = social_work.post("/department/v1/batches", data=body, headers={"Content-Type": media_type})
    assert answer.json["code"] == code
    assert answer.status_code in (415, 422)


def test_a_batch_needs_its_key(social_work: TestCaller) -> None:
    answer = social_work.post("/department/v1/batches", data=b"x", headers={"Idempotency-Key": ""})
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing")


def test_another_departments_batch_is_not_found(
    app: Flask, session: Session, social_work: TestCaller, kit: Kit
) -> None:
    report = send(social_work, csv_of(volunteering(kit, "A1")))
    library = as_department(app, session, "library")
    for path in (f"/department/v1/batches/{report['id']}", f"/department/v1/batches/{report['id']}/refusals"):
        assert library.get(path).status_code == 404
    assert social_work.get(f"/department/v1/batches/{report['id']}").json == report


def test_a_large_file_is_streamed_past_the_limit_of_other_bodies(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    rows = [volunteering(kit, f"N{number}", serial=7, name="没有开通的人" * 5) for number in range(12_000)]
    text = csv_of(*rows)
    assert len(text.encode()) > kit.settings.max_body_bytes
    assert counts(session, send(social_work, text)) == (12_000, 0, 0, 0, 0, 12_000)


@pytest.fixture
def people(session: Session, kit: Kit) -> list[str]:
    return [make_member(session, kit, serial=serial) for serial in range(1, 4)]


def test_many_members_are_each_shown_the_batch(
    social_work: TestCaller, session: Session, kit: Kit, people: list[str], app: Flask
) -> None:
    send(social_work, csv_of(*(volunteering(kit, f"A{serial}", serial=serial) for serial in (1, 2, 3))))
    for citizen_id in people:
        looks = as_citizen(app, session, citizen_id).get("/citizen/v1/access-log").json["data"]
        assert sum(look["action"]["code"] == "ingested" for look in looks) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/department/v1/batches/bat_none",
        "/department/v1/batches/bat_none/refusals",
        "/department/v1/batches/%00",
        "/department/v1/batches/" + "x" * 500,
    ],
)
def test_a_batch_that_there_is_not_is_not_found(social_work: TestCaller, path: str) -> None:
    answer = social_work.get(path)
    assert answer.status_code in (401, 404, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("query", ["cursor=x", "cursor=eA==", "limit=0", "limit=101", "limit=many", "page=2"])
def test_a_bad_page_is_refused(social_work: TestCaller, kit: Kit, query: str) -> None:
    report = send(social_work, csv_of(volunteering(kit, "A1")))
    answer = social_work.get(f"/department/v1/batches/{report['id']}/refusals?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "validation")


@pytest.mark.parametrize("query", ["filename=" + "x" * 121, "filename=", "format=csv"])
def test_a_bad_query_is_refused(social_work: TestCaller, query: str) -> None:
    answer = social_work.post(f"/department/v1/batches?{query}", data=b"x", headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
