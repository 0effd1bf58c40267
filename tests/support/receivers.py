"""Receivers of webhooks on this machine: they keep what came, and answer as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request: headers by lower-case name, the raw body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        return said


Handler = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """A request in the making, with the words that tests use."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        receiver: Receiver = vars(self.server)["receiver"]
        receiver.received.append(Received(self.path, headers, body))
        receiver.handler(self)

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def well(request: Request) -> None:
    request.answer(204)


def answering(status: int, **headers: str) -> Handler:
    """Always this status with these headers."""
    return lambda request: request.answer(status, **headers)


@dataclass
class Receiver:
    """A server on a port of its own."""

    url: str
    handler: Handler
    received: list[Received] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.received]


@contextmanager
def receiver(handler: Handler = well) -> Iterator[Receiver]:
    """A receiver that answers by `handler` until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
    server.daemon_threads = True
    made = Receiver(f"http://127.0.0.1:{server.server_port}/hooks", handler)
    server.__dict__["receiver"] = made
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def hanging() -> Iterator[tuple[Receiver, Event]]:
    """A receiver that takes a request and answers only once the event is set, or the block ends."""
    let_go = Event()

    def wait(request: Request) -> None:
        let_go.wait(30)
        request.answer(204)

    with receiver(wait) as made:
        try:
            yield made, let_go
        finally:
            let_go.set()
