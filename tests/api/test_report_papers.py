"""A report as paper: the very bytes that were promised, each time, in the language that its person chose."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.reporting import Reporting


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def test_the_paper_has_the_digest_that_was_promised_each_time(mine: Reporting) -> None:
    made = mine.make("seal", language="en")
    files = [mine.me.get(made["pdf"]) for _ in range(2)]
    assert {hashlib.sha256(file.data).hexdigest() for file in files} == {made["sha256"]}
    assert files[0].data.startswith(b"%PDF-")
    assert files[0].headers["Content-Disposition"] == 'attachment; filename="xinyi-report-2026-11-20.pdf"'
    assert mine.check(made["code"]).json["sha256"] == made["sha256"]


def test_the_paper_speaks_the_language_that_i_chose(mine: Reporting) -> None:
    made = mine.make(language="en")
    assert made["language"] == "en"
    assert mine.check(made["code"]).json["report"]["law"][0]["label"] == "PIPL article 45"
