"""The errors of orders, partners and the operators' desk: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

ORDER_PROBLEMS: dict[str, Problem] = {
    "role-missing": Problem(
        403, "角色不符", "Role missing", "此操作需要角色：{roles}。", "This needs one of the roles {roles}."
    ),
    "scenario-not-open": Problem(
        403,
        "场景未开放",
        "Scenario not open to you",
        "此商户不能使用该场景。",
        "This partner may not serve this scenario at present.",
    ),
    "state-conflict": Problem(
        409,
        "订单状态不允许",
        "The order's state does not allow this",
        "订单现为 {status}；可做的操作见 allowed_actions。",
        "The order is {status}; see allowed_actions for what you may do.",
    ),
    "version-stale": Problem(
        412,
        "订单已有变化",
        "The order has changed",
        "订单现为版本 {version}；请先读取再操作。",
        "The order is at version {version}; read it first.",
    ),
    "credit-not-open": Problem(
        409,
        "请按普通方式办理",
        "The ordinary way is open",
        "此刻可按普通方式办理；缘由只给您看，见这笔订单的决定。",
        "At this moment the ordinary way is open; the reasons, for you only, are in the order's decision.",
    ),
    "open-orders-full": Problem(
        409,
        "已有进行中的订单",
        "One is running already",
        "同一服务已有订单在进行；可按普通方式办理，或等它结束。",
        "You have an order of this service running; the ordinary way is open, or wait until it ends.",
    ),
    "external-order-conflict": Problem(
        409,
        "商户订单号已用于其他订单",
        "Order number used for another order",
        "同一 external_order_no 曾用于内容不同的订单。",
        "The same external_order_no opened an order with other fields before.",
    ),
    "pairing-link-not-valid": Problem(
        409,
        "配对链接无效",
        "Pairing link not valid",
        "此链接已过期、已使用或不存在，请商户重新生成。",
        "This link is over, was used or never was; ask for a fresh one.",
    ),
    "scenario-without-orders": Problem(
        422,
        "此场景没有订单",
        "No orders in this scenario",
        "此场景的优惠无需订单，检查即可使用。",
        "What this scenario gives needs no order; the check is enough.",
    ),
    "other-purpose": Problem(
        422,
        "授权用途不同",
        "Another purpose",
        "这份授权不含免逐笔确认；不填 confirmation，订单照常等顾客确认。",
        "Under this consent no order starts without a confirmation; leave it out, and the order awaits the citizen.",
    ),
    "other-scenario": Problem(
        422,
        "不是同一场景",
        "Another scenario",
        "这次扫码或授权只用于它自己的场景。",
        "That scan or consent is for its own scenario only.",
    ),
    "amount-over-limit": Problem(
        422,
        "金额超过上限",
        "Over the limit",
        "金额应在允许范围内，最多 {limit} 分；只有预约类订单为 0。",
        "At most {limit} fen, and above 0 unless it is a reservation.",
    ),
    "amount-mismatch": Problem(
        422,
        "金额不符",
        "Amounts do not add up",
        "项目之和减优惠之和应等于总额，名称不重复。",
        "Items less discounts must be the total; names are unique.",
    ),
    "amount-increase": Problem(
        422, "金额只能下调", "Only downwards", "新金额应低于 {limit} 分。", "The new amount must be below {limit} fen."
    ),
    "time-range-invalid": Problem(
        422,
        "时间不在允许范围",
        "Time out of range",
        "该时间不在允许的范围内。",
        "This time is outside what is allowed.",
    ),
    "payment-failed": Problem(
        409,
        "支付未成功",
        "Payment failed",
        "未扣款，请稍后再试。",
        "Nothing was charged; try again later.",
        retryable=True,
    ),
    "payment-provider-missing": Problem(
        503,
        "支付尚未接通",
        "No payment provider",
        "此城市尚未接通支付，请在商户处付款。",
        "This city has no payment provider yet; pay at the partner's.",
    ),
}
