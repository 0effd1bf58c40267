"""What a person is told before opting in (PIPL articles 14 and 17); agreeing names the version that was read."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.wording import Words


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice in force; `sections` are (heading, text)."""

    version: str
    sections: tuple[tuple[Words, Words], ...]


NOTICE = Notice(
    version="2026-2",
    sections=(
        (
            Words("做什么", "What it is"),
            Words(
                "按公开的规则，用您在本市的信用记录算出一个分数。分数只用来给您便利，分数高低都不影响您享受基本公共服务。",
                "A score is worked out from your records in your city by published rules. It only ever gives you"
                " conveniences; basic public services are the same for everyone, whatever the score.",
            ),
        ),
        (
            Words("用哪些信息", "What it reads"),
            Words(
                "只用本市目录列出的事项：志愿服务、无偿献血次数、表彰、守信履约、按期归还与缴费，以及有法定文书的一般和严重行政处罚。"
                "户籍、年龄、性别、民族、宗教、婚姻、家庭、健康、政治面貌、学历、职业、收入、资产、社交、行踪和言论从不计分。",
                "Only the items of your city's catalogue: volunteering, the number of blood donations, commendations,"
                " promises kept, things returned and paid in time, and general or serious administrative penalties with"
                " their legal document. Who you are, what you own, where you go and what you say are never scored.",
            ),
        ),
        (
            Words("向谁取得", "Where it comes from"),
            Words(
                "开通后，我们向本市归集部门查询与您有关的上述记录，部门因此得知您已开通。"
                "按约完成的信用订单，10 个工作日后也记为一条守信记录，只加分；您可以逐笔不记，或全部不记。",
                "Once you opt in we ask your city's departments for these records; they learn that you opted in."
                " A credit order that you keep becomes a good record too, after ten working days; you may refuse any"
                " or all.",
            ),
        ),
        (
            Words("给谁看", "Who sees it"),
            Words(
                "商户只得到“可用”或“普通方式”，得不到您的姓名、分数和理由；等级或分数只在您另行同意后提供。每次查看您都能看到。",
                "A merchant learns only whether the benefit or the ordinary way applies: no name, no score, no reason."
                " Your grade or score is shared only if you agree to that separately. You see every look.",
            ),
        ),
        (
            Words("保存多久", "How long it is kept"),
            Words(
                "每类事项按目录期限保存；行政处罚最长在行为终止后五年内删除。",
                "Each item for its time in the catalogue; a penalty for five years after the act ended at most.",
            ),
        ),
        (
            Words("您的权利", "Your rights"),
            Words(
                "您可以查看每一分的来源，提出异议，要求人工复核，并随时退出；退出后分数和记录即被删除，App 仍可使用。",
                "See where every point comes from, dispute it, ask a person to look again, and leave at any time: your"
                " score and records are then deleted, and the app still works.",
            ),
        ),
    ),
)
"""The notice in force. A new text is a new version."""

WITHOUT_KEPT_PROMISES = frozenset({"2026-1"})
"""Notices that did not say that kept orders become records: whoever agreed to one of them says yes first."""
