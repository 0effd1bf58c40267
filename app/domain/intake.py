"""From a department's row to a `Fact`, or to the first fault in it. Pure; the day is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.calendar import add_months
from app.domain.fact import Fact, RowFault, is_number, item_of_source, penalty_item
from app.domain.id_number import adult_on, birth_date
from app.domain.pack import LONGEST_SHOWN_MONTHS, Item, Kind, LegalClass
from app.domain.record import LONGEST_KEPT_MONTHS

Row = Mapping[str, object]
"""Values by field key: texts from CSV, JSON values from NDJSON, cells from XLSX; an empty text is an absent value."""

_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_EARLIEST = date(1980, 1, 1)
_LATEST = date(2099, 12, 31)

_LEGAL_CLASSES = {"一般": "general", "严重": "serious", "轻微": "minor"}
_TRUE = {"是": True, "否": False, "true": True, "false": False}
_NATURAL = ("自然人", "natural_person")
_SEALED_BY_LAW = ("治安管理处罚法", "治安处罚法", "治安管理处罚条例")
"""Public-security penalties are sealed by article 136 of the first since 2026 (domain.md 6.1); its usual names."""
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)
_FORMULA = tuple("=+-@＝＋－＠")


@dataclass(frozen=True, slots=True)
class Numbered:
    """One line of a file: its number from 1, and the row that it says or the fault in it."""

    line: int
    row: Row | RowFault


@dataclass(frozen=True, slots=True)
class Intake:
    """The rules for one department's rows on one day."""

    catalogue: Mapping[str, Item]
    source: str
    today: date

    def fact(self, row: Row) -> Fact:
        """The fact that a row says; a row with a document number is a penalty. Raises RowFault."""
        return self._penalty(row) if "document_no" in row else self._record(row)

    def _record(self, row: Row) -> Fact:
        number = _identifier(row, "source_record_id")
        item = item_of_source(self.catalogue, _text(row, "item", 64), self.source)
        if item.kind is Kind.ADVERSE:
            raise RowFault("document_no", "missing")
        name, id_number, _ = _person(row)
        event_on = self._past(row, "event_on")
        end = add_months(event_on, item.retention_months)
        if end <= self.today:
            raise RowFault("event_on", "too-old")
        expires_on = self._expiry(row, latest=end) if _given(row, "expires_on") else end
        return Fact(number, name, id_number, item.code, event_on, expires_on, quantity=_quantity(row, item))

    def _penalty(self, row: Row) -> Fact:
        document_no = _text(row, "document_no", 64)
        number = _identifier(row, "source_record_id" if _given(row, "source_record_id") else "document_no")
        _natural_person(row)
        _not_sealed(row)
        legal_class = _legal_class(row)
        item = item_of_source(self.catalogue, penalty_item(legal_class), self.source)
        name, id_number, born = _person(row)
        event_on, ended_on = self._past(row, "event_on"), _date(row, "ended_on")
        if not adult_on(born, event_on):
            raise RowFault("event_on", "under-age-then")
        expires_on = self._expiry(row, latest=_latest_expiry(event_on, ended_on, legal_class))
        details = {
            "document_no": document_no,
            "issuer": _said(row, "issuer"),
            "violation_type": _said(row, "violation_type"),
            "penalty_type": _said(row, "penalty_type"),
        }
        return Fact(number, name, id_number, item.code, event_on, expires_on, ended_on, details=details)

    def _past(self, row: Row, key: str) -> date:
        day = _date(row, key)
        if day > self.today:
            raise RowFault(key, "date-in-future")
        return day

    def _expiry(self, row: Row, latest: date) -> date:
        day = _date(row, "expires_on")
        if day > latest:
            raise RowFault("expires_on", "expiry-too-late")
        if day <= self.today:
            raise RowFault("expires_on", "already-expired")
        return day


def _latest_expiry(event_on: date, ended_on: date, legal_class: LegalClass) -> date:
    shown = add_months(event_on, LONGEST_SHOWN_MONTHS[legal_class])
    return min(shown, add_months(ended_on, LONGEST_KEPT_MONTHS))


def _given(row: Row, key: str) -> bool:
    return row.get(key) not in (None, "")


def _text(row: Row, key: str, most: int) -> str:
    if not _given(row, key):
        raise RowFault(key, "missing")
    value = row[key]
    if isinstance(value, (int, float, date)) and not isinstance(value, bool):
        raise RowFault(key, "not-text")
    if not isinstance(value, str):
        raise RowFault(key, "malformed")
    text = value.replace("\u3000", " ").strip()
    if len(text) > most:
        raise RowFault(key, "too-long")
    if "\ufffd" in text:
        raise RowFault(key, "wrong-encoding")
    if not text or not text.isprintable():
        raise RowFault(key, "malformed")
    return text


def _said(row: Row, key: str) -> str:
    """A text that is kept and shown; none that a spreadsheet would take for a formula, wherever it is opened later."""
    text = _text(row, key, 100)
    if text.startswith(_FORMULA):
        raise RowFault(key, "formula")
    return text


def _identifier(row: Row, key: str) -> str:
    text = _text(row, key, 64)
    if _SCIENTIFIC.fullmatch(text):
        raise RowFault(key, "not-text")
    if not is_number(text):
        raise RowFault(key, "malformed")
    return text


def _date(row: Row, key: str) -> date:
    text = _text(row, key, 40)
    if _SERIAL.fullmatch(text):
        raise RowFault(key, "serial-date")
    found = _DATE.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= _LATEST:
        raise RowFault(key, "malformed")
    return day


def _person(row: Row) -> tuple[str, str, date]:
    name, id_number = _text(row, "name", 60), _id_number(row)
    born = birth_date(id_number)
    if born is None:
        raise RowFault("id_number", "id-number-invalid")
    return name, id_number, born


def _id_number(row: Row) -> str:
    """As GB 11643 writes it: people put spaces between its parts, type full-width digits or a small x."""
    text = "".join(unicodedata.normalize("NFKC", _text(row, "id_number", 40)).split()).upper()
    if _SCIENTIFIC.fullmatch(text):
        raise RowFault("id_number", "not-text")
    return text


def _quantity(row: Row, item: Item) -> int | None:
    if item.min_quantity is None:
        if _given(row, "quantity"):
            raise RowFault("quantity", "quantity-not-wanted")
        return None
    if not _given(row, "quantity"):
        raise RowFault("quantity", "missing")
    quantity = _whole(row["quantity"])
    if quantity < item.min_quantity:
        raise RowFault("quantity", "quantity-too-small")
    return quantity


def _whole(value: object) -> int:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise RowFault("quantity", "malformed")
    return int(text)


def _natural_person(row: Row) -> None:
    if _given(row, "subject_type") and str(row["subject_type"]).strip() not in _NATURAL:
        raise RowFault("subject_type", "not-a-natural-person")


def _not_sealed(row: Row) -> None:
    if _given(row, "sealed"):
        sealed = _TRUE.get(str(row["sealed"]).strip().lower())
        if sealed is None:
            raise RowFault("sealed", "malformed")
        if sealed:
            raise RowFault("sealed", "sealed")
    basis = "".join(unicodedata.normalize("NFKC", str(row.get("basis") or "")).split())
    if any(law in basis for law in _SEALED_BY_LAW):
        raise RowFault("basis", "sealed")


def _legal_class(row: Row) -> LegalClass:
    said = _text(row, "class", 20)
    code = _LEGAL_CLASSES.get(said, said)
    if code == "minor":
        raise RowFault("class", "minor-class")
    if code not in list(LegalClass):
        raise RowFault("class", "class-unknown")
    return LegalClass(code)
