"""One caller of each audience, for tests that walk every route."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.kit import EXTENSION
from tests.support.callers import as_citizen, as_department, as_operator, as_partner
from tests.support.people import make_citizen


class Anyone:
    """A caller without a token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.client.open(path, method=method, **options)


@pytest.fixture
def callers(app: Flask, session: Session) -> dict[str, Any]:
    kit = app.extensions[EXTENSION]
    citizen, clerk = (make_citizen(session, kit.pii, kit.clock(), serial=serial) for serial in (801, 802))
    return {
        "citizen": as_citizen(app, session, citizen),
        "partner": as_partner(app, session, "par_bad_input"),
        "department": as_department(app, session, "library"),
        "operator": as_operator(app, session, clerk, "opr_bad_input"),
        "anyone": Anyone(app.test_client()),
    }
