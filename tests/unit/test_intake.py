"""What a department may hand in, and the reason for which each other row is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fact import CODES, PENALTY_FIELDS, RECORD_FIELDS, Fact, RowFault
from app.domain.intake import Intake, Row
from app.domain.pack import catalogue_of
from app.packs import load_packs
from tests.support.people import id_number

TODAY = date(2026, 6, 15)
CATALOGUE = catalogue_of(load_packs())
NUMBER = id_number(1)
SESSION: Row = {
    "source_record_id": "ZY-2026-1",
    "item": "volunteer_service",
    "name": "张测试",
    "id_number": NUMBER,
    "event_on": "2026-03-14",
    "quantity": "4",
    "expires_on": "",
}
PENALTY: Row = {
    "document_no": "厦市监罚〔2026〕12号",
    "name": "张测试",
    "id_number": NUMBER,
    "violation_type": "无照经营",
    "penalty_type": "罚款",
    "event_on": "2026/02/03",
    "ended_on": "2026/03/03",
    "expires_on": "2026/12/31",
    "issuer": "厦门市市场监督管理局",
    "class": "一般",
    "sealed": "否",
    "basis": "无证无照经营查处办法第十三条",
    "subject_type": "自然人",
}


def taken(row: Row, source: str = "social_work") -> Fact:
    return Intake(CATALOGUE, source, TODAY).fact(row)


def fault_in(row: Row, source: str = "social_work") -> tuple[str, str]:
    with pytest.raises(RowFault) as refused:
        taken(row, source)
    return refused.value.field, refused.value.code


def test_a_positive_fact_lives_as_long_as_the_catalogue_keeps_it() -> None:
    fact = taken(SESSION)
    assert (fact.item, fact.quantity, fact.event_on) == ("volunteer_service", 4, date(2026, 3, 14))
    assert fact.expires_on == date(2031, 3, 14)


def test_a_department_may_end_a_fact_earlier() -> None:
    assert taken({**SESSION, "expires_on": "2027-01-01"}).expires_on == date(2027, 1, 1)


def test_a_penalty_takes_its_class_document_issuer_and_ends() -> None:
    fact = taken(PENALTY, "market_supervision")
    assert fact.item == "administrative_penalty_general"
    assert fact.source_record_id == "厦市监罚〔2026〕12号"
    assert (fact.event_on, fact.ended_on, fact.expires_on) == (date(2026, 2, 3), date(2026, 3, 3), date(2026, 12, 31))
    assert fact.details == {
        "document_no": "厦市监罚〔2026〕12号",
        "issuer": "厦门市市场监督管理局",
        "violation_type": "无照经营",
        "penalty_type": "罚款",
    }


def test_json_rows_say_the_same_as_csv_rows() -> None:
    assert taken({**SESSION, "quantity": 4}) == taken(SESSION)
    english = {**PENALTY, "class": "general", "sealed": False, "subject_type": "natural_person"}
    assert taken(english, "market_supervision") == taken(PENALTY, "market_supervision")


def test_one_document_may_name_several_people() -> None:
    rows = [{**PENALTY, "source_record_id": f"12号之{n}"} for n in (1, 2)]
    assert len({taken(row, "transport").source_record_id for row in rows}) == 2


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"source_record_id": ""}, ("source_record_id", "missing")),
        ({"source_record_id": "a b"}, ("source_record_id", "malformed")),
        ({"source_record_id": "x" * 65}, ("source_record_id", "too-long")),
        ({"item": "moonwalk"}, ("item", "item-unknown")),
        ({"item": "blood_donation"}, ("item", "item-not-yours")),
        ({"item": 7}, ("item", "not-text")),
        ({"item": date(2026, 3, 14)}, ("item", "not-text")),
        ({"source_record_id": 20260314.0}, ("source_record_id", "not-text")),
        ({"source_record_id": "9.9E+17"}, ("source_record_id", "not-text")),
        ({"name": "\u202e张测试"}, ("name", "malformed")),
        ({"name": "\ue000测试"}, ("name", "malformed")),
        ({"name": " "}, ("name", "malformed")),
        ({"name": "张\x00"}, ("name", "malformed")),
        ({"name": "张\ufffd"}, ("name", "wrong-encoding")),
        ({"name": "\ud800"}, ("name", "malformed")),
        ({"id_number": NUMBER[:-1] + "0"}, ("id_number", "id-number-invalid")),
        ({"id_number": "１" * 18}, ("id_number", "id-number-invalid")),
        ({"id_number": float(NUMBER)}, ("id_number", "not-text")),
        ({"id_number": int(NUMBER)}, ("id_number", "not-text")),
        ({"id_number": "9.90000199001011E+17"}, ("id_number", "not-text")),
        ({"id_number": "9.9e17"}, ("id_number", "not-text")),
        ({"id_number": NUMBER[:15] + "000"}, ("id_number", "id-number-invalid")),
        ({"id_number": NUMBER[:6] + NUMBER[8:17]}, ("id_number", "id-number-invalid")),
        ({"id_number": NUMBER + "0"}, ("id_number", "id-number-invalid")),
        ({"id_number": "990000199013010018"}, ("id_number", "id-number-invalid")),
        ({"event_on": None}, ("event_on", "missing")),
        ({"event_on": "2026-02-30"}, ("event_on", "malformed")),
        ({"event_on": "20260214"}, ("event_on", "malformed")),
        ({"event_on": ["2026-02-14"]}, ("event_on", "malformed")),
        ({"event_on": "46095"}, ("event_on", "serial-date")),
        ({"event_on": "46095.5"}, ("event_on", "serial-date")),
        ({"event_on": 46095}, ("event_on", "not-text")),
        ({"event_on": "2026-03-14T15:30:00"}, ("event_on", "malformed")),
        ({"event_on": "1900-01-00"}, ("event_on", "malformed")),
        ({"event_on": "14/03/2026"}, ("event_on", "malformed")),
        ({"event_on": "2026-06-16"}, ("event_on", "date-in-future")),
        ({"event_on": "2021-06-15"}, ("event_on", "too-old")),
        ({"expires_on": "2026-06-15"}, ("expires_on", "already-expired")),
        ({"expires_on": "2031-03-15"}, ("expires_on", "expiry-too-late")),
        ({"quantity": ""}, ("quantity", "missing")),
        ({"quantity": "1"}, ("quantity", "quantity-too-small")),
        ({"quantity": "2.5"}, ("quantity", "malformed")),
        ({"quantity": -3}, ("quantity", "malformed")),
        ({"quantity": True}, ("quantity", "malformed")),
        ({"quantity": 10**9}, ("quantity", "malformed")),
    ],
)
def test_a_bad_record_row_is_refused_by_field_and_reason(wrong: Row, fault: tuple[str, str]) -> None:
    assert fault_in({**SESSION, **wrong}) == fault


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"class": "轻微"}, ("class", "minor-class")),
        ({"class": "minor"}, ("class", "minor-class")),
        ({"class": "特别严重"}, ("class", "class-unknown")),
        ({"class": ""}, ("class", "missing")),
        ({"sealed": "是"}, ("sealed", "sealed")),
        ({"sealed": True}, ("sealed", "sealed")),
        ({"sealed": "?"}, ("sealed", "malformed")),
        ({"basis": "《中华人民共和国治安管理处罚法》第四十九条"}, ("basis", "sealed")),
        ({"basis": "治安 管理　处罚法第二十三条"}, ("basis", "sealed")),
        ({"basis": "治安管理处罚条例"}, ("basis", "sealed")),
        ({"class": None}, ("class", "missing")),
        ({"class": 1}, ("class", "not-text")),
        ({"issuer": "=HYPERLINK(1)"}, ("issuer", "formula")),
        ({"violation_type": "@SUM(1)"}, ("violation_type", "formula")),
        ({"penalty_type": "＋1"}, ("penalty_type", "formula")),
        ({"subject_type": "法人及非法人组织"}, ("subject_type", "not-a-natural-person")),
        ({"document_no": ""}, ("document_no", "missing")),
        ({"issuer": ""}, ("issuer", "missing")),
        ({"violation_type": "x" * 101}, ("violation_type", "too-long")),
        ({"penalty_type": ""}, ("penalty_type", "missing")),
        ({"ended_on": ""}, ("ended_on", "missing")),
        ({"expires_on": ""}, ("expires_on", "missing")),
        ({"expires_on": "2027/02/04"}, ("expires_on", "expiry-too-late")),
        ({"expires_on": "2099/12/31", "class": "严重"}, ("expires_on", "expiry-too-late")),
        ({"ended_on": "2021/01/31", "expires_on": "2026/12/31"}, ("expires_on", "expiry-too-late")),
        ({"expires_on": "2026/06/15"}, ("expires_on", "already-expired")),
        ({"event_on": "2026/07/01"}, ("event_on", "date-in-future")),
        ({"id_number": id_number(1, "20080301")}, ("event_on", "under-age-then")),
    ],
)
def test_a_bad_penalty_row_is_refused_by_field_and_reason(wrong: Row, fault: tuple[str, str]) -> None:
    assert fault_in({**PENALTY, **wrong}, "market_supervision") == fault


@pytest.mark.parametrize(
    "written",
    [
        "990000 19900101 {tail}",
        " 990000199001{rest}\t",
        "９９００００１９９００１{rest}",
        "990000\u3000199001{rest}",
        "\u00a0{whole}",
    ],
)
def test_an_identity_number_is_read_as_people_write_it(written: str) -> None:
    number = id_number(8)
    said = written.format(whole=number, tail=number[14:], rest=number[12:])
    assert taken({**SESSION, "id_number": said}).id_number == number


def test_a_small_x_is_the_check_digit_ten() -> None:
    number = next(number for number in map(id_number, range(100)) if number.endswith("X"))
    assert taken({**SESSION, "id_number": number.lower()}).id_number == number
    assert taken({**SESSION, "id_number": number.replace("X", "ｘ")}).id_number == number


@pytest.mark.parametrize("region", ["990000", "469027", "659012", "830000", "999999"])
def test_a_county_that_a_library_does_not_know_yet_is_no_reason_to_refuse(region: str) -> None:
    body = f"{region}20990101007"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    assert taken({**SESSION, "id_number": body + check}).id_number == body + check


def test_an_adverse_fact_cannot_come_without_its_document() -> None:
    row = {**SESSION, "item": "administrative_penalty_general", "quantity": ""}
    assert fault_in(row, "market_supervision") == ("document_no", "missing")


def test_only_what_a_fact_says_makes_it_another() -> None:
    fact = taken(SESSION)
    assert taken({**SESSION, "name": "张 测试"}).fingerprint == fact.fingerprint
    assert taken({**SESSION, "quantity": "5"}).fingerprint != fact.fingerprint


VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.integers(), max_size=2) | st.floats()
)


@given(st.dictionaries(st.sampled_from(sorted({*RECORD_FIELDS, *PENALTY_FIELDS})), VALUES))
def test_any_row_is_a_fact_or_a_fault_with_a_known_reason(row: Row) -> None:
    found: Fact | RowFault
    try:
        found = Intake(CATALOGUE, "social_work", TODAY).fact(row)
    except RowFault as fault:
        found = fault
    if isinstance(found, RowFault):
        assert found.code in CODES
        assert found.field in {*RECORD_FIELDS, *PENALTY_FIELDS}
