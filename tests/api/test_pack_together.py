"""Packs beside one another: what could not stand together is refused before it is approved, and reverts no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.packs import load_packs
from app.services.pack_publishing import LONGEST_SIMULATED, NOTICE_DAYS
from app.services.pack_shelf import Shelf
from app.store.packs import PackVersion
from tests.support.callers import TestCaller
from tests.support.office import OFFICE, operator
from tests.support.publishing import PACKS, next_text, propose, publish, published, tiny_text, work

VOLUNTEERING = 'items = [{ code = "volunteer_service", centipoints = 300 }]'
HONOUR = 'name_zh = "表彰荣誉"\nname_en = "Commendation"'
LIBRARY = """[[catalogue]]
code = "library_visit"
name_zh = "图书馆阅览"
name_en = "Library visit"
kind = "positive"
basis_zh = "本人授权"
basis_en = "The holder's consent"
sources = ["culture"]
disclosure = "authorised"
retention_months = 12

"""
FIRST = '[[catalogue]]\ncode = "traffic_guidance"'


def with_library(more: str = "") -> str:
    """白鹭分 2, which counts a new fact; `more`: what it says of it itself."""
    item = f'{{ code = "library_visit", centipoints = 100{more} }}'
    return next_text("egret", 2, (VOLUNTEERING, f"{VOLUNTEERING[:-1]}, {item}]"))


OWN_WORDS = (
    ', name_zh = "图书馆阅览", name_en = "Library visit", kind = "positive", basis_zh = "本人授权", '
    'basis_en = "Consent", sources = ["culture"], disclosure = "authorised", retention_months = 12'
)
CLASHING = (
    ("egret", 2, with_library(OWN_WORDS)),
    ("tiny", 1, tiny_text(1, ('code = "donation"', 'code = "library_visit"'))),
)
"""Each fits what is in force, and they tell of one fact, new to both, differently."""


@pytest.fixture
def one(app, session) -> TestCaller:
    return operator(app, session, "office", serial=901)


@pytest.fixture
def other(app, session) -> TestCaller:
    return operator(app, session, "office", serial=902)


def prepared(one, session, kit, *texts) -> None:
    for text in texts:
        assert propose(one, text).status_code == 201
    session.commit()
    work(kit)


def approve(caller, asked):
    assert asked.status_code == 202, asked.json
    return caller.post(f"{OFFICE}/approvals/{asked.json['id']}/approve", json={})


def refused(answer, code, said=""):
    assert (answer.status_code, answer.json["code"]) == (409, code), answer.json
    assert said in answer.json["detail"]


def status(caller, code, version) -> str:
    return caller.get(f"{PACKS}/{code}/versions/{version}").json["status"]


def fresh(kit):
    """The packs as a process that starts now reads them."""
    return replace(kit, shelf=Shelf(load_packs())).packs


def test_of_two_that_do_not_fit_each_other_the_second_is_refused_and_no_city_goes_back(one, other, session, kit, at):
    published(one, other, session, kit, next_text("qianjiang", 2), code="qianjiang")
    prepared(one, session, kit, *(text for _, _, text in CLASHING))
    asked = [publish(one, kit, code, version) for code, version, _ in CLASHING]
    assert approve(other, asked[0]).status_code == 200
    refused(approve(other, asked[1]), "pack-misfit", "library_visit is described differently")
    assert [status(one, code, version) for code, version, _ in CLASHING] == ["scheduled", "simulated"]
    assert other.post(f"{OFFICE}/approvals/{asked[1].json['id']}/reject", json={"reason": "不相容"}).status_code == 200
    refused(publish(one, kit, "tiny", 1), "pack-misfit", "library_visit")
    at(days=NOTICE_DAYS)
    assert {code: pack.version for code, pack in kit.packs.items() if pack.version > 1} == {"egret": 2, "qianjiang": 2}


def test_once_the_first_is_withdrawn_the_second_may_come(one, other, session, kit):
    prepared(one, session, kit, *(text for _, _, text in CLASHING))
    approve(other, publish(one, kit, "egret", 2))
    refused(publish(one, kit, "tiny", 1), "pack-misfit")
    one.post(f"{PACKS}/egret/versions/2/withdraw", json={})
    assert approve(other, publish(one, kit, "tiny", 1)).status_code == 200


def test_of_two_that_do_not_fit_approved_at_once_one_is(real_app, real_db):
    kit = real_app.extensions["xinyi"]
    with Session(real_db, expire_on_commit=False) as session:
        one, *others = [operator(real_app, session, "office", serial=901 + n) for n in range(3)]
        prepared(one, session, kit, *(text for _, _, text in CLASHING))
    asked = [publish(one, kit, code, version) for code, version, _ in CLASHING]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(answer.status_code for answer in pool.map(approve, others, asked))
    assert answers == [200, 409]


@pytest.mark.parametrize("order", [("egret", "national"), ("national", "egret")])
def test_a_base_keeps_what_a_coming_version_leaves_to_it(one, other, session, kit, at, app, order):
    """And a version that leaves it something is refused where the base is to lose it."""
    published(one, other, session, kit, next_text("national", 2, (FIRST, LIBRARY + FIRST)), code="national")
    at(days=NOTICE_DAYS)
    one, other = (operator(app, session, "office", serial=serial) for serial in (903, 904))
    prepared(one, session, kit, with_library(), next_text("national", 3))
    versions = {"egret": 2, "national": 3}
    assert approve(other, publish(one, kit, order[0], versions[order[0]])).status_code == 200
    refused(publish(one, kit, order[1], versions[order[1]]), "pack-misfit", "item library_visit is left to 'national'")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('code = "repair_completed"\nname_zh', 'code = "repaired"\nname_zh'), "repair_completed is left to"),
        (("retention_months = 36\n\n[[catalogue]]", "retention_months = 35\n\n[[catalogue]]"), "described differently"),
    ],
)
def test_a_base_that_drops_or_describes_anew_what_is_left_to_it_is_no_proposal(one, change, said):
    answer = propose(one, next_text("national", 2, change))
    assert answer.status_code == 422
    assert any(said in error["detail"] for error in answer.json["errors"]), answer.json


def test_what_a_version_leaves_to_its_base_is_the_same_in_each_process_for_ever(one, other, session, kit, at, app):
    """A base renamed between its proposal and its day changes neither the name nor the worth that were announced."""
    prepared(one, session, kit, next_text("egret", 2, (VOLUNTEERING, VOLUNTEERING.replace("300", "900"))))
    published(
        one, other, session, kit, next_text("national", 2, (HONOUR, HONOUR.replace("表彰", "嘉奖"))), code="national"
    )
    at(minutes=1)
    assert kit.packs.version("national", 2), "a running process knows the coming base"
    at(days=NOTICE_DAYS)
    one, other = (operator(app, session, "office", serial=serial) for serial in (903, 904))
    assert approve(other, publish(one, kit, "egret", 2)).status_code == 200
    at(days=NOTICE_DAYS)
    assert dict(kit.packs) == dict(fresh(kit))
    egret, base = kit.packs["egret"], kit.packs["national"]
    assert (egret.version, egret.extends_version, base.version) == (2, 1, 2)
    assert [pack.described()["honour"].name.zh for pack in (egret, base)] == ["表彰荣誉", "嘉奖荣誉"]


def aged(session: Session, kit) -> None:
    """Let the simulation of 白鹭分 2 be as old as it may be."""
    row = session.scalars(select(PackVersion).where(PackVersion.code == "egret", PackVersion.version == 2)).one()
    row.simulated_at = kit.clock() - LONGEST_SIMULATED
    session.commit()


def test_a_simulation_grows_old(one, other, session, kit, at):
    prepared(one, session, kit, next_text())
    aged(session, kit)
    asked = publish(one, kit, "egret", 2, days=NOTICE_DAYS + 1)
    at(seconds=1)
    refused(approve(other, asked), "pack-not-simulated", "30")
    assert status(one, "egret", 2) == "simulated"
    other.post(f"{OFFICE}/approvals/{asked.json['id']}/reject", json={"reason": "重新测算"})
    refused(publish(one, kit, "egret", 2), "pack-not-simulated", "30")
    assert one.post(f"{PACKS}/egret/versions/2/simulate", json={}).status_code == 202
    session.commit()
    work(kit)
    assert approve(other, publish(one, kit, "egret", 2)).status_code == 200
