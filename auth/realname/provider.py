"""What the authorization server asks of a real-name platform, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.store.citizens import Person


class ProviderAway(Exception):
    """The real-name platform does not answer, or not sensibly; those logged in go on."""


class LoginRefused(Exception):
    """The real-name platform's answer proves no one; the message is a reason for the log, without personal data."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one login attempt; they belong to one transaction and one browser session."""

    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in: by number, or by a network identity that tells us none (result-only, 网号).

    `acr` is our name of the assurance level; `auth_time` in seconds since 1970.
    """

    person: Person
    acr: str
    auth_time: int


class RealNameProvider(Protocol):
    """A real-name platform; `now` in seconds since 1970."""

    def start(self, attempt: Attempt, *, locale: str, now: float) -> str:
        """The address to send the browser to; raises LoginRefused and ProviderAway."""

    def finish(self, attempt: Attempt, answer: dict[str, str], *, now: float) -> Identity:
        """Who the platform's redirect (`answer`: its query parameters) vouches for.

        Raises LoginRefused and ProviderAway.
        """
