"""A pack made ready for a day gives the integers and days of the plain definition, whatever the records."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

from hypothesis import given

from app.domain.day_score import DayScore
from app.domain.pack import Pack
from app.domain.record import Record
from app.domain.score import changes_on, explain
from tests.unit.test_score_laws import DAYS, packs_and_records


@given(packs_and_records, DAYS)
def test_it_is_the_plain_definition(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    pack, records = drawn
    facts = [astuple(record) for record in records]
    assert DayScore(pack, as_of).of(facts) == (explain(pack, records, as_of).score, changes_on(pack, records, as_of))
