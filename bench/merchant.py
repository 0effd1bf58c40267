"""What merchants do all day: checks by consent and by scan, orders opened and completed, each against its floor.

The floor is bench/floor.py: the same statements, signatures, durability and bytes with nothing around them, on the same
web server and PostgreSQL, in the same run, the rounds interleaved. Rates are medians, the first round apart.

    python -m bench.merchant [--people 10000 --people 1000000] [--rounds 7] [--requests 600]
"""

from __future__ import annotations

import json
import os
import pickle
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.cli.processes import Child
from app.config import load
from app.factory import build_kit, create_app
from app.services.clients import register_client
from app.services.partners import COUNTER_SCOPES
from app.web.kit import Kit
from auth import dpop, nonces, tokens
from bench import city, servers
from bench.callers import BenchClient, http_request, make_clients, proof
from bench.floor import FACTS, Facts, Work
from bench.load import Round, run
from bench.recording import Statement, recording

WORKERS, THREADS, CONNECTIONS = 2, 4, 16


@dataclass(frozen=True)
class Kind:
    """One thing that merchants do. `body` makes a request's body for a person's digits, and has `mark` in it."""

    name: str
    path: str
    status: str
    signs: bool
    body: Callable[[str], dict[str, Any]]
    mark: bytes = b""

    def address(self, digits: str) -> str:
        return self.path.replace("{}", f"ord_{digits}")


def _check(digits: str) -> dict[str, Any]:
    return {"scenario": city.SCENARIO, "consent_id": f"cns_{digits}"}


def _scan(digits: str) -> dict[str, Any]:
    return {"scenario": city.SCENARIO, "scan_id": f"scn_{digits}"}


def _order(digits: str) -> dict[str, Any]:
    end = datetime.now(UTC) + timedelta(days=20)
    return {
        "external_order_no": secrets.token_hex(16), "scenario": city.SCENARIO, "title": "A card", "amount": 10_000,
        "service_end_by": end.isoformat(), "consent_id": f"cns_{digits}",
    }  # fmt: skip


def _bill(_: str) -> dict[str, Any]:
    return {"total": 500, "items": [{"name": "fee", "amount": 500}]}


KINDS = (
    Kind("check by consent", "/partner/v1/eligibility-checks", "201 CREATED", True, _check, b"cns_"),
    Kind("check by scan", "/partner/v1/eligibility-checks", "201 CREATED", True, _scan, b"scn_"),
    Kind("order opened", "/partner/v1/orders", "201 CREATED", False, _order),
    Kind("order completed", "/partner/v1/orders/{}/complete", "200 OK", False, _bill),
)


@dataclass
class Side:
    """Ours or the floor: its address, and what was measured of each kind."""

    name: str
    issuer: str
    rounds: dict[str, list[Round]] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.issuer.rpartition(":")[2])


@dataclass
class Bench:
    """One size of city: our parts in this process, the merchant's client, and how many people were asked."""

    kit: Kit
    client: BenchClient
    asked: Counter[str] = field(default_factory=Counter)

    def digits(self, kind: Kind) -> str:
        """The next person of this kind: each is asked once, so that an order is completed once."""
        self.asked[kind.name] += 1
        return f"{self.asked[kind.name]:032d}"

    def token(self, issuer: str) -> str:
        return tokens.issue(
            self.kit.keys, issuer=issuer, client_id=self.client.client_id, subject=self.client.client_id,
            scopes=list(COUNTER_SCOPES), jkt=self.client.dpop_key.thumbprint(), now=self.kit.clock(),
        )  # fmt: skip

    def request(self, kind: Kind, issuer: str, token: str, digits: str) -> bytes:
        """One request, whole, signed just now."""
        path = kind.address(digits)
        nonce = nonces.current(self.kit.pii, self.kit.clock())
        headers = {
            "Authorization": f"DPoP {token}",
            "DPoP": proof(self.client, "POST", issuer + path, nonce, dpop.hash_of(token)),
            "Idempotency-Key": secrets.token_hex(16),
        }
        return http_request("POST", issuer, path, headers, json.dumps(kind.body(digits)), "application/json")

    def measure(self, kind: Kind, side: Side, requests: int) -> None:
        """One round of one kind at one side."""
        token = self.token(side.issuer)
        messages = [self.request(kind, side.issuer, token, self.digits(kind)) for _ in range(requests)]
        measured = run(side.port, messages, connections=CONNECTIONS, expected=kind.status[:3].encode())
        side.rounds.setdefault(kind.name, []).append(measured)

    def recorded(self, kind: Kind, base_url: str) -> Work:
        """What one such request of ours says to PostgreSQL, the second of two, and what it answers."""
        kit = replace(self.kit, settings=replace(self.kit.settings, base_url=base_url))
        client = create_app(kit=kit).test_client()
        token = self.token(base_url)
        for _ in range(2):
            digits = self.digits(kind)
            said, answer = self._one(client, kind, base_url, token, digits)
            if answer.status != kind.status:
                raise click.ClickException(f"{kind.name}: {answer.status} {answer.get_data(as_text=True)}")
        path = kind.path.rpartition("{}")[2]
        return Work(path, kind.mark, digits, tuple(said), kind.signs, answer.status, answer.get_data())

    def _one(self, client: Any, kind: Kind, base_url: str, token: str, digits: str) -> tuple[list[Statement], Any]:
        head, _, body = self.request(kind, base_url, token, digits).partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        with recording() as said:
            return said, client.post(kind.address(digits), data=body, headers=headers)


@click.command()
@click.option("--people", "sizes", default=[10_000, 1_000_000], show_default=True, multiple=True, help="sizes of city")
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1), help="measured, after one to warm up")
@click.option("--requests", default=600, show_default=True, type=click.IntRange(1), help="in each round")
def main(sizes: tuple[int, ...], rounds: int, requests: int) -> None:
    """Measure, and print both numbers with their ratio; fails where anything fails, never by the clock."""
    machine = f"{WORKERS} processes of {THREADS} threads, {os.cpu_count()} cores"
    click.echo(f"{rounds} rounds of {requests} requests, {machine}")
    latencies = {people: _city(people, rounds, requests) for people in sizes}
    small, large = latencies[min(sizes)], latencies[max(sizes)]
    for kind in KINDS if len(latencies) > 1 else ():
        times = large[kind.name] / small[kind.name]
        click.echo(f"{kind.name}: p50 at {max(sizes):,} people is {times:.2f} x that at {min(sizes):,}")


def _city(people: int, rounds: int, requests: int) -> dict[str, float]:
    """Measure at one size; kind → our p50 in ms."""
    if people < (rounds + 1) * requests * 2 + 2:
        raise click.UsageError(f"{people:,} people are too few: each is asked once")
    client = make_clients(1)[0]
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinyi-bench-")))
        url = stack.enter_context(servers.database([]))
        engine = create_engine(url)
        bench = founded(engine, client, people)
        city.serve(engine, 1, (rounds + 1) * requests * 2 + 2)
        ours = Side("ours", stack.enter_context(servers.ours(url, WORKERS, THREADS, logs)))
        works = tuple(bench.recorded(kind, ours.issuer) for kind in KINDS)
        floor = Side("floor", stack.enter_context(_floor(url, works, logs)))
        for number in range(rounds + 1):
            for kind in KINDS:
                for side in (ours, floor) if number % 2 else (floor, ours):
                    bench.measure(kind, side, requests)
        engine.dispose()
        bench.kit.engine.dispose()
    return _report(people, works, ours, floor)


def founded(engine: Engine, client: BenchClient, people: int) -> Bench:
    """A city of so many members, and our parts and the merchant's client in it."""
    city.found(engine, people)
    kit = build_kit(replace(load(), database_url=engine.url.render_as_string(hide_password=False)))
    with Session(engine) as session, session.begin():
        register_client(
            session, client_id=client.client_id, kind="partner", profile="fapi2", name="Measured merchant",
            jwks={"keys": [client.jwk]}, redirect_uris=[], scopes=list(COUNTER_SCOPES), partner_id=city.PARTNER,
            now=datetime.now(UTC),
        )  # fmt: skip
    return Bench(kit, client)


@contextmanager
def _floor(url: str, works: tuple[Work, ...], logs: Path) -> Iterator[str]:
    """The floor on the web server that a city runs; yields its address."""
    port = servers.free_port()
    facts = logs / "floor.pickle"
    facts.write_bytes(pickle.dumps(Facts(url.replace("+psycopg", ""), works)))
    command = [sys.executable, "-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS), "--reuse-port"]
    child = Child("floor", [*command, "bench.floor:build()"], {**os.environ, FACTS: str(facts)}, logs / "floor.log")
    with servers.running(child, port, "/readyz"):
        yield f"http://127.0.0.1:{port}"


def _report(people: int, works: tuple[Work, ...], ours: Side, floor: Side) -> dict[str, float]:
    latencies = {}
    click.echo(f"{people:,} people")
    for kind, work in zip(KINDS, works, strict=True):
        mine, least = (side.rounds[kind.name][1:] for side in (ours, floor))
        rates = [median(measured.rate for measured in rounds) for rounds in (mine, least)]
        latencies[kind.name] = median(measured.p50 for measured in mine)
        click.echo(
            f"  {kind.name:16} {rates[0]:6.0f}/s  floor {rates[1]:6.0f}/s  ratio {rates[0] / rates[1]:.2f}"
            f"  p50 {latencies[kind.name]:.1f} ms  p95 {median(measured.p95 for measured in mine):.1f} ms"
            f"  {len(work.statements)} statements"
        )
    return latencies


if __name__ == "__main__":
    main()
