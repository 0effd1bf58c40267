"""A rich made-up report: long names, rare characters, disputes, statements with emoji, many records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.domain.report import (
    Dispute,
    Item,
    Kind,
    Line,
    Named,
    Record,
    Report,
    Score,
    Source,
    Subject,
)

DAY = date(2026, 3, 2)
MADE_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LONG_SOURCE = "厦门市思明区人力资源和社会保障局劳动保障监察与农民工工资支付保障联合服务中心"
STATEMENT = "当时我在医院照顾家人🏥，收到通知时已过期限；同日即缴清👍。𠮷田先生与䶮女士可以作证。"
VOLUNTEER = Named("volunteer", "厦门市志愿服务联合会")
PENALTY = Named("market", LONG_SOURCE)


def example_report(kind: Kind = Kind.CITIZEN, *, records: int = 24) -> Report:
    """A report in Chinese with `records` records that add up; the same on every call."""
    facts = [_fact(number) for number in range(records - 2)]
    points = sum(float(item.points) for item in map(_item, facts))
    return Report(
        id="rpt_example",
        kind=kind,
        language="zh",
        made_at=MADE_AT,
        subject=_subject(kind),
        score=_score(points) if kind is Kind.CITIZEN else None,
        score_note=None if kind is Kind.CITIZEN else "法人没有信用分。",
        items=tuple(map(_item, facts)) if kind is Kind.CITIZEN else (),
        records=(*facts, _adverse("rec_disputed", disputed=True), _adverse("rec_stated", disputed=False)),
        records_note=None,
        sources=(Source(VOLUNTEER.code, VOLUNTEER.name, records - 2), Source(PENALTY.code, PENALTY.name, 2)),
        law=(
            Line("《个人信息保护法》第四十五条", "个人有权向个人信息处理者查阅、复制其个人信息。"),
            Line("《征信业管理条例》第十六条", "不良信息自行为终止之日起保存五年，逾期删除；信息主体可以作出说明。"),
        ),
        legend=(Line("争议中", "本人已提出异议；处理完毕前，此记录不计分。"), Line("有效期至", "自该日起不再展示。")),
        notice=("本报告不是法律意见。", "任何人不得强制要求出示本报告；不出示，服务照常办理。"),
    )


def _subject(kind: Kind) -> Subject:
    if kind is Kind.ENTITY:
        name = "厦门䶮𠮷跨境电子商务供应链管理与文化创意产业发展有限责任公司"
        return Subject(name, name, (Line("统一社会信用代码", "91990000MA00000000"), Line("登记状态", "存续")))
    facts = (Line("城市", "厦门"), Line("实名等级", "实名实人"), Line("开通日期", "2025年9月1日"))
    return Subject("买**************提", "买买提江·阿卜杜热合曼·䶮𠮷提", facts)


def _score(points: float) -> Score:
    sums = (Line("基础分", "600"), Line("公益贡献", f"{points:+g}"), Line("取整", "0"))
    return Score(
        points=int(600 + points),
        grade=Named("good", "优秀"),
        as_of=DAY,
        pack=Named("egret", "白鹭分"),
        pack_version=3,
        illustrative=True,
        least=0,
        most=1000,
        sums=sums,
    )


def _fact(number: int) -> Record:
    return Record(
        id=f"rec_{number:02}",
        name="志愿服务",
        kind="positive",
        source=VOLUNTEER,
        event_on=DAY - timedelta(days=9 * number + 1),
        expires_on=DAY + timedelta(days=700),
        status=Named("active", "有效"),
        because=None,
        quantity=f"{number + 1} 小时",
        details=(),
        statement=STATEMENT if number == 3 else None,
        dispute=None,
    )


def _item(fact: Record) -> Item:
    rule = "每条 +2.50 分；满 12 个月后保留 80%"
    return Item(fact.id, "公益贡献", fact.name, fact.source.name, fact.event_on, "+2.5", rule)


def _adverse(record_id: str, *, disputed: bool) -> Record:
    asked = Dispute(Named("untrue", "不属实"), DAY - timedelta(days=3), DAY + timedelta(days=17), _waiting())
    return Record(
        id=record_id,
        name="市场监督管理行政处罚",
        kind="adverse",
        source=PENALTY,
        event_on=DAY - timedelta(days=60),
        expires_on=DAY + timedelta(days=120),
        status=Named("disputed", "争议中") if disputed else Named("active", "有效"),
        because=Named("disputed", "争议中，不计分") if disputed else None,
        quantity=None,
        details=(Line("文书号", "厦市监处罚〔2026〕第990000号"), Line("作出机关", LONG_SOURCE), Line("类别", "一般")),
        statement=STATEMENT * 3,
        dispute=asked if disputed else None,
    )


def _waiting() -> Named:
    return Named("submitted", "等待部门答复")
