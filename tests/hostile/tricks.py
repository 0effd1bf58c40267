"""A trick: a few steps that an attacker plays, and what must come of the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import requests

from tests.hostile.scene import Scene

Play = Callable[[Scene], requests.Response]


@dataclass(frozen=True)
class Trick:
    """A trick, and the status and error (`page` for a page) that must come of it."""

    what: str
    status: int
    error: str
    play: Play

    def __str__(self) -> str:
        return self.what


class Tricks(list[Trick]):
    """A list that a function joins by being decorated with what it is and what must come of it."""

    def __call__(self, what: str, status: int = 400, error: str = "page") -> Callable[[Play], Play]:
        def join(play: Play) -> Play:
            self.append(Trick(what, status, error, play))
            return play

        return join
