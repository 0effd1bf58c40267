"""Mistakes as departments make them; each takes a right row and gives a wrong one of another number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

Row = Mapping[str, object]
Mistake = Callable[[Row, date], Row]


def _record(row: Row, **wrong: object) -> Row:
    return {**row, "记录编号": f"{row['记录编号']}-X", **wrong}


def _penalty(row: Row, **wrong: object) -> Row:
    return {**row, "行政处罚决定书文号": f"{row['行政处罚决定书文号']}之二", **wrong}


def _mistyped(id_number: object) -> str:
    """The number with its check digit wrong."""
    text = str(id_number)
    return text[:-1] + ("1" if text[-1] != "1" else "2")


MISTAKES_IN_RECORDS: tuple[Mistake, ...] = (
    lambda row, today: _record(row, 证件号码=_mistyped(row["证件号码"])),
    lambda row, today: _record(row, 发生日期=""),
    lambda row, today: _record(row, 发生日期=(today + timedelta(days=30)).isoformat()),
    lambda row, today: _record(row, 事项编码="late_parcel"),
    lambda row, today: _record(row, 姓名="某某"),
    lambda row, today: _record(row, 发生日期="2026-02-30"),
)
MISTAKES_IN_PENALTIES: tuple[Mistake, ...] = (
    lambda row, today: _penalty(row, 失信信息类别="轻微"),
    lambda row, today: _penalty(row, 是否封存="是"),
    lambda row, today: _penalty(row, 公示截止期="2099/12/31"),
    lambda row, today: _penalty(row, 处罚决定日期=""),
)
