"""Where a webhook may go, by its URL and by the address that its name resolves to. Pure.

A partner writes the URL and we make the request, from inside the city's network: whatever is not plainly a server on
the public internet is refused (OWASP API7:2023, server-side request forgery; guard of quality.md, line 23).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

URL_MOST = 500
PORTS = {"https": (443, 8443), "http": (80, 8080)}
LEAST_LOCAL_PORT = 1024
_URL = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_OURS = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".arpa",
    ".test",
    ".invalid",
    ".onion",
)
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_NEVER = tuple(
    ip_network(net)
    for net in (
        *("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"),  # clouds' own services; the relays of 6to4
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),  # IPv4 inside: NAT64, 6to4, Teredo
        *("3fff::/20", "fec0::/10"),  # documentation; site-local
    )
)
_PUBLIC_IPV6 = ip_network("2000::/3")


class TargetRefused(ValueError):
    """We do not post there; the message says why, for the partner who wrote the URL."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: `host` is the name for TLS and the Host header, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def local(self) -> bool:
        """Whether it names this machine, which only a sandbox may reach."""
        return self.host in _LOCAL_NAMES

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return name if self.port == usual else f"{name}:{self.port}"


def target_of(url: str, *, livemode: bool, loopback: bool) -> Target:
    """The target of a URL; `loopback`: a sandbox may post to its own machine here. Raises TargetRefused."""
    if len(url) > URL_MOST or not _URL.fullmatch(url) or "\\" in url:
        raise TargetRefused(f"A URL of at most {URL_MOST} ASCII characters; write a name in its xn-- form.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetRefused("Not a URL.") from None
    _check_form(parts, livemode)
    local = loopback and not livemode and parts.hostname in _LOCAL_NAMES
    host = str(parts.hostname) if local else _public_name(parts.hostname or "")
    usual = PORTS[parts.scheme]
    port = usual[0] if port is None else port
    if not (port >= LEAST_LOCAL_PORT if local else port in usual):
        raise TargetRefused(f"Not on port {port}.")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _check_form(parts: SplitResult, livemode: bool) -> None:
    if parts.scheme != "https" and (livemode or parts.scheme != "http"):
        raise TargetRefused("Use https.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise TargetRefused("No user name or password in the URL.")
    if parts.fragment:
        raise TargetRefused("No fragment in the URL.")


def _public_name(host: str) -> str:
    """A name in the public DNS: an address is none, nor is a name that only a network of one's own knows."""
    if not _NAME.fullmatch(host) or host.endswith(_OURS):
        raise TargetRefused("The host must be a name in the public DNS.")
    return host


def may_reach(address: str, *, local: bool) -> bool:
    """Whether a name's address may be posted to: a public one, or for a `local` target this machine alone."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if local:
        return known.is_loopback
    return _is_public(known)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    forbidden = any(address in net for net in _NEVER if net.version == address.version)
    return address.is_global and not forbidden and not address.is_multicast and not address.is_reserved
