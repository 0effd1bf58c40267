"""Where the grades of two versions of a pack begin and end, side by side. Points are whole; ends are exclusive."""

from __future__ import annotations

from collections.abc import Container

from app.domain.pack import Grade, Pack


def score_range(old: Pack, new: Pack) -> tuple[int, int]:
    """From the least score to below the end of either version's range."""
    return min(old.min, new.min), max(old.max, new.max) + 1


def interval(old: Pack, new: Pack, pack: Pack, place: int) -> tuple[int, int]:
    """The points of the grade at `place` of `pack`, one of the two; the outer ones reach to the ends of both ranges."""
    low, high = score_range(old, new)
    cuts = [low, *(grade.from_points for grade in pack.grades[1:]), high]
    return cuts[place], cuts[place + 1]


def blocks(pack: Pack, edges: Container[int]) -> list[list[int]]:
    """The places of a pack's grades, in groups that begin at one of `edges`."""
    found: list[list[int]] = []
    for place, grade in enumerate(pack.grades):
        if not found or grade.from_points in edges:
            found.append([])
        found[-1].append(place)
    return found


def direction(old: Pack, new: Pack, before: Grade, after: Grade) -> str:
    """`up` or `down` where a move between these grades can be nothing else, else an empty text."""
    first, last = interval(old, new, old, old.grades.index(before))
    low, high = interval(old, new, new, new.grades.index(after))
    return "up" if low >= last else "down" if high <= first else ""
