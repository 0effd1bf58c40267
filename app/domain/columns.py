"""The columns of departments' files: what each takes, and which an item needs (docs/department-files.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Refusal
from app.domain.pack import Item, Kind


class Form(StrEnum):
    """What the values of a column look like."""

    NUMBER = "number"
    """The department's own number of a fact: 1-64 letters, digits and `-_./()（）〔〕[]【】`."""
    ITEM = "item"
    TEXT = "text"
    ID_NUMBER = "id-number"
    DAY = "day"
    WHOLE = "whole"
    CLASS = "class"
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in a table, its key in JSON, the form of its values."""

    name: str
    key: str
    form: Form
    required: bool = True


RECORD = (
    Column("记录编号", "source_record_id", Form.NUMBER),
    Column("事项编码", "item", Form.ITEM),
    Column("姓名", "name", Form.TEXT),
    Column("证件号码", "id_number", Form.ID_NUMBER),
    Column("发生日期", "event_on", Form.DAY),
    Column("数量", "quantity", Form.WHOLE, required=False),
    Column("有效期至", "expires_on", Form.DAY, required=False),
)
"""A record file: positive facts."""

PENALTY = (
    Column("行政相对人名称", "name", Form.TEXT),
    Column("行政相对人类别", "subject_type", Form.TEXT, required=False),
    Column("证件号码", "id_number", Form.ID_NUMBER),
    Column("行政处罚决定书文号", "document_no", Form.NUMBER),
    Column("违法行为类型", "violation_type", Form.TEXT),
    Column("处罚依据", "basis", Form.TEXT, required=False),
    Column("处罚类别", "penalty_type", Form.TEXT),
    Column("处罚决定日期", "event_on", Form.DAY),
    Column("处罚有效期", "ended_on", Form.DAY),
    Column("公示截止期", "expires_on", Form.DAY),
    Column("处罚机关", "issuer", Form.TEXT),
    Column("失信信息类别", "class", Form.CLASS),
    Column("是否封存", "sealed", Form.YES_NO, required=False),
    Column("记录编号", "source_record_id", Form.NUMBER, required=False),
)
"""A penalty file: the national 双公示 columns that are read."""

NEITHER_READ_NOR_KEPT = (
    "证件类型", "统一社会信用代码", "法定代表人", "违法事实", "处罚内容", "罚款金额（万元）", "备注",
    "没收违法所得、没收非法财物的金额（万元）", "暂扣或吊销证照名称及编号", "处罚机关统一社会信用代码",
    "数据来源单位", "数据来源单位统一社会信用代码",
)  # fmt: skip
"""Other columns of the national penalty format that may be present."""

MARK = "行政处罚决定书文号"
"""A table with this column is a penalty file; any other is a record file."""

DAYS = frozenset(column.key for column in (*RECORD, *PENALTY) if column.form is Form.DAY)


def _plain(heading: str) -> str:
    """A heading without the width and space that office programs vary: 罚款金额(万元) is 罚款金额（万元）."""
    return "".join(unicodedata.normalize("NFKC", heading).split())


_PENALTY: Mapping[str, str | None] = {_plain(name): None for name in NEITHER_READ_NOR_KEPT} | {
    column.name: column.key for column in PENALTY
}
_RECORD: Mapping[str, str | None] = {column.name: column.key for column in RECORD}


def keys_of(header: Iterable[str]) -> list[str | None]:
    """The key of each column of a table, None for one that is neither read nor kept.

    Raises Refusal `column-unknown`, `column-repeated` or `column-missing`.
    """
    headings = [_plain(heading) for heading in header]
    known, columns = (_PENALTY, PENALTY) if MARK in headings else (_RECORD, RECORD)
    for heading in headings:
        if heading not in known:
            raise Refusal("column-unknown", column=_shown(heading))
        if headings.count(heading) > 1:
            raise Refusal("column-repeated", column=heading)
    for column in columns:
        if column.required and column.name not in headings:
            raise Refusal("column-missing", column=column.name)
    return [known[heading] for heading in headings]


def _shown(heading: str) -> str:
    """An unknown heading, for its sender to find; a table without a header would have a person's data here."""
    return heading[:40] if heading and not any(char.isdigit() for char in heading) else "?"


def columns_of(item: Item) -> Sequence[Column]:
    """The columns of a file that holds nothing but this item; the quantity is required where the item has a unit."""
    if item.kind is Kind.ADVERSE:
        return PENALTY
    counted = Column("数量", "quantity", Form.WHOLE)
    return [
        counted if column.key == "quantity" else column
        for column in RECORD
        if column.key != "quantity" or item.min_quantity is not None
    ]
