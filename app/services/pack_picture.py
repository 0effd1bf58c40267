"""The distribution of scores before and after, as an SVG picture (simulation figures in, a text out)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

WIDE, HIGH = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 40, 30
STYLE = """
text{font:13px system-ui,sans-serif;fill:#4a4a4a}
.before{fill:#9aa4b2}.after{fill:none;stroke:#0a6b52;stroke-width:2;stroke-linejoin:round}
.grid{stroke:#d9dde3}.cut{stroke:#b7791f;stroke-dasharray:4 4}
@media (prefers-color-scheme:dark){text{fill:#d0d4da}.before{fill:#5b6675}.after{stroke:#57d3ae}
.grid{stroke:#39424e}.cut{stroke:#e0b05a}}
"""


def picture(figures: Mapping[str, Any]) -> str:
    """`figures` as `Simulation.as_json` gives them: bars before, a line after, the grades' cuts as dashed lines.

    Bins of fewer than 20 people are left out, as they are in the figures. Light and dark, by the reader's choice.
    """
    bins = figures["bins"]
    most = max((each[way] or 0 for each in bins for way in ("before", "after")), default=0)
    title = f"{figures['pack']} {figures['version']}: 分数分布 / distribution of scores"
    parts = [*_frame(title), *_grid(most), *_bars(bins, most), *_line(bins, most), *_cuts(figures), *_axis(bins)]
    return "\n".join([*parts, *_legend(), "</svg>", ""])


def _frame(title: str) -> Iterator[str]:
    box = f'viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title)}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    yield f"<title>{escape(title)}</title><style>{STYLE}</style>"


def _x(place: float, count: int) -> float:
    return round(LEFT + place * (WIDE - LEFT - RIGHT) / max(count, 1), 1)


def _y(people: int, most: int) -> float:
    return round(HIGH - BOTTOM - people * (HIGH - TOP - BOTTOM - 4) / max(most, 1), 1)


def _grid(most: int) -> Iterator[str]:
    for people in {0, most // 2, most}:
        y = _y(people, most)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{people}</text>'


def _bars(bins: list[dict[str, Any]], most: int) -> Iterator[str]:
    for place, each in enumerate(bins):
        if each["before"]:
            x, y = _x(place + 0.12, len(bins)), _y(each["before"], most)
            wide = round(_x(place + 0.88, len(bins)) - x, 1)
            yield f'<rect class="before" x="{x}" y="{y}" width="{wide}" height="{round(HIGH - BOTTOM - y, 1)}" rx="2"/>'


def _line(bins: list[dict[str, Any]], most: int) -> Iterator[str]:
    """The outline of the bins after: a stroke for each run of bins that are shown."""
    floor = _y(0, most)
    for shown, run in groupby(enumerate(bins), key=lambda pair: bool(pair[1]["after"])):
        if shown:
            places = [(place, _y(each["after"], most)) for place, each in run]
            steps = [f"{_x(at, len(bins))},{y}" for place, y in places for at in (place, place + 1)]
            first, last = _x(places[0][0], len(bins)), _x(places[-1][0] + 1, len(bins))
            yield f'<polyline class="after" points="{first},{floor} {" ".join(steps)} {last},{floor}"/>'


def _cuts(figures: Mapping[str, Any]) -> Iterator[str]:
    bins = figures["bins"]
    if len(bins) > 1:
        low, wide = bins[0]["from_points"], bins[1]["from_points"] - bins[0]["from_points"]
        for cut in figures["cuts"][1:]:
            x = _x((cut["from_points"] - low) / wide, len(bins))
            yield f'<line class="cut" x1="{x}" x2="{x}" y1="{TOP}" y2="{HIGH - BOTTOM}"/>'


def _axis(bins: list[dict[str, Any]]) -> Iterator[str]:
    for place in range(0, len(bins), max(len(bins) // 10, 1)):
        x, y = _x(place, len(bins)), HIGH - BOTTOM + 18
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{bins[place]["from_points"]}</text>'


def _legend() -> Iterator[str]:
    yield f'<rect class="before" x="{LEFT}" y="8" width="12" height="12" rx="2"/>'
    yield f'<text x="{LEFT + 18}" y="19">现行 before</text>'
    yield f'<line class="after" x1="{LEFT + 116}" x2="{LEFT + 136}" y1="14" y2="14"/>'
    yield f'<text x="{LEFT + 142}" y="19">新版 after</text>'
    yield f'<line class="cut" x1="{LEFT + 228}" x2="{LEFT + 248}" y1="14" y2="14"/>'
    yield f'<text x="{LEFT + 254}" y="19">等级 grades</text>'
