"""A fact as a department says it, and why a row is refused (guardrail 7; docs/department-files.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.pack import Item


@dataclass(frozen=True, slots=True)
class Fact:
    """One valid row. `name` and `id_number` serve to find the person and are not part of the fact."""

    source_record_id: str
    name: str
    id_number: str
    item: str
    event_on: date
    expires_on: date
    ended_on: date | None = None
    quantity: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hex, of what the fact says: the same again is a duplicate, another is a correction."""
        said = [
            self.item,
            str(self.event_on),
            str(self.expires_on),
            str(self.ended_on),
            self.quantity,
            dict(self.details),
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class RowFault(Exception):
    """A row is refused: the `field` at fault, by its key, and the reason's `code`, one of `CODES`."""

    def __init__(self, field_name: str, code: str) -> None:
        super().__init__(f"{field_name}: {code}")
        self.field = field_name
        self.code = code


CODES = (
    "missing", "malformed", "too-long", "unknown-field", "wrong-encoding", "date-in-future", "too-old",
    "already-expired", "expiry-too-late", "item-unknown", "item-not-yours", "quantity-too-small", "quantity-not-wanted",
    "id-number-invalid", "record-disputed", "minor-class", "class-unknown", "sealed", "not-a-natural-person",
    "under-age-then", "not-text", "serial-date", "formula", "error-cell", "merged-cell", "repeated",
)  # fmt: skip
"""Every reason for which a row is refused. None depends on whether its person has opted in; of a dispute the
department knows already."""
UNTOLD = ("name-mismatch", "record-of-another", "record-closed")
"""Reasons for which only a member's fact is not stored: told, they would tell who is one (guardrail 5). So a row or an
entry of which one holds looks like one about anybody else; an answer about a record that its member asked about does
hear them."""

RECORD_FIELDS = ("source_record_id", "item", "name", "id_number", "event_on", "quantity", "expires_on")
PENALTY_FIELDS = (
    "document_no", "name", "id_number", "violation_type", "penalty_type", "event_on", "ended_on", "expires_on",
    "issuer", "class", "sealed", "basis", "subject_type", "source_record_id",
)  # fmt: skip


_NUMBER = re.compile(r"[\w\-./()（）〔〕\[\]【】]{1,64}")


def is_number(text: str) -> bool:
    """Whether `text` can be a department's own number of a fact."""
    return _NUMBER.fullmatch(text) is not None


def penalty_item(legal_class: str) -> str:
    """The catalogue's item of an administrative penalty of this class."""
    return f"administrative_penalty_{legal_class}"


def item_of_source(catalogue: Mapping[str, Item], code: str, source: str) -> Item:
    """The item that this department may send; raises RowFault."""
    item = catalogue.get(code)
    if item is None:
        raise RowFault("item", "item-unknown")
    if source not in item.sources:
        raise RowFault("item", "item-not-yours")
    return item
