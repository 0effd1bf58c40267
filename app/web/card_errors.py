"""The errors of name cards: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

CARD_PROBLEMS: dict[str, Problem] = {
    "card-with-oneself": Problem(
        409,
        "不能与自己交换",
        "Not with oneself",
        "这是您自己的码，请输入对方的码。",
        "This code is your own; enter theirs.",
    ),
    "card-withdrawn": Problem(
        409,
        "名片已不再展示",
        "No longer shown",
        "这张名片已不再展示；需要时请重新交换。",
        "This card is no longer shown; exchange anew where you need to.",
    ),
    "nickname-missing": Problem(
        422,
        "没有昵称",
        "No nickname",
        "请先设置昵称，或选择其他姓名方式。",
        "Set a nickname first, or show your name another way.",
    ),
    "nickname-with-number": Problem(
        422,
        "昵称里不能有数字",
        "No digits in the nickname",
        "摇一摇靠号码认人，昵称里请不要有数字；可以只为这一次另取一个。",
        "People are told apart by their numbers here: choose a nickname without digits, for this once if you like.",
    ),
    "shake-place-full": Problem(
        409,
        "这里的人太多",
        "Too many here",
        "附近的号码都用完了，请过半分钟再试，或扫码交换。",
        "Every number is taken around here; try again in half a minute, or exchange by code.",
        retryable=True,
    ),
    "shake-over": Problem(
        409,
        "这一次已结束",
        "It is over",
        "三十秒已到或已停止，请重新开始。",
        "The thirty seconds are over; begin again.",
    ),
    "shake-not-met": Problem(
        409,
        "没有对上",
        "Not met",
        "没有这样一位正在摇、并且号码相符的人；请与对方核对号码后再试。",
        "Nobody around who is ready for this has that number; compare the numbers and try again.",
    ),
    "entity-unsaid": Problem(
        422,
        "请选择机构",
        "Which entity?",
        "您在多家机构有身份，请用 entity 说明出示哪一个。",
        "You have a role in several entities; say in entity which one to show.",
    ),
    "entity-not-yours": Problem(
        422,
        "没有这个身份",
        "No such role",
        "您在这家机构没有可以出示的身份。",
        "You have no role in this entity that could be shown.",
    ),
    "presets-full": Problem(
        409,
        "预设已满",
        "No room for more presets",
        "最多保存 {limit} 个，请先删除一个。",
        "At most {limit} are kept; delete one first.",
    ),
    "picture-too-small": Problem(
        422,
        "图片过小",
        "Picture too small",
        "较短的一边至少要有 {least} 像素。",
        "Its shorter side needs at least {least} pixels.",
    ),
    "picture-animated": Problem(
        422,
        "不能用动图",
        "Animated pictures are not taken",
        "请换一张静态图片。",
        "Send a picture that does not move.",
    ),
    "card-too-large": Problem(
        422,
        "勾选过多",
        "Too much for one card",
        "从 {name} 起超出离线名片的 {limit} 字节，请少选一些。",
        "From {name} on the card is over its {limit} bytes; tick less.",
    ),
    "card-field-not-for-purpose": Problem(
        422,
        "此用途不能出示该项",
        "Not for this purpose",
        "用途 {purpose} 不含 {name}。",
        "The purpose {purpose} does not include {name}.",
    ),
    "picture-unreadable": Problem(
        422,
        "图片打不开",
        "The picture does not open",
        "图片不完整，或与所说的格式不符。",
        "The picture is cut off, or of another format than it says.",
    ),
    "picture-too-large": Problem(
        422,
        "图片过大",
        "The picture is too large",
        "图片超过 {limit} 百万像素，请缩小后再试。",
        "The picture has over {limit} million pixels; send it smaller.",
    ),
}
