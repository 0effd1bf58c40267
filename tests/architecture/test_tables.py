"""Tables: keyed by their citizen, and clear about what leaving does to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table
from sqlalchemy.orm import Mapper

from app.store import models, sealing
from app.store.base import Base
from tests.architecture.source import ROOT

METADATA: MetaData = models.load()
TABLES = sorted(METADATA.tables.values(), key=lambda table: table.name)
PERSONAL = [table for table in TABLES if "citizen_id" in table.columns]


def excused() -> Iterator[str]:
    """The tables that docs/decisions.md lets be keyed by something other than the citizen."""
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    part = text.split("## Tables keyed by something other than the citizen")[1].split("\n## ")[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`(\w+)`", line.split("|")[1])


@pytest.mark.parametrize("table", PERSONAL, ids=lambda table: table.name)
def test_a_table_of_people_is_keyed_by_its_citizen(table: Table) -> None:
    keyed = "citizen_id" in table.primary_key.columns
    assert keyed != (table.name in set(excused())), "key it by citizen_id, or say why not in docs/decisions.md"


@pytest.mark.parametrize("table", PERSONAL, ids=lambda table: table.name)
def test_a_table_of_people_says_what_leaving_does_to_it(table: Table) -> None:
    rule = table.info.get("on_leave", "")
    assert rule == "delete" or re.fullmatch(r"keep: .{10,}", rule), f"{table.name}: info['on_leave'] is {rule!r}"


def test_the_excuses_are_of_tables_that_exist() -> None:
    assert not set(excused()) - set(METADATA.tables)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_a_key_and_a_meaning(table: Table) -> None:
    assert table.primary_key.columns, "a table without a key"
    mapped = [mapper.class_ for mapper in _mappers() if mapper.local_table is table]
    assert mapped, "not mapped by one class"
    assert all((cls.__doc__ or "").strip() for cls in mapped), "a table without words"


def _mappers() -> Iterator[Mapper[Any]]:
    return iter(Base.registry.mappers)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_foreign_key_ties_two_citizens(table: Table) -> None:
    """A constraint across people could not be kept when they live on different machines."""
    for key in table.foreign_key_constraints:
        names = {column.name for column in key.columns}
        assert "citizen_id" in names or "citizen_id" not in table.columns, key.name


BYTES = list(sealing.columns_of_bytes())


@pytest.mark.parametrize("column", BYTES, ids=str)
def test_a_column_of_bytes_says_what_it_is_worth_to_a_thief(column: Column[Any]) -> None:
    """Sealed and bound to its row, a hash, a wrapped key, or in clear for a reason; re-encryption walks the sealed."""
    kind = column.info.get("at_rest")
    assert kind in ("sealed", "hash", "wrapped", "clear"), f"{column}: say so in its info (app/store/base.py)"
    assert kind != "clear" or len(column.info["reason"]) > 10
    if kind == "sealed":
        named = set(re.findall(r"{(\w+)}", column.info["context"]))
        assert named, "bind it to its row: name columns in its context that never change"
        assert named <= set(column.table.columns.keys())
