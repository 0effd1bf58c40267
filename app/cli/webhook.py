"""`xinyi webhook listen`: a receiver on this machine for those who build one, with the recipe that they copy."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import click

from app.domain.webhook import PAYLOAD_MOST, secret_bytes, verify

LOOPBACK = "127.0.0.1"
TIMEOUT_SECONDS = 15


@click.group()
def webhook() -> None:
    """Webhooks: a receiver to try them with."""


@webhook.command()
@click.option("--port", type=click.IntRange(1024, 65_535), default=9000, show_default=True)
@click.option("--secret", envvar="XINYI_WEBHOOK_SECRET", required=True, help="whsec_…, as it was shown once")
@click.option("--count", type=click.IntRange(1), help="end after so many webhooks that verify")
@click.option("--answer", type=click.IntRange(200, 599), default=204, show_default=True, help="what to answer them")
def listen(port: int, secret: str, count: int | None, answer: int) -> None:
    """Take webhooks at http://127.0.0.1:PORT/ and print each whose signature verifies; the others get 400."""
    try:
        secret_bytes(secret)
        listener = Listener(port, secret, answer)
    except (ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"listening at http://{LOOPBACK}:{port}/", err=True)
    with listener:
        while count is None or listener.verified < count:
            listener.handle_request()


class Listener(HTTPServer):
    """Takes one webhook after another and counts those that verified; `clock` tells the moment."""

    def __init__(
        self, port: int, secret: str, answer: int = 204, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__((LOOPBACK, port), _Incoming)
        self.secret, self.status, self.clock, self.verified = secret, answer, clock, 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Verify one, say what it is, and answer it."""
        fault = verify(self.secret, headers, body, self.clock())
        if fault is not None:
            click.echo(f"refused: {fault}", err=True)
            return 400
        said = json.loads(body)
        click.echo(json.dumps({name: said[name] for name in ("type", "id", "timestamp", "data")}, ensure_ascii=False))
        self.verified += 1
        return self.status


class _Incoming(BaseHTTPRequestHandler):
    timeout = TIMEOUT_SECONDS

    def do_POST(self) -> None:
        """A webhook: its raw body first, then anything else."""
        length = self.headers.get("Content-Length", "")
        status = 413
        if length.isdecimal() and int(length) <= PAYLOAD_MOST and isinstance(self.server, Listener):
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = self.server.take(headers, self.rfile.read(int(length)))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what counts is printed."""
