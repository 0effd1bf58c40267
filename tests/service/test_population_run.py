"""A run over everyone stores exactly what scoring everyone one by one would, in one switch, and leaves nothing else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from app.cli import population_run
from app.cli.population_run import run_city
from app.config import Settings, SettingsError
from app.domain.calendar import day_of
from app.domain.pack import Pack
from app.factory import build_kit
from app.services import access, leaving, population, runs, score_history, scoring, white_box
from app.services.enrolment import enrol_many
from app.services.pack_shelf import Shelf
from app.store import enrolments, records, scores
from app.store import runs as runs_store
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment
from app.store.population import Written
from app.store.runs import ScoreRun
from app.store.scores import Score
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.population import FEW, SOURCE, Town


@pytest.fixture
def town(settings: Settings, real_db: Engine, clock: Clock, tmp_path: Path) -> Town:
    settings = replace(settings, var_dir=str(tmp_path / "var"))
    return Town(build_kit(settings, engine=real_db, clock=clock))


def ran(kit: Kit) -> list[ScoreRun]:
    with kit.sessions() as session:
        return list(session.scalars(select(ScoreRun).order_by(ScoreRun.number)))


def under(kit: Kit, pack: Pack) -> Kit:
    """The kit once this version of the pack is in force."""
    return replace(kit, shelf=Shelf({**kit.packs, pack.code: pack}))


def test_it_stores_what_scoring_everyone_one_by_one_would(town: Town, clock: Clock) -> None:
    town.admit(150)
    expected = town.expected()
    run, written = town.run()
    assert town.found() == expected
    assert (run.members, written.history, written.left) == (150, 150, 0)
    clock.advance(days=45)
    known = list(expected[0])
    with town.kit.sessions.begin() as session:
        for citizen_id in known[:20]:
            town.file(session, citizen_id)
    town.admit(20)
    expected = town.expected()
    _, written = town.run()
    assert town.found() == expected
    assert {one[-3] for past in expected[1].values() for one in past} == {"enrolment", "records", "day-passed"}
    assert 0 < written.history < 170


def test_a_second_run_of_the_day_finds_nothing_changed(town: Town) -> None:
    town.admit(30)
    town.run()
    before = town.found()
    run, written = town.run()
    assert (run.members, written.scores, written.history, written.days, written.left) == (30, 0, 0, 0, 0)
    assert town.found() == before
    assert [(row.number, row.members, row.changed) for row in ran(town.kit)] == [(1, 30, 30), (2, 30, 0)]


def test_only_what_changed_is_written(town: Town, clock: Clock) -> None:
    members = town.admit(30)
    town.run()
    with town.kit.sessions.begin() as session:
        town.file(session, members[0])
    clock.advance(days=1)
    expected = town.expected()
    run, written = town.run()
    assert town.found() == expected
    assert (run.members, written.scores < 30) == (30, True)


def test_another_version_of_the_pack_is_the_cause(town: Town) -> None:
    town.admit(12)
    town.run()
    pack = replace(town.pack, version=town.pack.version + 1, base=town.pack.base + 10)
    _, written = run_city(under(town.kit, pack), pack, day_of(town.kit.clock()), FEW)
    scores, past, _ = town.found()
    assert (written.scores, written.history) == (12, 12)
    assert {score[1] for score in scores.values()} == {pack.version}
    assert {history[-1][-3] for history in past.values()} == {"pack"}


def test_other_records_behind_the_same_points_are_kept_and_are_no_history(town: Town) -> None:
    (member,) = town.admit(1, records_each=0)
    town.run()
    with town.kit.sessions.begin() as session:
        row = town.record(member) | {"item": "nobody-scores-this"}
        records.add(session, [row], SOURCE)
        enrolments.mark_due(session, [member], day_of(town.kit.clock()))
    expected = town.expected()
    _, written = town.run()
    assert (written.scores, written.history) == (1, 0)
    assert town.found() == expected


def test_every_city_with_a_pack_and_no_other(town: Town) -> None:
    town.admit(3)
    other = replace(town, city="hangzhou")
    other.admit(2)
    with town.kit.sessions.begin() as session:
        session.add(Citizen(citizen_id="cit_far", city="nowhere", assurance_level="al2", created_at=town.kit.clock()))
        enrol_many(session, ["cit_far"], notice_version="1", now=town.kit.clock())
    expected = town.expected()
    assert [each.run()[0].members for each in (town, other, replace(town, city="zhoushan"))] == [3, 2, 0]
    found = town.found()
    assert found[0] == expected[0]
    assert {one: due for one, due in found[2].items() if one != "cit_far"} == {
        one: due for one, due in expected[2].items() if one != "cit_far"
    }
    assert [row.city for row in ran(town.kit)] == ["xiamen", "hangzhou"], "a run over nobody is none"


def test_the_score_of_a_later_day_stands(town: Town, clock: Clock) -> None:
    town.admit(5)
    town.run()
    before = town.found()
    _, written = town.run(as_of=day_of(clock()) - timedelta(days=1))
    assert (written.scores, written.days) == (0, 0)
    assert town.found() == before


def test_who_was_not_asked_about_yet_is_in_no_run(town: Town) -> None:
    (member,) = town.admit(1)
    with town.kit.sessions.begin() as session:
        session.execute(update(Enrolment).values(pulled_at=None, due_on=None))
    assert town.run()[0].members == 0
    with town.kit.sessions() as session:
        assert runs.stays_of(session, member) == []


def during(town: Town, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Written:
    """What a run writes when `act` happens after its members were read and before the switch."""
    scored = population_run.score_parquet

    def then(*args: Any, **named: Any) -> None:
        scored(*args, **named)
        act()

    monkeypatch.setattr(population_run, "score_parquet", then)
    return town.run()[1]


def test_who_changes_meanwhile_stays_due(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third, *_ = town.admit(8)

    def meanwhile() -> None:
        with town.kit.sessions.begin() as session:
            town.file(session, first)
            leaving.leave(session, second, town.kit.clock())
            session.execute(update(Citizen).where(Citizen.citizen_id == third).values(city="hangzhou"))

    written = during(town, meanwhile, monkeypatch)
    scores, _, due = town.found()
    assert (written.left, written.history) == (3, 5)
    assert not {first, second, third} & set(scores)
    assert due[first] == due[third] == day_of(town.kit.clock())
    assert second not in due
    expected = town.expected()
    with town.kit.sessions.begin() as session:
        town.refresh(session)
    assert town.found() == expected


def test_who_moves_is_in_the_other_citys_next_run(town: Town) -> None:
    member, stays = town.admit(2)
    other = replace(town, city="hangzhou")
    town.run()
    with town.kit.sessions.begin() as session:
        session.execute(update(Citizen).where(Citizen.citizen_id == member).values(city="hangzhou"))
    assert [each.run()[0].members for each in (town, other, town)] == [1, 1, 1]
    assert town.found()[0][member][0] == "qianjiang"
    with town.kit.sessions() as session:
        assert [run.number for run in runs.listed(session, member)] == [3, 1]
        assert [run.number for run in runs.listed(session, stays)] == [4, 2, 1]
        assert access.verify(session, member).whole


def test_nothing_is_seen_before_all_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader in the middle of the switch sees the old day, and is not kept waiting, were their own score due."""
    members = town.admit(20)
    town.run()
    with town.kit.sessions.begin() as session:
        town.file(session, members[0])
    expected = town.found()[0][members[0]][-1]
    pack = replace(town.pack, version=town.pack.version + 1)
    seen: list[set[int]] = []
    append = runs_store.append

    def look(*args: Any) -> int:
        with town.kit.sessions() as session:
            session.execute(text("set local lock_timeout = '1s'"))
            seen.append(set(session.scalars(select(Score.pack_version))))
            mine = white_box.today(session, town.kit.packs, members[0], town.kit.clock()).score
            again = scoring.calculated(session, town.kit.packs, members[0], town.kit.clock())
            assert (mine and mine.digest) == (again and again.digest) != expected
        return append(*args)

    monkeypatch.setattr(population.runs, "append", look)
    run_city(under(town.kit, pack), pack, day_of(town.kit.clock()), FEW)
    assert seen == [{town.pack.version}]
    with town.kit.sessions() as session:
        assert set(session.scalars(select(Score.pack_version))) == {pack.version}


def test_departments_and_the_worker_go_on_beside_it(town: Town, clock: Clock) -> None:
    """Everything stored by three at once is what one after the other would have stored."""
    members = town.admit(30)
    town.run()
    clock.advance(days=30)
    stop = Event()

    def file() -> None:
        for _ in range(15):
            with town.kit.sessions.begin() as session:
                chosen = sorted(town.chance.sample(members, 5))
                for one in chosen:
                    enrolments.lock(session, one)
                for one in chosen:
                    town.file(session, one)

    def work() -> None:
        while not stop.is_set():
            with town.kit.sessions.begin() as session:
                scoring.refresh_due(session, town.kit.packs, clock(), limit=7)

    with ThreadPoolExecutor(3) as pool:
        filing, worker = pool.submit(file), pool.submit(work)
        for _ in range(3):
            town.run()
        filing.result()
        stop.set()
        worker.result()
    with town.kit.sessions.begin() as session:
        town.refresh(session)
    with town.kit.sessions() as session:
        for one in members:
            again = scoring.calculated(session, town.kit.packs, one, clock())
            kept = session.get(Score, one)
            assert again is not None
            assert kept is not None
            assert (kept.score, kept.digest) == (again.score, again.digest)
            assert access.verify(session, one).whole
            assert white_box_proves(session, town, one)


def white_box_proves(session: Session, town: Town, citizen_id: str) -> bool:
    """Whether the newest past score is shown again by the records as they were."""
    newest = scores.history(session, citizen_id, before=None, limit=1)[0]
    _, again = score_history.past(session, town.kit.packs, citizen_id, newest.id)
    return again is not None and again.explanation.score == newest.score


def test_one_run_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.admit(1)

    def meanwhile() -> None:
        with pytest.raises(SettingsError, match="under way"):
            town.run()

    assert during(town, meanwhile, monkeypatch).history == 1
