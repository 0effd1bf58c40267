"""The demo city is made up, the same for the same seed and day, and of any size."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum.cn import ric

from app.cli.demo_data.cast import CAST
from app.cli.demo_data.city import write_city
from app.cli.demo_data.habits import facts_of
from app.cli.demo_data.offices import DEPARTMENTS
from app.cli.demo_data.people import people
from app.cli.demo_data.ways import HABITS
from auth.sandbox_idp.accounts import FIELDS

TODAY = date(2026, 11, 20)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_city(tmp_path / name, seed=7, citizens=60, today=TODAY)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_another_seed_gives_other_people() -> None:
    assert list(people(1, 60)) != list(people(2, 60))


def test_a_small_city_is_the_start_of_a_large_one() -> None:
    assert list(people(1, 40)) == list(people(1, 400))[:40]


def test_identity_numbers_are_valid_distinct_and_nobodys() -> None:
    numbers = [person.id_number for person in people(1, 5_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("990000") for number in numbers)
    assert all(ric.calc_check_digit(number) == number[-1] for number in numbers)


def test_everyone_was_an_adult_when_the_oldest_fact_happened() -> None:
    for person in people(1, 3_000):
        born = date.fromisoformat(person.id_number[6:14])
        for fact in facts_of(1, person, TODAY):
            assert born.replace(year=born.year + 18, day=min(born.day, 28)) < fact.event_on < TODAY


def test_logins_made_for_a_purpose_say_what_for() -> None:
    cast = list(people(1, len(CAST)))
    assert all(person.note for person in cast)
    assert {person.city for person in cast} == {"hangzhou", "xiamen", "zhoushan"}
    assert {role.habit for role in CAST} <= set(HABITS)
    assert any(not person.member for person in cast)


def test_the_accounts_file_is_what_the_real_name_platform_reads(tmp_path: Path) -> None:
    lines = write_city(tmp_path, seed=1, citizens=50, today=TODAY).accounts.read_text("utf-8").splitlines()
    assert len(lines) == 50
    assert set(json.loads(lines[0])) == {*FIELDS, "result_only"}


@pytest.mark.parametrize("department", DEPARTMENTS, ids=lambda department: department.code)
def test_every_department_hands_in_its_files_with_some_mistakes(department: object, tmp_path: Path) -> None:
    city = write_city(tmp_path, seed=1, citizens=300, today=TODAY)
    for path in (*city.records[department.code], *city.samples[department.code]):  # type: ignore[attr-defined]
        text = path.read_text("utf-8")
        assert len(text.splitlines()) > 2
        assert "-X" in text or "之二" in text


def test_samples_are_news(tmp_path: Path) -> None:
    city = write_city(tmp_path, seed=1, citizens=30, today=TODAY)
    (sample,) = city.samples["library"]
    rows = [json.loads(line) for line in sample.read_text("utf-8").splitlines()]
    assert all(date.fromisoformat(row["event_on"]) >= TODAY - timedelta(days=15) for row in rows[:10])
    assert not {row["source_record_id"] for row in rows} & {
        json.loads(line)["source_record_id"] for line in city.records["library"][0].read_text("utf-8").splitlines()
    }
