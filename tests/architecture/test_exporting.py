"""The export of one's data: each table is in it, or says why not; no secret and nobody else's data is."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from app.store import exporting, leaving, models
from app.web.texts import catalogue

TABLES = sorted(models.load().sorted_tables, key=lambda table: table.name)
PEOPLE = {table.name for table in leaving.tables_of_people()}
LEADS_TO_A_PERSON = {"grant_id", "session_id", "about", "operator_id", "number_key"}
"""Columns through which a table without a citizen leads to one."""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_with_or_leading_to_a_person_is_exported_or_says_why_not(table: Table) -> None:
    whole = {name for name, column, _ in exporting.not_included() if column is None}
    exported = table.name in {one.name for one in exporting.tables()}
    reachable = table.name in PEOPLE or bool(LEADS_TO_A_PERSON & set(table.columns.keys()))
    assert reachable == (exported != (table.name in whole)), "export it, or give the reason in app/store/exporting.py"


def test_reasons_are_of_what_there_is_and_have_words() -> None:
    for name, columns in exporting.HIDDEN.items():
        assert set(columns) <= set(models.load().tables[name].columns.keys()), name
    assert {*exporting.LEFT_OUT, *exporting.REACHED} <= {table.name for table in TABLES}
    reasons = {reason for _, _, reason in exporting.not_included()}
    assert (
        reasons
        <= set(exporting.REASONS)
        == {code.rpartition(".")[2] for code in catalogue() if code.startswith("export.left_out.")}
    )


@pytest.mark.parametrize("table", exporting.tables(), ids=lambda table: table.name)
def test_no_secret_hash_or_sealed_byte_is_in_the_export(table: Table) -> None:
    told = set(exporting.schema_of(table)["items"]["properties"])
    sealed = {one.column for one in exporting.sealed(table)}
    assert not told & {leaving.CITIZEN, "given_by", *sealed}
    assert not [name for name in told if name.endswith(("_hash", "_key", "salt", "secret"))]


@pytest.mark.parametrize("table", exporting.tables(), ids=lambda table: table.name)
def test_every_sealed_column_of_a_person_is_opened_for_them(table: Table) -> None:
    sealed = {column.name for column in table.columns if column.name.startswith("sealed_")}
    opened = {one.column for one in exporting.sealed(table)}
    assert sealed - opened == sealed & set(exporting.HIDDEN.get(table.name, {}))
    assert sealed <= {column.name for column in table.columns if exporting.hidden_because(column)}
