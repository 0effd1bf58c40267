"""What a phone's sensors say in the hand, in a pocket, on a bus and when it falls: made up after real recordings.

A sample is a reading of `devicemotion` at 60 a second: `at` in milliseconds, accelerations in m/s², turning in degrees
a second.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from random import Random
from typing import Any

Sample = dict[str, Any]
HERTZ = 60
GRAVITY = 9.81


def recorded(
    seconds: float,
    push: Callable[[float], tuple[float, float, float]],
    turn: Callable[[float], float] = lambda _: 0.0,
    *,
    heavy: bool = False,
    seed: int = 1,
) -> list[Sample]:
    """Samples of a movement: `push` and `turn` by second, with the noise of a sensor. `heavy`: with gravity only."""
    dice = Random(seed)
    samples = []
    for step in range(int(seconds * HERTZ)):
        at = step / HERTZ
        x, y, z = (part + dice.gauss(0, 0.4) for part in push(at))
        rate = turn(at) + dice.gauss(0, 3)
        sample: Sample = {"at": at * 1000, "rotationRate": {"alpha": rate / 3, "beta": rate / 5, "gamma": rate}}
        sample["acceleration"] = None if heavy else {"x": x, "y": y, "z": z}
        sample["accelerationIncludingGravity"] = {"x": x, "y": y, "z": z + GRAVITY}
        samples.append(sample)
    return samples


def shaken(
    seconds: float, *, hertz: float = 4.0, force: float = 25.0, angle: float = 60.0, **more: Any
) -> list[Sample]:
    """A phone shaken to and fro in the hand: the wrist turns by `angle` degrees with each push."""
    beat = 2 * pi * hertz
    return recorded(
        seconds,
        lambda at: (force * sin(beat * at), 0.3 * force * sin(beat * at + 0.4), 2.0),
        lambda at: angle / 2 * beat * cos(beat * at),
        **more,
    )


def walked(seconds: float, *, hertz: float = 2.0, force: float = 5.0, angle: float = 25.0, **more: Any) -> list[Sample]:
    """Steps with the phone in hand or pocket: a short push upwards with each."""
    return recorded(
        seconds,
        lambda at: (1.0, force * max(0.0, sin(2 * pi * hertz * at)) ** 4 - 0.3 * force, 1.0),
        lambda at: angle / 2 * pi * hertz * cos(pi * hertz * at),
        **more,
    )


def dropped() -> list[Sample]:
    """Held, half a second of fall with a tumble, a hard landing that rings out, and lying still."""

    def push(at: float) -> tuple[float, float, float]:
        if 1.0 <= at < 1.45:
            return 0.0, 0.0, -GRAVITY
        ringing = 120.0 * 0.5 ** ((at - 1.45) * 30) if at >= 1.45 else 0.0
        return 0.3 * ringing, 0.0, ringing * cos(2 * pi * 14 * (at - 1.45))

    return recorded(6, push, lambda at: 400.0 if 1.0 <= at < 1.5 else 0.0)


def ridden(seconds: float) -> list[Sample]:
    """A bus: the engine, braking, curves, and a pothole every two seconds."""

    def push(at: float) -> tuple[float, float, float]:
        pothole = 22.0 if at % 2 < 0.05 else 0.0
        return 3.0 * sin(at), 1.5 * sin(2 * pi * 11 * at), pothole

    return recorded(seconds, push, lambda at: 20.0 * sin(at / 2))


def jolted() -> list[Sample]:
    """One knock, there and back."""
    return recorded(
        4, lambda at: (30.0, 0.0, 0.0) if 1 <= at < 1.06 else ((-24.0, 0.0, 0.0) if 1.06 <= at < 1.1 else (0, 0, 0))
    )
