"""Webhooks delivered in a second: the courier of `xinyi worker` against a floor that only signs, posts and writes.

The floor claims and closes deliveries with the courier's own statements (as recorded), by the driver alone, signs with
the same two keys and posts over plain sockets; to the same receiver, of as many endpoints, with as many posts at once.

    python -m bench.webhooks [--rounds 5] [--events 1000] [--endpoints 24]
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import click
import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.cli.courier import SEATS, Courier
from app.config import load
from app.factory import build_kit
from app.services import webhook_keys
from app.services.webhook_keys import Keys
from app.store.webhooks import WebhookEndpoint
from app.web.kit import Kit
from bench import city, servers
from bench.recording import Statement, recording

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
_EVENTS = """
with made as (
  insert into partner_events (id, partner_id, livemode, type, data, at)
  select 'pev_' || replace(gen_random_uuid()::text, '-', ''), cast(:partner as varchar), false, 'statement.ready',
    '{"date": "2026-11-20"}', cast(:now as timestamptz) from generate_series(1, cast(:count as int))
  returning id
), numbered as (select id, row_number() over () as n from made)
insert into webhook_deliveries (id, event_id, endpoint_id, status, attempts, manual, created_at, next_at)
select 'whd_' || replace(gen_random_uuid()::text, '-', ''), id, 'whe_' || (n % cast(:endpoints as int)), 'pending',
  '[]', false, cast(:now as timestamptz), cast(:now as timestamptz) from numbered
"""
_LEFT = "select count(*) from webhook_deliveries where status <> 'delivered'"


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="measured, after one to warm up")
@click.option("--events", default=1_000, show_default=True, type=click.IntRange(1), help="in each round")
@click.option("--endpoints", default=24, show_default=True, type=click.IntRange(1), help="of one partner")
def main(rounds: int, events: int, endpoints: int) -> None:
    """Measure, and print both rates with their ratio; fails where a delivery is left, never by the clock."""
    with ExitStack() as stack:
        url = stack.enter_context(servers.database([]))
        port = stack.enter_context(_receiver())
        engine = create_engine(url)
        kit, keys = _kit(url), webhook_keys.fresh()
        with engine.begin() as connection:
            city.partner(connection)
        _endpoints(kit, port, endpoints, keys)
        said = _recorded(kit, endpoints)
        floor, ours = list[float](), list[float]()
        for number in range(rounds + 1):
            for measured in (floor, ours) if number % 2 else (ours, floor):
                _put(kit, events, endpoints)
                started = time.perf_counter()
                if measured is ours:
                    Courier(kit).deliver()
                else:
                    _floor(url, port, said, keys)
                measured.append(events / (time.perf_counter() - started))
                _require_none_left(kit)
        kit.engine.dispose()
        engine.dispose()
    rates = [median(measured[1:]) for measured in (ours, floor)]
    click.echo(f"{rounds} rounds of {events} events to {endpoints} endpoints, {os.cpu_count()} cores")
    click.echo(f"webhooks delivered {rates[0]:.0f}/s  floor {rates[1]:.0f}/s  ratio {rates[0] / rates[1]:.2f}")


def _kit(url: str) -> Kit:
    return build_kit(replace(load(), database_url=url, webhook_loopback=True))


def _endpoints(kit: Kit, port: int, count: int, keys: Keys) -> None:
    now = datetime.now(UTC)
    with kit.sessions.begin() as session:
        for number in range(count):
            name = f"whe_{number}"
            session.add(
                WebhookEndpoint(
                    id=name, partner_id=city.PARTNER, livemode=False, url=f"http://127.0.0.1:{port}/hooks",
                    event_types=["*"], status="enabled", public_key=keys.public, last_success_at=now, created_at=now,
                    updated_at=now, sealed_keys=webhook_keys.seal(kit.pii, keys, webhook_keys.CONTEXT.format(name)),
                )
            )  # fmt: skip


def _put(kit: Kit, events: int, endpoints: int) -> None:
    with kit.sessions.begin() as session:
        values = {"partner": city.PARTNER, "now": datetime.now(UTC), "count": events, "endpoints": endpoints}
        session.execute(text(_EVENTS), values)


def _require_none_left(kit: Kit) -> None:
    with Session(kit.engine) as session:
        if left := session.scalar(text(_LEFT)):
            raise click.ClickException(f"{left} deliveries are left")


def _recorded(kit: Kit, endpoints: int) -> Mapping[str, Statement]:
    """The courier's statements that claim, with the bounds that it claims by, and that close."""
    _put(kit, 1, endpoints)
    with recording() as said:
        Courier(kit).deliver()
    return {name: next(one for one in said if f"with {name} as" in one.query) for name in ("due", "mine")}


def _floor(url: str, port: int, said: Mapping[str, Statement], keys: Keys) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection, ThreadPoolExecutor(SEATS) as seats:
        while True:
            now = datetime.now(UTC)
            due = {**said["due"].values, "now": now, "lease": now + timedelta(minutes=2)}
            claims = connection.execute(said["due"].query, due).fetchall()
            connection.commit()
            if not claims:
                return
            list(seats.map(lambda claim: _post(port, keys, claim), claims))
            attempts = [json.dumps([{"at": now.isoformat(), "status_code": 204, "ms": 1}])] * len(claims)
            ids = [claim[0] for claim in claims]
            connection.execute(said["mine"].query, {"ids": ids, "attempts": attempts, "now": now})
            connection.commit()


def _post(port: int, keys: Keys, claim: tuple[Any, ...]) -> None:
    said = {"type": claim[6], "timestamp": claim[8].isoformat(), "data": claim[7]}
    body = json.dumps(said).encode()
    signed = webhook_keys.headers([keys], claim[3], datetime.now(UTC), body)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"POST /hooks HTTP/1.1\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body)
        if not line.recv(4096).startswith(b"HTTP/1.1 204"):
            raise click.ClickException("the receiver did not take it")


@contextmanager
def _receiver() -> Iterator[int]:
    """A receiver in a process of its own, that takes whatever comes; yields its port."""
    port = servers.free_port()
    process = multiprocessing.get_context("spawn").Process(target=_receive, args=(port,), daemon=True)
    process.start()
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.join()


def _wait(port: int) -> None:
    deadline = time.monotonic() + servers.START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise click.ClickException("the receiver does not start")


def _receive(port: int) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:  # somebody looked whether we are there
            return
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", port, backlog=512)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
