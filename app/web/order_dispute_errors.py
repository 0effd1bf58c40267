"""The errors of disputes of orders: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

ORDER_DISPUTE_PROBLEMS: dict[str, Problem] = {
    "dispute-needs-bill": Problem(
        422,
        "还没有账单",
        "There is no bill yet",
        "还没有账单，金额或付款暂不能提出异议；可就服务本身提出。",
        "There is no bill yet, so neither its amount nor a payment can be disputed; the service can.",
    ),
    "disputes-full": Problem(
        409,
        "异议次数已满",
        "Disputed often enough",
        "同一订单最多提出 {limit} 次异议，请联系信用办。",
        "An order can be disputed {limit} times; please turn to the credit office.",
    ),
    "dispute-settled": Problem(
        409, "异议已办结", "The dispute is settled", "这次异议已经办结，见其结果。", "This dispute is settled; see how."
    ),
    "dispute-answered": Problem(
        409,
        "已经答复",
        "Answered already",
        "您已答复一次；可按顾客的意思了结，或等待信用办。",
        "You have answered once; settle it by an amount, or leave it to the credit office.",
    ),
    "dispute-waits": Problem(
        409,
        "商户还没有答复",
        "The partner has not answered yet",
        "请先等商户答复；到期没有答复，自动转信用办。",
        "Wait for the partner's answer first; left open too long, it goes to the credit office by itself.",
    ),
}
