"""openapi-python-client makes a client of openapi.yaml without one warning, and it makes a merchant's whole journey."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Generator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from auth import dpop, nonces
from tests.support.onboarding import Merchant, merchant
from tests.support.shop import BIKE

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi.yaml"
PACKAGE = "xinyi_generated"


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Imports from the generated package: `sdk("models")`."""
    folder = tmp_path_factory.mktemp("sdk")
    program = Path(sys.executable).with_name("openapi-python-client")
    options = ("--meta", "none", "--fail-on-warning", "--config", str(HERE / "generator.yaml"))
    command = [str(program), "generate", "--path", str(DOCUMENT), "--output-path", str(folder / PACKAGE), *options]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in made.stdout
    sys.path.insert(0, str(folder))
    yield lambda name: import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


class Proofs(httpx.Auth):
    """The token, and a fresh proof with each request (RFC 9449)."""

    def __init__(self, shop: Merchant) -> None:
        self.shop, self.key = shop, ECKey.generate_key("P-256")
        self.token = shop.tokens(dpop_key=self.key).get_json()["access_token"]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        kit = self.shop.kit
        request.headers["Authorization"] = f"DPoP {self.token}"
        request.headers["DPoP"] = dpop.prove(
            self.key, method=request.method, url=f"{kit.settings.base_url}{request.url.path}", now=kit.clock(),
            jti=uuid.uuid4().hex, access_token=self.token, nonce=nonces.current(kit.pii, kit.clock()),
        )  # fmt: skip
        yield request


class Till:
    """A merchant's program: each operation by the name that the document gives it."""

    def __init__(self, sdk: Any, shop: Merchant) -> None:
        self.sdk, base = sdk, shop.kit.settings.base_url
        transport = httpx.WSGITransport(app=shop.app)
        self.client = sdk("client").Client(base_url=base)
        self.client.set_httpx_client(httpx.Client(base_url=base, auth=Proofs(shop), transport=transport))

    def operation(self, room: str, name: str) -> ModuleType:
        module: ModuleType = self.sdk(f"api.{room}.{name}")
        return module

    def write(self, room: str, name: str, body: Any, **more: str) -> Any:
        """Call it; what it answers, as the type that the document promises."""
        done = self.operation(room, name).sync_detailed(
            client=self.client, body=body, idempotency_key=uuid.uuid4().hex, **more
        )
        assert done.status_code < 300, done.content
        return done.parsed

    def read(self, room: str, name: str, **more: Any) -> Any:
        return self.operation(room, name).sync_detailed(client=self.client, **more).parsed


def test_a_generated_client_scans_checks_opens_and_completes(app: Flask, session: Session, sdk: Any) -> None:
    shop = merchant(app, session)
    till, models = Till(sdk, shop), sdk("models")
    made = till.write("partner_sandbox", "partner_make_test_citizen", models.NewTestCitizen(scenario=BIKE))
    scan = till.write("partner", "partner_scan_card", models.ScanRequest(code=made.code))
    check = till.write("partner", "partner_check_eligibility", models.CheckRequest(scenario=BIKE, scan_id=scan.id))
    assert (check.path.value, check.livemode, check.citizen_ref) == ("credit", False, scan.citizen_ref)
    asked = models.NewOrderRequest(
        scan_id=scan.id, scenario=BIKE, external_order_no="R-1", title="单车一日", amount=10_000,
        service_end_by=shop.kit.clock() + timedelta(hours=8),
    )  # fmt: skip
    order = till.write("partner_orders", "partner_create_order", asked)
    told = {"order_id": order.id}
    confirm, pay = (models.SimulateOrder(action=models.SimulateOrderAction(name)) for name in ("confirm", "pay"))
    assert till.write("partner_sandbox", "partner_simulate_order", confirm, **told).status.value == "active"
    bill = models.CompleteOrder(total=300, items=[models.OrderLine(name="骑行", amount=300)])
    assert till.write("partner_orders", "partner_complete_order", bill, **told).status.value == "payment_due"
    till.write("partner_sandbox", "partner_simulate_order", pay, **told)
    seen = till.read("partner_orders", "partner_get_order", **told)
    assert (seen.id, seen.collection.amount_paid, seen.status.value) == (order.id, 300, "completed")


def test_a_refusal_comes_as_the_problem_that_the_document_promises(app: Flask, session: Session, sdk: Any) -> None:
    till = Till(sdk, merchant(app, session))
    problem = till.read("partner_orders", "partner_get_order", order_id="ord_nobody")
    assert (problem.code, problem.status, problem.retryable) == ("not-found", 404, False)
    me = till.read("partner", "partner_get_me", xinyi_version="2026-11-21")
    assert (me.stage.value, me.version.pinned) == ("sandbox", "2026-11-21")
