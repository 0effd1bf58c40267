"""Aggregates that show no person (guardrail 14): no count of fewer than 20 people, and none that a sum would betray."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 20
"""The fewest people that a published number may count."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A table's published counts by name; `suppressed` is how many of its cells stay hidden."""

    counts: Mapping[str, int]
    suppressed: int


def publish(counts: Mapping[str, int]) -> Cells:
    """The counts of people that may be shown.

    Hidden are those under 20; then the next smallest ones too, until the hidden ones together count 20 people or more
    in at least two cells, so that a known total minus what is shown tells of no small group. Empty cells are no cells.
    """
    rising = sorted((count, name) for name, count in counts.items() if count > 0)
    hidden = [count for count, _ in rising if count < LEAST]
    while hidden and len(hidden) < len(rising) and (len(hidden) < 2 or sum(hidden) < LEAST):
        hidden.append(rising[len(hidden)][0])
    shown = {name: count for count, name in rising[len(hidden) :]}
    return Cells({name: shown[name] for name in sorted(shown)}, len(hidden))
