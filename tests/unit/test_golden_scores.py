"""Golden cases of every pack that ships: scores worked by hand in the comments of `golden/*.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Record, Status
from app.domain.score import explain
from app.packs import load_packs

FILES = sorted((Path(__file__).parent / "golden").glob("*.toml"))
BOOKS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}
CASES = [
    pytest.param(code, case, id=f"{code}: {case['says']}") for code, book in BOOKS.items() for case in book["cases"]
]
PACKS = load_packs()


def records(case: dict[str, Any]) -> list[Record]:
    return list(chain.from_iterable(same_records(number, said) for number, said in enumerate(case["records"])))


def same_records(number: int, said: dict[str, Any]) -> list[Record]:
    happened: date = said["on"]
    return [
        Record(
            f"rec_{number}_{nth}",
            said["item"],
            happened,
            effective_on=said.get("effective", happened),
            expires_on=said.get("expires"),
            ended_on=said.get("ended"),
            status=Status(said.get("status", "active")),
        )
        for nth in range(said.get("times", 1))
    ]


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_score_is_what_a_person_works_out_by_hand(code: str, case: dict[str, Any]) -> None:
    explanation = explain(PACKS[code], records(case), case.get("as_of", BOOKS[code]["as_of"]))
    found = (explanation.raw_units, explanation.score, explanation.grade.code)
    assert found == (case["units"], case["score"], case["grade"])


def test_every_pack_has_its_golden_cases() -> None:
    assert {code: book["pack"] for code, book in BOOKS.items()} == {code: code for code in PACKS}
    assert all(len(book["cases"]) >= 5 for book in BOOKS.values())
