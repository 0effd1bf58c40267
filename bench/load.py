"""A load generator that costs less than what it loads: requests are bytes made beforehand, connections are kept.

One thread, `connections` sockets, one request outstanding on each; so `connections` is the concurrency.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

PATIENCE = 30.0
LENGTH = b"content-length:"


class Failed(RuntimeError):
    """An answer that is not the one expected, or none at all; the message shows it."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured: answers a second, the share of one core that the generator took, latencies in ms."""

    rate: float
    generator: float
    p50: float
    p95: float


@dataclass(slots=True)
class _Line:
    """One kept connection, with the answer that is coming in."""

    socket: socket.socket
    sent_at: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self, message: bytes) -> None:
        self.answer.clear()
        self.sent_at = time.perf_counter()
        self.socket.sendall(message)

    def whole(self) -> bool:
        """Whether the answer has come in wholly; raises Failed where the server hung up in its midst."""
        piece = self.socket.recv(65_536)
        if not piece:
            raise Failed(f"the server hung up after {bytes(self.answer[:200])!r}")
        self.answer += piece
        head = self.answer.find(b"\r\n\r\n")
        return head >= 0 and len(self.answer) >= head + 4 + _length(self.answer[:head])


def run(port: int, messages: Sequence[bytes], *, connections: int, expected: bytes = b"200") -> Round:
    """Send `messages`, each once, to 127.0.0.1:`port`; raises Failed at the first answer without the status."""
    waiting, latencies, lines = deque(messages), list[float](), list[_Line]()
    with selectors.DefaultSelector() as selector:
        started, processor = time.perf_counter(), time.process_time()
        while waiting and len(lines) < connections:  # one by one, so that a busy process leaves the next to another
            lines.append(line := _Line(socket.create_connection(("127.0.0.1", port), PATIENCE)))
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(waiting.popleft())
        while len(latencies) < len(messages):
            for line in _ready(selector):
                if not line.whole():
                    continue
                if line.answer[9:12] != expected:
                    raise Failed(f"expected {expected.decode()}, got {bytes(line.answer)!r}")
                latencies.append(time.perf_counter() - line.sent_at)
                if waiting:
                    line.send(waiting.popleft())
        spent, processor = time.perf_counter() - started, time.process_time() - processor
    for line in lines:
        line.socket.close()
    latencies.sort()
    p50, p95 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.95))
    return Round(len(messages) / spent, processor / spent, p50, p95)


def exchange(port: int, message: bytes) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own: status, headers (names in lower case) and body of the answer."""
    line = _Line(socket.create_connection(("127.0.0.1", port), PATIENCE))
    line.send(message)
    while not line.whole():
        pass
    line.socket.close()
    head, _, body = bytes(line.answer).partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").split("\r\n")
    pairs = (header.partition(":") for header in headers)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body


def _ready(selector: selectors.BaseSelector) -> list[_Line]:
    events = selector.select(PATIENCE)
    if not events:
        raise Failed(f"no answer within {PATIENCE:.0f} s")
    return [key.data for key, _ in events]


def _length(head: bytearray) -> int:
    lower = head.lower()
    at = lower.find(LENGTH)
    if at < 0:
        raise Failed(f"an answer without Content-Length: {bytes(head)!r}")
    return int(lower[at + len(LENGTH) :].split(b"\r\n", 1)[0])
