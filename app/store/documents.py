"""Under which numbers a department has told of its decisions: one document is one fact about a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.fact import Fact
from app.domain.record import Status
from app.store.arrays import among
from app.store.records import RecordRow

DOCUMENT = "document_no"
"""The detail of an adverse fact that names its document; positive facts have none."""
_DOCUMENT = RecordRow.details[DOCUMENT].as_string()


@dataclass(frozen=True, slots=True)
class Told:
    """A record that tells of a document: under which number of its department, and how it stands."""

    source_record_id: str
    record_id: str
    status: str


class Documents:
    """What one department has told of some people's documents."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], list[Told]] = {}

    def put(self, citizen_id: str, document_no: str, told: Told) -> None:
        """One more record of this document."""
        self._told.setdefault((citizen_id, _same(document_no)), []).append(told)

    def add(self, citizen_id: str, fact: Fact, record_id: str) -> None:
        """One more record, which says `fact`."""
        if DOCUMENT in fact.details:
            self.put(citizen_id, fact.details[DOCUMENT], Told(fact.source_record_id, record_id, Status.ACTIVE))

    def others(self, citizen_id: str, fact: Fact) -> list[Told]:
        """The records that tell of the fact's document under another number than the fact's."""
        found = self._told.get((citizen_id, _same(fact.details.get(DOCUMENT, ""))), [])
        return [one for one in found if one.source_record_id != fact.source_record_id]


def of(session: Session, source: str, citizen_ids: Collection[str]) -> Documents:
    """The documents of these members' records from a department, without those that a correction replaced."""
    found = Documents()
    if not citizen_ids:
        return found
    columns = (RecordRow.citizen_id, _DOCUMENT, RecordRow.source_record_id, RecordRow.id, RecordRow.status)
    query = select(*columns).where(
        among(RecordRow.citizen_id, citizen_ids),
        RecordRow.source == source,
        RecordRow.status != Status.CORRECTED,
        _DOCUMENT.is_not(None),
    )
    for citizen_id, document_no, *told in session.execute(query):
        found.put(citizen_id, document_no, Told(*told))
    return found


def _same(document_no: str) -> str:
    """A document's number whatever the width and kind of its brackets and signs: 厦罚〔2026〕1号 is 厦罚[2026]1号."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", document_no).upper()).strip("-")
