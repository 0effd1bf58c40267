"""The servers under load: ours as a city runs it, npm oidc-provider as a cluster, both on one PostgreSQL."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from app.cli.processes import Child
from app.config import load
from app.services.clients import register_client
from app.store import embedded
from bench import load as generator
from bench.callers import SCOPE, BenchClient, http_request
from migrations import commands

HERE = Path(__file__).resolve().parent
PAYLOADS = """create unlogged table bench_payloads (
  key text primary key, payload jsonb not null, expires_at timestamptz not null)"""
START_SECONDS = 30.0
UNLIMITED = "1000000"
"""Our abuse limits are counted as ever, and never met."""


def node_missing() -> str | None:
    """Why oidc-provider cannot run here, in one line, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    return None if (HERE / "node_modules" / "oidc-provider").exists() else "bench/node_modules is missing: make bench"


@contextmanager
def database(clients: list[BenchClient]) -> Iterator[str]:
    """The URL of a new database with our schema, `clients` and the adapter's table; dropped at the end.

    On the server of DATABASE_URL, else on one of our own that is as durable as a city's.
    """
    given, name = load().database_url, f"xinyi_bench_{os.getpid()}"
    server = None if given else embedded.start(Path(load().var_dir).resolve() / "bench-postgresql")
    maintenance = given or (server.url if server else "")
    try:
        url = embedded.create_database(maintenance, name)
        engine = create_engine(url)
        _fill(engine, clients)
        engine.dispose()
        yield url
    finally:
        embedded.drop_database(maintenance, name)
        if server is not None and server.started:
            server.stop()


def _fill(engine: Engine, clients: list[BenchClient]) -> None:
    commands.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(PAYLOADS))
    with Session(engine) as session, session.begin():
        for client in clients:
            register_client(
                session, client_id=client.client_id, kind="department", profile="fapi2", name=client.client_id,
                jwks={"keys": [client.jwk]}, redirect_uris=[], scopes=[SCOPE], department_id=client.client_id,
                now=datetime.now(UTC),
            )  # fmt: skip


@contextmanager
def ours(url: str, workers: int, threads: int, logs: Path) -> Iterator[str]:
    """Our server, by the command that a city runs; yields its issuer."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "app.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--threads", str(threads)]
    child = Child("ours", command, {**os.environ, **environment(url, issuer, logs)}, logs / "ours.log")
    with running(child, port, "/readyz"):
        yield issuer


def environment(url: str, issuer: str, var_dir: Path) -> dict[str, str]:
    """The settings of our server under load."""
    places = {"DATABASE_URL": url, "XINYI_BASE_URL": issuer, "XINYI_VAR_DIR": str(var_dir)}
    return {**places, "XINYI_LIMIT_SCALE": UNLIMITED}


@contextmanager
def theirs(url: str | None, workers: int, clients: list[BenchClient], logs: Path, *, nonce: bool) -> Iterator[str]:
    """npm oidc-provider, with its in-memory adapter where `url` is None; yields its issuer."""
    port = free_port()
    facts = logs / f"provider-{port}.json"
    facts.touch(0o600)
    facts.write_text(json.dumps({
        "port": port,
        "workers": workers,
        "clients": [_registration(client) for client in clients],
        "jwks": {"keys": [{**ECKey.generate_key("P-256").as_dict(private=True), "alg": "ES256", "use": "sig"}]},
        "nonce": nonce,
        "nonce_secret": base64.b64encode(secrets.token_bytes(32)).decode(),
        "postgresql": _pg(url) if url else None,
    }))  # fmt: skip
    command = ["node", str(HERE / "provider.mjs"), str(facts)]
    environment = {**os.environ, "NODE_ENV": "production"}
    with running(Child("theirs", command, environment, logs / f"provider-{port}.log"), port, "/jwks"):
        yield f"http://127.0.0.1:{port}"


def _registration(client: BenchClient) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "id_token_signed_response_alg": "ES256",
        "jwks": {"keys": [client.jwk]},
        "grant_types": ["client_credentials"],
        "redirect_uris": [],
        "response_types": [],
        "scope": SCOPE,
        "dpop_bound_access_tokens": True,
    }


def _pg(url: str) -> dict[str, Any]:
    """A SQLAlchemy URL in the words of the driver `pg`."""
    parts = make_url(url)
    host = parts.host or str(parts.query["host"])
    found = {"host": host, "port": parts.port, "user": parts.username, "password": parts.password}
    return {name: value for name, value in found.items() if value} | {"database": parts.database}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(child: Child, port: int, path: str) -> Iterator[None]:
    """The child while it answers at `path`; it is stopped at the end."""
    child.start()
    try:
        _wait(child, port, path)
        yield
    finally:
        child.ask_to_stop()
        child.see_stopped()


def _wait(child: Child, port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.died() is None:
        try:
            if generator.exchange(port, http_request("GET", f"http://127.0.0.1:{port}", path, {}))[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise generator.Failed(f"{child.name} does not answer; its log:\n{child.log.read_text()[-2000:]}")


def version_of(command: list[str]) -> str:
    """What `command` prints as its version."""
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE).stdout.strip()
