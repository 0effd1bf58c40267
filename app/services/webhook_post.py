"""The one place from which we post where somebody else says: guarded, timed, and curious about nothing but the status.

The name is resolved once, every address that it has is looked at, and the connection goes to one of those, not to the
name again, so that a second answer of the DNS changes nothing (DNS rebinding); TLS and the Host header keep the name.
No redirect is followed, no proxy of the environment asked. The whole attempt has one end in time, however slowly the
receiver drips.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from app.domain.webhook_target import Target, may_reach

SECONDS = 15.0
ANSWER_MOST = 16_384
"""Bytes of an answer's body that are read, and thrown away."""
HEARD_MOST = 131_072
"""Bytes of an answer in all: its head, and what comes before it (1xx), have no end that http.client would set."""
ADDRESSES_MOST = 4
RETRY_AFTER_MOST = timedelta(days=1)
INTERNAL = "internal"
"""A fault of ours: nothing was posted, and nobody is to blame for it but us."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the answer's status, or why there was none (`error`), and what it took in milliseconds.

    `error` is one of: dns, address-refused, connection, tls, timeout, answer, redirect, status; None: delivered.
    """

    status_code: int | None
    error: str | None
    ms: int
    retry_after: timedelta | None = None


class NotPosted(Exception):
    """No answer came; `code` is the outcome's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def addresses_of(host: str, port: int) -> list[str]:
    """What the name resolves to; raises NotPosted `dns`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotPosted("dns") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Postman:
    """Posts. `resolve` and `connect` are the network's, `monotonic` tells seconds, `tls` trusts the public CAs."""

    resolve: Callable[[str, int], Sequence[str]] = addresses_of
    connect: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS
    monotonic: Callable[[], float] = time.monotonic

    def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Outcome:
        """One attempt; never raises for what the receiver does."""
        started = self.monotonic()
        clock = _Clock(started + self.seconds, self.monotonic)
        try:
            status, retry_after = self._exchange(target, headers, body, clock)
            error = _fault(status)
        except NotPosted as failed:
            status, retry_after, error = None, None, failed.code
        return Outcome(status, error, round((self.monotonic() - started) * 1000), retry_after)

    def _exchange(
        self, target: Target, headers: Mapping[str, str], body: bytes, clock: _Clock
    ) -> tuple[int, timedelta | None]:
        try:
            with self._socket(target, clock) as sock:
                answer = _asked(target, headers, body, _Timed(sock, clock))
        except TimeoutError:
            raise NotPosted("timeout") from None
        except ssl.SSLError:
            raise NotPosted("tls") from None
        except (HTTPException, ValueError):
            raise NotPosted("answer") from None
        except OSError:
            raise NotPosted("connection") from None
        return answer.status, _retry_after(answer.headers.get("Retry-After"))

    def _socket(self, target: Target, clock: _Clock) -> socket.socket:
        failure: OSError = OSError()
        for address in self._addresses(target):
            try:
                plain = self.connect((address, target.port), clock.left())
            except OSError as failed:
                failure = failed
                continue
            return self._secured(plain, target, clock) if target.scheme == "https" else plain
        raise failure

    def _addresses(self, target: Target) -> Sequence[str]:
        """What the name resolves to; one address among them that we do not post to refuses the whole."""
        found = self.resolve(target.host, target.port)
        if not found or not all(may_reach(address, local=target.local) for address in found):
            raise NotPosted("address-refused")
        return found[:ADDRESSES_MOST]

    def _secured(self, plain: socket.socket, target: Target, clock: _Clock) -> socket.socket:
        try:
            plain.settimeout(clock.left())
            return self.tls.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise


@dataclass(frozen=True, slots=True)
class _Clock:
    ends: float
    monotonic: Callable[[], float]

    def left(self) -> float:
        """Seconds until the attempt ends; raises TimeoutError when it has."""
        left = self.ends - self.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Timed:
    """A socket for http.client, each of whose steps has only the seconds that the whole attempt has left."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._clock.left())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._sock, self._clock))

    def close(self) -> None:
        """Nothing: http.client closes before the answer's body is read; the socket ends with the attempt."""


class _Incoming(io.RawIOBase):
    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock, self._heard = sock, clock, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._heard > HEARD_MOST:
            raise HTTPException("an answer without end")
        self._sock.settimeout(self._clock.left())
        read = self._sock.recv_into(buffer)
        self._heard += read
        return read


def _asked(target: Target, headers: Mapping[str, str], body: bytes, sock: _Timed) -> HTTPResponse:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = sock
    named = {"Host": target.authority, "Connection": "close", **headers}
    connection.request("POST", target.path, body, named)
    answer = connection.getresponse()
    answer.read(ANSWER_MOST)
    return answer


def _fault(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "redirect" if 300 <= status < 400 else "status"


def _retry_after(said: str | None) -> timedelta | None:
    """What an answer asks us to wait, a day at most; None where it says nothing that we understand."""
    if said is None:
        return None
    if said.strip().isascii() and said.strip().isdecimal():
        return min(timedelta(seconds=int(said.strip()[:9])), RETRY_AFTER_MOST)
    with suppress(ValueError, TypeError, OverflowError):
        wait = parsedate_to_datetime(said) - datetime.now(UTC)
        return min(max(wait, timedelta(0)), RETRY_AFTER_MOST)
    return None
