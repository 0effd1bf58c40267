"""Token endpoint: our throughput against npm oidc-provider's, in one interleaved run.

Client credentials with `private_key_jwt` and DPoP, ES256 throughout, nonces where our server asks for them. Both have
the same number of processes, the same clients and load, and answer with a signed ten-minute access token. The floor
comes twice: with its in-memory adapter (each process its own replay store, so a proof passes once in each), and with a
replay store in PostgreSQL that its processes share, as ours do.

    python -m bench.token_endpoint [--rounds 7] [--requests 2000] [--workers 2] [--threads 4] [--connections 16]
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click

from bench import servers
from bench.callers import BenchClient, make_clients, token_requests
from bench.load import Failed, Round, exchange, run

CLIENTS = 20


@dataclass
class Contestant:
    """One server under load. `path` is its token endpoint; `rounds` what was measured."""

    name: str
    issuer: str
    path: str
    rounds: list[Round] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.issuer.rpartition(":")[2])

    def nonce(self, clients: list[BenchClient]) -> str | None:
        """A current DPoP nonce (RFC 9449 section 8), or None where a proof without one is accepted."""
        (message,) = token_requests(clients, 1, issuer=self.issuer, path=self.path, nonce=None)
        status, headers, body = exchange(self.port, message)
        if status == 200:
            return None
        if "dpop-nonce" not in headers:
            raise Failed(f"{self.name} refuses the bench's clients: {status} {body!r}")
        return headers["dpop-nonce"]

    def measure(self, clients: list[BenchClient], requests: int, connections: int) -> None:
        """One round, of requests signed just before it."""
        nonce = self.nonce(clients)
        messages = list(token_requests(clients, requests, issuer=self.issuer, path=self.path, nonce=nonce))
        self.rounds.append(run(self.port, messages, connections=connections))

    @property
    def rate(self) -> float:
        """Tokens a second: the median of the rounds, the first (warming up) apart."""
        return median(measured.rate for measured in self.rounds[1:])


@click.command()
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1), help="measured, after one to warm up")
@click.option("--requests", default=2_000, show_default=True, type=click.IntRange(1), help="in each round")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="processes of each server")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1), help="of each process of ours")
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1), help="kept; the concurrency")
def main(rounds: int, requests: int, workers: int, threads: int, connections: int) -> None:
    """Measure, and print both numbers with their ratio; fails where anything fails, never by the clock."""
    if missing := servers.node_missing():
        click.echo(f"not measured: {missing}")
        return
    clients = make_clients(CLIENTS)
    with ExitStack() as stack:
        contestants = _start(stack, clients, workers, threads)
        for number in range(rounds + 1):
            for contestant in contestants[number % len(contestants) :] + contestants[: number % len(contestants)]:
                contestant.measure(clients, requests, connections)
    click.echo(f"{rounds} rounds of {requests} requests, {workers} processes each, {threads} threads in each of ours,")
    node = servers.version_of(["node", "--version"])
    click.echo(f"{connections} connections, {os.cpu_count()} cores, node {node}")
    _report(contestants)


def _start(stack: ExitStack, clients: list[BenchClient], workers: int, threads: int) -> list[Contestant]:
    logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinyi-bench-")))
    url = stack.enter_context(servers.database(clients))
    us = Contestant("XinYi+", stack.enter_context(servers.ours(url, workers, threads, logs)), "/oauth/token")
    nonce = us.nonce(clients) is not None
    click.echo(f"DPoP nonces: {'demanded of all' if nonce else 'of none, as our server does not ask for them'}")
    others = []
    for name, store in (("in memory", None), ("PostgreSQL", url)):
        issuer = stack.enter_context(servers.theirs(store, workers, clients, logs, nonce=nonce))
        others.append(Contestant(f"oidc-provider, {name}", issuer, "/token"))
    return [us, *others]


def _report(contestants: list[Contestant]) -> None:
    for one in contestants:
        measured = one.rounds[1:]
        lowest, highest = (pick(found.rate for found in measured) for pick in (min, max))
        p50, p95 = median(found.p50 for found in measured), median(found.p95 for found in measured)
        click.echo(
            f"{one.name:28} {one.rate:7.0f} tokens/s  ({lowest:.0f}-{highest:.0f})  p50 {p50:.1f} ms  p95 {p95:.1f} ms"
            f"  generator {median(found.generator for found in measured):.0%} of a core"
        )
    us, *others = contestants
    for other in others:
        click.echo(f"ratio XinYi+ / {other.name}: {us.rate / other.rate:.2f}")


if __name__ == "__main__":
    main()
