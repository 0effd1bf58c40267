"""The errors of partners' keys, caps, versions and of going live: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

PARTNER_PROBLEMS: dict[str, Problem] = {
    "version-unknown": Problem(
        400,
        "没有这个版本",
        "No such version",
        "Xinyi-Version 须为下列之一：{known}。",
        "Xinyi-Version is one of {known}.",
    ),
    "counter-may-not": Problem(
        403,
        "柜台不能做这件事",
        "Not for a counter",
        "此操作须由商户自己的客户端（而非柜台）完成。",
        "This is for the partner's own client, not for a counter.",
    ),
    "keys-enough": Problem(
        409,
        "已有两把有效密钥",
        "Two keys are active",
        "最多两把有效密钥；请先撤销一把。",
        "Two keys at most are active; revoke one first.",
    ),
    "key-known": Problem(
        409,
        "密钥或 kid 已用过",
        "Key or kid used before",
        "此公钥或 kid 用过（包括沙箱和已撤销的）；请另生成一把。",
        "This key or kid was used before, in the sandbox or by a key that is revoked; make a new one.",
    ),
    "key-last": Problem(
        409,
        "最后一把密钥",
        "The last key",
        "这是最后一把有效密钥；请先添加新密钥，或联系信用办。",
        "It is the last active key; add another first, or call the credit office.",
    ),
    "partner-live-already": Problem(
        409,
        "已经上线",
        "Live already",
        "此商户已经上线；正式环境有自己的商户号和密钥。",
        "This merchant is live already, as a partner with an id and keys of its own.",
    ),
    "checklist-open": Problem(
        409,
        "上线条件未满足",
        "The checklist is open",
        "还有未完成的事项，见 errors 和检查清单。",
        "Something is not fulfilled yet; see errors and the checklist.",
    ),
    "statement-not-ready": Problem(
        409,
        "对账单尚未生成",
        "Statement not ready",
        "这一天还没有结束，或对账单正在生成。",
        "This day is not over, or its statement is being made.",
        retryable=True,
    ),
    "partner-cap-fen": Problem(
        422,
        "超过商户单笔上限",
        "Over the partner's cap",
        "此商户单笔最多 {most} 分。",
        "An order of this partner is for {most} fen at most.",
    ),
    "partner-cap-day": Problem(
        429,
        "今日订单已达上限",
        "The day's orders are used up",
        "此商户每天最多 {most} 笔订单，明天再试。",
        "This partner opens {most} orders a day at most; try again tomorrow.",
        retryable=True,
    ),
}
