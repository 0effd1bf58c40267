"""The errors of name cards: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

CARD_PROBLEMS: dict[str, Problem] = {
    "card-with-oneself": Problem(
        409, "不能与自己交换", "Not with oneself", "这是你自己的码。", "This code is your own."
    ),
    "nickname-missing": Problem(
        422,
        "没有昵称",
        "No nickname",
        "请先设置昵称，或选择其他姓名方式。",
        "Set a nickname first, or show your name another way.",
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
