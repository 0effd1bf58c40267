"""The report on paper says what the report says: all of it, in order, nothing else; genuine, tagged and readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from app.domain.errors import Refusal
from app.domain.report import Kind, Private, Report, Subject, report_as_json
from app.services import report_pdf, typesetter
from app.services.printable import covered, printable
from app.services.typesetter import FONTS
from tests.support.papers import (
    CHECK_URL,
    CODE,
    body,
    by_pdfium,
    by_pypdf,
    flat,
    own_words,
    printed,
    reader,
    strings,
    watermark,
)
from tests.support.reports import MADE_AT, STATEMENT, example_report

POINTS = covered(FONTS / "XinyiReport.otf")
NOT_PRINTED = ("code", "record_id")
INJECTION = '#read("/etc/passwd") *bold* _it_ $x^2$ \\ `raw` @ref <label> // no /* comment */ #panic() = Title\n- a'
Reading = Callable[[bytes], tuple[str, ...]]


@pytest.fixture(scope="module")
def citizen() -> bytes:
    return printed(example_report())


@pytest.fixture(scope="module")
def entity() -> bytes:
    return printed(example_report(Kind.ENTITY), "en")


def with_statement(text: str) -> Report:
    report = example_report(records=4)
    first, *rest = report.records
    return replace(report, records=(replace(first, statement=text), *rest))


def told_in_order(report: Report) -> Iterator[str]:
    """Every text of the JSON, in the order in which it is printed."""
    document = report_as_json(report)
    for record in document["records"]:
        yield from in_order_of_record(record)


def in_order_of_record(record: dict[str, Any]) -> Iterator[str]:
    yield record["event_on"]
    yield record["name"]
    yield record.get("quantity", "")
    yield from strings(record["details"], NOT_PRINTED)
    if asked := record.get("dispute"):
        yield from (asked["ground"]["name"], asked["asked_on"], asked["due_on"], asked["status"]["name"])
    yield record.get("statement", "")
    yield record["source"]["name"]
    yield record["status"]["name"]
    yield record.get("because", {}).get("name", "")
    yield record.get("expires_on", "")


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_every_record_is_told_whole_and_in_order(citizen: bytes, read: Reading) -> None:
    report = example_report()
    text = body(read(citizen), report, "zh")
    at = text.index("事项与说明")
    for told in told_in_order(report):
        wanted = flat(printable(told, POINTS))
        found = text.find(wanted, at)
        assert found >= 0, f"{wanted} is not after {text[at - 30 : at]}"
        at = found + len(wanted)


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_every_item_is_told_with_its_points_in_order(citizen: bytes, read: Reading) -> None:
    report = example_report()
    text = body(read(citizen), report, "zh")
    at = text.index("事项与规则")
    for item in report.items:
        for told in (item.event_on.isoformat(), item.dimension, item.name, item.rule, item.source, item.points):
            at = text.index(flat(told), at) + len(flat(told))


@pytest.mark.parametrize(("kind", "language"), [(Kind.CITIZEN, "zh"), (Kind.ENTITY, "en")])
@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_all_of_the_json_is_on_paper_and_nothing_else(
    citizen: bytes, entity: bytes, kind: Kind, language: str, read: Reading
) -> None:
    """What remains when the JSON's texts are taken away is made of the template's own words."""
    report = example_report(kind)
    text = body(read(citizen if kind is Kind.CITIZEN else entity), report, language)
    shown = {flat(printable(told, POINTS)) for told in strings(report_as_json(report), NOT_PRINTED)}
    masked = flat(report.subject.masked_name)
    not_words = {masked, "citizen", "entity", "zh", "en", "True", "False", "positive", "adverse", MADE_AT.isoformat()}
    missing = [told for told in shown - not_words if told not in text and not told.startswith("rec_")]
    assert not missing
    assert not remaining(text, [*shown, *own(language)])


def own(language: str) -> list[str]:
    words = own_words(language)
    values = {"url": CHECK_URL, "code": "", "page": "", "pages": "", "day": "", "due": "", "version": "", "least": ""}
    plain = [text for text in words.values() if isinstance(text, str)]
    told = [text.format(**values, most="", shown="", all="") for text in plain]
    pieces = [piece for text in plain if "{" in text for piece in _around(text)]
    return [*told, *pieces, *words["title"].values(), CODE, "2026-03-09 09:30", "2026-03-02 09:30", "·", "–", "•"]


def _around(template: str) -> list[str]:
    return [piece.split("}")[-1] for piece in template.split("{")]


def remaining(text: str, pieces: list[str]) -> str:
    for piece in sorted({flat(piece) for piece in pieces}, key=len, reverse=True):
        text = text.replace(piece, "\n") if piece else text
    return flat(text)


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_rare_characters_of_a_name_are_text_and_emoji_are_described(citizen: bytes, read: Reading) -> None:
    text = body(read(citizen), example_report(), "zh")
    assert "买买提江·阿卜杜热合曼·䶮𠮷提" in text
    assert "照顾家人〔U+1F3E5〕" in text


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_each_page_bears_the_watermark_and_its_number(citizen: bytes, read: Reading) -> None:
    pages = [flat(page) for page in read(citizen)]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert watermark(example_report(), "zh") in page
        assert f"第{number}页，共{len(pages)}页" in page


@pytest.mark.parametrize("name", ["citizen", "entity"])
def test_the_qr_on_the_page_is_the_checking_address_and_the_code(name: str, request: pytest.FixtureRequest) -> None:
    page = pypdfium2.PdfDocument(request.getfixturevalue(name))[0]
    read = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert [code.text for code in read] == [f"{CHECK_URL}#{CODE}"]


@pytest.mark.parametrize(
    ("name", "language", "title"), [("citizen", "zh-CN", "信用报告"), ("entity", "en", "Credit report")]
)
def test_it_is_tagged_titled_and_in_a_language(
    name: str, language: str, title: str, request: pytest.FixtureRequest
) -> None:
    pdf = reader(request.getfixturevalue(name))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert str(pdf.metadata.title).startswith(title)
    assert b"<pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_a_screen_reader_meets_headings_tables_and_the_qr_in_words(citizen: bytes) -> None:
    pdf = reader(citizen)
    tags = list(structure(pdf.trailer["/Root"]["/StructTreeRoot"]))
    kinds = [kind for kind, _ in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 6
    assert kinds.count("/Table") == 3
    assert kinds.count("/TH") == 10
    assert ("/Figure", f"核验二维码，内容是核验网址和核验码 {grouped()}") in tags
    assert [each.title for each in pdf.outline[1]][:2] == ["计分依据", "记录"]


def grouped() -> str:
    return " ".join(CODE[at : at + 4] for at in range(0, 16, 4))


def structure(node: Any) -> Iterator[tuple[str, str | None]]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"]), node.get("/Alt")
        yield from structure(node.get("/K", []))


def test_its_fonts_are_within_and_only_what_it_uses(citizen: bytes) -> None:
    found = {}
    for page in reader(citizen).pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()
            found[described["/BaseFont"]] = described["/FontDescriptor"].get_object()
    assert {str(name).split("+")[1].split("-")[0] for name in found} == {"XinyiReport", "XinyiHeading"}
    assert all("/FontFile3" in descriptor for descriptor in found.values())
    assert len(citizen) < 400_000


def test_the_same_report_is_the_same_bytes_and_another_is_not(citizen: bytes) -> None:
    assert printed(example_report()) == citizen
    assert printed(replace(example_report(), made_at=MADE_AT + timedelta(milliseconds=1001))) != citizen


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_no_text_is_markup(read: Reading) -> None:
    report = with_statement(INJECTION)
    subject = replace(report.subject, full_name=INJECTION)
    said = body(read(printed(replace(report, subject=subject))), report, "zh")
    assert said.count(flat(INJECTION)) == 2
    assert "root:" not in said


@pytest.mark.parametrize("text", ["长" * 6000, "w" * 6000, "\n" * 50 + "完"])
def test_a_long_statement_is_told_to_its_last_letter(text: str) -> None:
    said = body(by_pdfium(printed(with_statement(text))), with_statement(text), "zh")
    assert said.count(flat(text)[0]) >= len(flat(text))


def test_a_report_of_one_who_has_nothing_says_so_kindly() -> None:
    nothing: dict[str, Any] = {"score": None, "items": (), "records": (), "sources": (), "law": (), "notice": ()}
    bare = replace(example_report(), score_note="您没有开通信用分。", **nothing)
    said = body(by_pypdf(printed(bare)), bare, "zh")
    assert "您没有开通信用分。" in said
    assert "没有记录不代表任何评价。" in said
    assert "计分依据" not in said


def test_one_who_gave_no_name_is_not_called_a_star() -> None:
    report = replace(example_report(records=4), subject=Subject("*", None, ()))
    pages = [flat(page) for page in by_pypdf(printed(report))]
    assert "信用报告（姓名未提供）" in pages[0]
    assert all(flat("（姓名未提供）2026-03-02 09:30") in page for page in pages)


def test_what_is_private_is_not_printed(citizen: bytes) -> None:
    assert printed(replace(example_report(), private=Private(7, ()))) == citizen


def test_more_than_a_paper_bears_is_cut_with_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_pdf, "MOST_ROWS", 5)
    said = body(by_pypdf(printed(example_report())), example_report(), "zh")
    assert "此处列出前5条，共24条；完整内容见电子数据（JSON）。" in said
    assert "此处列出前5条，共22条" in said
    assert "6小时" not in said


def test_it_says_until_when_it_can_be_checked(citizen: bytes) -> None:
    said = flat(by_pypdf(citizen)[0])
    assert "核验有效至2026-03-0909:30" in said
    assert flat(printable(STATEMENT, POINTS)) in flat("".join(by_pypdf(citizen)))


def test_a_paper_that_takes_too_long_is_refused_for_now_and_the_next_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(typesetter, "SECONDS", 0.001)
        for _ in range(typesetter.AT_ONCE + 1):
            with pytest.raises(Refusal) as refused:
                printed(example_report())
            assert refused.value.code == "temporarily-unavailable"
    assert printed(example_report()).startswith(b"%PDF-")


def test_who_would_wait_long_for_the_papers_of_others_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else those who wait would take up every thread of the server."""
    assert typesetter.PATIENCE_SECONDS <= 5
    monkeypatch.setattr(typesetter, "_turns", BoundedSemaphore(0))
    monkeypatch.setattr(typesetter, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(Refusal) as refused:
        printed(example_report())
    assert refused.value.code == "temporarily-unavailable"
