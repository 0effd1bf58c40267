"""A small city on loopback, served for real, and a way to run a program of npm against it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, create_engine
from werkzeug.serving import make_server

from app.config import Settings
from app.factory import build_kit, create_app
from app.store import embedded
from auth import views
from tests.support.cities import free_ports
from tests.support.databases import own_name
from tests.support.identity import APP_CALLBACK, PARTNER_CALLBACK, City, build_city
from tests.support.members import make_member

HERE = Path(__file__).parent
SECONDS_MOST = 60
NODE_LEAST = 20
SCENARIO = "xm-bike-rental"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These come together, near the start: one process's share (`--dist worksteal`), so that there is one town."""
    items.sort(key=lambda item: "tests/third_party/" not in item.path.as_posix())


@dataclass(frozen=True)
class Town:
    """A running city and what a client is told about it."""

    city: City
    engine: Engine

    @property
    def issuer(self) -> str:
        return self.city.base_url

    @property
    def citizen(self) -> dict[str, str]:
        return {"issuer": self.issuer, "login": "lin", "password": "demo-lin"}

    def as_app(self) -> dict[str, Any]:
        """The citizen app's registration."""
        return {**self.citizen, "client_id": "xinyi-app", "redirect_uri": APP_CALLBACK}

    def as_partner(self) -> dict[str, Any]:
        """A partner's registration, with its private key."""
        key = self.city.keys["shop"].as_dict(private=True)
        client = {"client_id": "shop", "redirect_uri": PARTNER_CALLBACK, "key": key, "scenario": SCENARIO}
        return {**self.citizen, **client}


@contextmanager
def served(port: int, app: Any) -> Iterator[None]:
    """`app` on loopback, many requests at a time, until the block ends."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def town(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The small city of tests/support/identity.py and its platform, served; `lin` and `wang` are members."""
    engine = create_engine(embedded.create_database(server, own_name("town"), template), pool_size=8)
    port = free_ports()
    here, there = (f"http://127.0.0.1:{number}" for number in (port, port + 1))
    kit = build_kit(Settings(base_url=here, upstream_issuer=there, limit_scale=1000), engine=engine)
    app = create_app(kit=kit)
    with kit.sessions() as session, ExitStack() as stack:
        city = build_city(app, session, tmp_path_factory.mktemp("town"))
        for serial, name in ((1, "林小满"), (2, "王一诺")):
            make_member(session, kit, serial=serial, city="xiamen", name=name)
        app.extensions[views.EXTENSION].platform.http = http = stack.enter_context(requests.Session())
        http.trust_env = False
        stack.enter_context(served(port, app))
        stack.enter_context(served(port + 1, city.platform.app))
        yield Town(city, engine)
    engine.dispose()
    embedded.drop_database(server, own_name("town"))


@pytest.fixture(scope="session")
def node_program() -> str:
    """Where node is; what needs it is skipped where it, or what `make parties` installs, is missing."""
    program = shutil.which("node")
    if program is None or not (HERE / "node_modules" / ".stamp").is_file() or _major(program) < NODE_LEAST:
        pytest.skip(f"no node {NODE_LEAST}, or its packages are not installed: make parties")
    return program


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=SECONDS_MOST)
    return int(said.stdout.removeprefix("v").split(".")[0])


@pytest.fixture(scope="session")
def node(node_program: str) -> Callable[..., Any]:
    """Runs one of the programs here with facts, and returns what it saw."""

    def run(name: str, facts: dict[str, Any]) -> Any:
        done = subprocess.run(
            [node_program, HERE / name], input=json.dumps(facts), capture_output=True, text=True, timeout=SECONDS_MOST
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def node_server(node_program: str) -> Iterator[Callable[..., None]]:
    """Starts a program that serves; it has said that it is ready when this returns, and ends with the tests."""
    with ExitStack() as stack:

        def start(name: str, facts: dict[str, Any]) -> None:
            server = subprocess.Popen(
                [node_program, HERE / name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(server)
            stack.callback(server.terminate)
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps(facts))
            server.stdin.close()
            assert json.loads(server.stdout.readline()) == "ready"

        yield start
