"""The distribution of scores before and after, as an SVG picture (simulation figures in, a text out)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

POINTS = 20
WIDE, HIGH = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 40, 30
FEW = ("少于 20 人，不显示", "hidden: fewer than 20 people")
MOVED = ("变动少于 20 人，现行分布不另显示", "before is hidden: fewer than 20 people moved")
STYLE = """
text{font:13px system-ui,sans-serif;fill:#4a4a4a}
.before{fill:#9aa4b2}.after{fill:none;stroke:#0a6b52;stroke-width:2;stroke-linejoin:round}
.grid{stroke:#d9dde3}.cut{stroke:#b7791f;stroke-dasharray:4 4}
@media (prefers-color-scheme:dark){text{fill:#d0d4da}.before{fill:#5b6675}.after{stroke:#57d3ae}
.grid{stroke:#39424e}.cut{stroke:#e0b05a}}
"""


Part = tuple[int, int, Mapping[str, float]]
"""A bin: its first point, where it ends, and people for each `POINTS` of it, before and after."""


def picture(figures: Mapping[str, Any]) -> str:
    """`figures` as `Simulation.as_json` gives them: bars before, a line after, the grades' cuts as dashed lines.

    Bins are as wide as they are in the figures, and as high as people lie in each 20 points of them; what the figures
    hide is said in words. Light and dark, by the reader's choice.
    """
    parts = _parts(figures["bins"])
    most = round(max((each for _, _, ways in parts for each in ways.values()), default=0))
    low, high = (parts[0][0], parts[-1][1]) if parts else (0, 1)
    title = f"{figures['pack']} {figures['version']}: 分数分布 / distribution of scores"
    scale = _Scale(low, high, most)
    drawn = [*_grid(scale), *_bars(parts, scale), *_line(parts, scale), *_cuts(figures, scale), *_axis(scale)]
    return "\n".join([*_frame(title), *(drawn if parts else ()), *_few(parts), *_legend(), "</svg>", ""])


def _parts(bins: Sequence[Mapping[str, Any]]) -> list[Part]:
    starts = [each["from_points"] for each in bins]
    ends = [*starts[1:], *(each.get("to_points", each["from_points"] + POINTS) for each in bins[-1:])]
    return [
        (start, end, {way: (each.get(way) or 0) * POINTS / (end - start) for way in ("before", "after")})
        for each, start, end in zip(bins, starts, ends, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Points from `low` to `high` and `most` people, in pixels."""

    low: int
    high: int
    most: int

    def x(self, points: float) -> float:
        return round(LEFT + (points - self.low) * (WIDE - LEFT - RIGHT) / (self.high - self.low), 1)

    def y(self, people: float) -> float:
        return round(HIGH - BOTTOM - people * (HIGH - TOP - BOTTOM - 4) / max(self.most, 1), 1)


def _frame(title: str) -> Iterator[str]:
    box = f'viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title)}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    yield f"<title>{escape(title)}</title><style>{STYLE}</style>"


def _grid(scale: _Scale) -> Iterator[str]:
    for people in {0, scale.most // 2, scale.most}:
        y = scale.y(people)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{people}</text>'


def _bars(parts: Sequence[Part], scale: _Scale) -> Iterator[str]:
    for start, end, people in parts:
        if people["before"]:
            gap = (end - start) * 0.06
            x, y = scale.x(start + gap), scale.y(people["before"])
            wide = round(scale.x(end - gap) - x, 1)
            yield f'<rect class="before" x="{x}" y="{y}" width="{wide}" height="{round(HIGH - BOTTOM - y, 1)}" rx="2"/>'


def _line(parts: Sequence[Part], scale: _Scale) -> Iterator[str]:
    """The outline of the bins after: a stroke for each run of bins with people in them."""
    floor = scale.y(0)
    for shown, run in groupby(parts, key=lambda part: part[2]["after"] > 0):
        if shown:
            bins = list(run)
            steps = [f"{scale.x(at)},{scale.y(people['after'])}" for start, end, people in bins for at in (start, end)]
            first, last = scale.x(bins[0][0]), scale.x(bins[-1][1])
            yield f'<polyline class="after" points="{first},{floor} {" ".join(steps)} {last},{floor}"/>'


def _cuts(figures: Mapping[str, Any], scale: _Scale) -> Iterator[str]:
    for cut in figures["cuts"][1:]:
        x = scale.x(cut["from_points"])
        yield f'<line class="cut" x1="{x}" x2="{x}" y1="{TOP}" y2="{HIGH - BOTTOM}"/>'


def _axis(scale: _Scale) -> Iterator[str]:
    step = max((scale.high - scale.low) // 10, 1)
    for points in range(scale.low, scale.high, step):
        yield f'<text x="{scale.x(points)}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{points}</text>'


def _few(parts: Sequence[Part]) -> Iterator[str]:
    """What is not drawn, and why, so that an empty picture is not taken for an empty city."""
    after, before = (any(people[way] for _, _, people in parts) for way in ("after", "before"))
    lines = MOVED if after else FEW
    first = TOP + 16 if after else HIGH // 2
    for place, line in enumerate(() if after and before else lines):
        yield f'<text x="{WIDE // 2}" y="{first + 18 * place}" text-anchor="middle">{line}</text>'


def _legend() -> Iterator[str]:
    yield f'<rect class="before" x="{LEFT}" y="8" width="12" height="12" rx="2"/>'
    yield f'<text x="{LEFT + 18}" y="19">现行 before</text>'
    yield f'<line class="after" x1="{LEFT + 116}" x2="{LEFT + 136}" y1="14" y2="14"/>'
    yield f'<text x="{LEFT + 142}" y="19">新版 after</text>'
    yield f'<line class="cut" x1="{LEFT + 228}" x2="{LEFT + 248}" y1="14" y2="14"/>'
    yield f'<text x="{LEFT + 254}" y="19">等级 grades</text>'
