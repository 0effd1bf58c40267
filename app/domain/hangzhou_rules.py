"""The four rules that Hangzhou gives its model (《信用浙江》2019 no. 2), as measured figures with a mark.

类正态分布 near-normal; 不歧视 no discrimination; 守信有差 good conduct makes a difference; 重大失信显著扣分 heavy
default costs visibly. A concern stops nothing by itself: the second person reads it before approving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.pack import LegalClass, Pack
from app.domain.shape import Shape

SKEWED, PEAKED = 100, 200
"""Most skewness and excess kurtosis, in 1/100, of a curve that is near-normal."""
APART, WIDER = 2, 1
"""Most percent of the range that the means of two cohorts may lie apart, and that they may move apart."""
DIFFERENT, VISIBLE = 1, 2
"""Least percent of the range that good records must add, and that a serious one must cost."""


class Mark(StrEnum):
    """How a rule came out; unknown: too few people to measure, or nothing in the pack that it speaks of."""

    FINE = "pass"
    CONCERN = "concern"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its mark, the figures behind it, and the limits that they were held against (1/100 point, 1/100)."""

    code: str
    mark: Mark
    figures: Mapping[str, int | None]
    limits: Mapping[str, int]


def rules_of(
    pack: Pack, shape: Shape | None, gaps: Mapping[str, tuple[int, int]], means: Mapping[str, int | None]
) -> tuple[Rule, ...]:
    """The four rules. `gaps`: by audit attribute, how far its cohorts lie apart before and after, in 1/100 point.

    `means`, in 1/100 point: of members with `good` records alone, with `none`, with a `serious` one, `no_serious`.
    """
    percent = pack.max - pack.min  # one percent of the range, in 1/100 point
    good = _difference(means["good"], means["none"])
    cost = _difference(means["no_serious"], means["serious"])
    return (
        _near_normal(shape),
        _no_discrimination(gaps, percent),
        _amount("good_conduct", good, {"all_good": _all_good(pack)}, DIFFERENT * percent),
        _amount("heavy_default", cost, {"one_record": _one_serious(pack)}, VISIBLE * percent),
    )


def _near_normal(shape: Shape | None) -> Rule:
    skewness, kurtosis = (shape.skewness, shape.kurtosis) if shape else (None, None)
    mark = Mark.UNKNOWN
    if skewness is not None and kurtosis is not None:
        mark = _mark(abs(skewness) <= SKEWED and abs(kurtosis) <= PEAKED)
    figures = {"skewness": skewness, "kurtosis": kurtosis}
    return Rule("near_normal", mark, figures, {"skewness": SKEWED, "kurtosis": PEAKED})


def _no_discrimination(gaps: Mapping[str, tuple[int, int]], percent: int) -> Rule:
    figures: dict[str, int | None] = {}
    for attribute, (before, after) in sorted(gaps.items()):
        figures |= {f"{attribute}_before": before, f"{attribute}_after": after}
    limits = {"apart": APART * percent, "wider": WIDER * percent}
    fine = all(after <= limits["apart"] and after - before <= limits["wider"] for before, after in gaps.values())
    return Rule("no_discrimination", _mark(fine) if gaps else Mark.UNKNOWN, figures, limits)


def _amount(code: str, measured: int | None, by_pack: Mapping[str, int | None], least: int) -> Rule:
    """A rule about a difference: by the members where enough of them show it, else by the pack's own number."""
    told = measured if measured is not None else next(iter(by_pack.values()))
    mark = _mark(told >= least) if told is not None else Mark.UNKNOWN
    return Rule(code, mark, {"measured": measured, **by_pack}, {"least": least})


def _mark(fine: bool) -> Mark:
    return Mark.FINE if fine else Mark.CONCERN


def _difference(more: int | None, less: int | None) -> int | None:
    return more - less if more is not None and less is not None else None


def _one_serious(pack: Pack) -> int | None:
    """The least that one fresh serious record takes away, in 1/100 point; None where the pack has none."""
    amounts = [
        min(-item.centipoints * indicator.percent(0) // 100, -100 * max(indicator.floor, dimension.floor))
        for dimension in pack.dimensions
        for indicator in dimension.indicators
        for item in indicator.items
        if item.legal_class is LegalClass.SERIOUS
    ]
    return min(amounts, default=None)


def _all_good(pack: Pack) -> int:
    """The most that good records together can add, in 1/100 point."""
    return 100 * sum(
        min(dimension.ceiling, sum(indicator.ceiling for indicator in dimension.indicators))
        for dimension in pack.dimensions
    )
