"""Writes the files in which a demo city's departments hand in what they know (docs/department-files.md)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from app.cli.demo_data.habits import Fact
from app.cli.demo_data.mistakes import MISTAKES_IN_PENALTIES, MISTAKES_IN_RECORDS, Row
from app.cli.demo_data.offices import File
from app.cli.demo_data.plan import THREE_CITIES, Plan
from app.domain.calendar import add_months

RECORD_COLUMNS = {
    "记录编号": "source_record_id", "事项编码": "item", "姓名": "name", "证件号码": "id_number", "发生日期": "event_on",
    "数量": "quantity", "有效期至": "expires_on",
}  # fmt: skip
PENALTY_COLUMNS = (
    "行政相对人名称", "行政相对人类别", "证件类型", "证件号码", "行政处罚决定书文号", "违法行为类型", "违法事实",
    "处罚依据", "处罚类别", "处罚内容", "罚款金额（万元）", "处罚决定日期", "处罚有效期", "公示截止期", "处罚机关",
    "失信信息类别", "是否封存", "备注",
)  # fmt: skip
VIOLATIONS = ("使用无效的车辆营运证从事道路运输经营", "未取得道路运输经营许可，擅自从事道路运输经营")
"""An illustrative 一般 and 严重 violation."""

MISTAKES_IN_RECORD_FILES, MISTAKES_IN_PENALTY_FILES = (12, 400), (2, 15)
"""Rows of a file before its first mistaken row, and between two later ones."""


class Writer:
    """Writes the rows of one file as they come; mistaken rows are extra ones, so that they cost nobody a fact."""

    def __init__(self, stream: IO[str], file: File, today: date, plan: Plan) -> None:
        self.stream, self.file, self.today, self.plan = stream, file, today, plan
        self.rows = 0
        self.mistakes = MISTAKES_IN_PENALTIES if file.penalties else MISTAKES_IN_RECORDS
        self.first, self.every = MISTAKES_IN_PENALTY_FILES if file.penalties else MISTAKES_IN_RECORD_FILES
        self.columns = list(PENALTY_COLUMNS if file.penalties else RECORD_COLUMNS)
        self.csv = csv.writer(stream) if file.name.endswith(".csv") else None
        if self.csv:
            self.csv.writerow(self.columns)

    def add(self, fact: Fact) -> None:
        """Write `fact`, and now and then a mistaken copy of it."""
        row = penalty_row(fact, self._city(fact)) if self.file.penalties else record_row(fact)
        self._write(row)
        self.rows += 1
        turn, rest = divmod(self.rows - self.first, self.every)
        if turn >= 0 and rest == 0:
            self._write(self.mistakes[turn % len(self.mistakes)](row, self.today))

    def _city(self, fact: Fact) -> str:
        return self.plan.homes[fact.person.city].name

    def _write(self, row: Row) -> None:
        if self.csv:
            self.csv.writerow([row[column] for column in self.columns])
            return
        known = {key: row[column] for column, key in RECORD_COLUMNS.items() if row[column] != ""}
        self.stream.write(json.dumps(known, ensure_ascii=False) + "\n")


def write_files(
    folder: Path, facts: Iterable[Fact], today: date, plan: Plan = THREE_CITIES
) -> Mapping[str, tuple[Path, ...]]:
    """Write every department's files below `folder` in one pass over `facts`; department code → its files."""
    paths = {department.code: tuple(folder / department.code / file.name for file in department.files)
             for department in plan.departments}  # fmt: skip
    with ExitStack() as open_files:
        writers = dict(_writers(folder, today, plan, open_files))
        for fact in facts:
            writers[fact.item].add(fact)
    return paths


def _writers(folder: Path, today: date, plan: Plan, open_files: ExitStack) -> Iterator[tuple[str, Writer]]:
    for department in plan.departments:
        (folder / department.code).mkdir(parents=True, exist_ok=True)
        for file in department.files:
            path = folder / department.code / file.name
            stream = open_files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writer = Writer(stream, file, today, plan)
            yield from ((item, writer) for item in file.items)


def record_row(fact: Fact) -> Row:
    """A positive fact by its CSV columns."""
    return {
        "记录编号": fact.number,
        "事项编码": fact.item,
        "姓名": fact.person.name,
        "证件号码": fact.person.id_number,
        "发生日期": fact.event_on.isoformat(),
        "数量": "" if fact.quantity is None else fact.quantity,
        "有效期至": "",
    }


def penalty_row(fact: Fact, city: str) -> Row:
    """An administrative penalty in `city`, its Chinese name, by the columns of the national 双公示 format."""
    serious = fact.item == "penalty_serious"
    shown_until = add_months(fact.event_on, 36 if serious else 12) - timedelta(days=1)
    return dict.fromkeys(PENALTY_COLUMNS, "") | {
        "行政相对人名称": fact.person.name,
        "行政相对人类别": "自然人",
        "证件类型": "居民身份证",
        "证件号码": fact.person.id_number,
        "行政处罚决定书文号": f"{city[0]}交罚〔{fact.event_on.year}〕{fact.person.number}-{fact.nth}号",
        "违法行为类型": VIOLATIONS[serious],
        "处罚依据": "《中华人民共和国道路运输条例》",
        "处罚类别": "罚款",
        "罚款金额（万元）": "3" if serious else "0.3",
        "处罚决定日期": f"{fact.event_on:%Y/%m/%d}",
        "处罚有效期": f"{fact.event_on + timedelta(days=30):%Y/%m/%d}",
        "公示截止期": f"{shown_until:%Y/%m/%d}",
        "处罚机关": f"{city}市交通运输局",
        "失信信息类别": "严重" if serious else "一般",
        "是否封存": "否",
    }
