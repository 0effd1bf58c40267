"""The errors of the sandbox and of limited offers: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

SANDBOX_PROBLEMS: dict[str, Problem] = {
    "sandbox-only": Problem(
        403,
        "仅限沙箱",
        "Sandbox only",
        "此接口只对沙箱凭证开放；正式凭证不能模拟任何事。",
        "This is for sandbox credentials; nothing is simulated with live ones.",
    ),
    "sandbox-citizens-full": Problem(
        409,
        "测试用户已满",
        "No more test citizens",
        "最多同时有 {limit} 个测试用户，请先删除一些。",
        "At most {limit} test citizens at a time; delete some first.",
    ),
    "sandbox-orders-full": Problem(
        409,
        "测试订单已满",
        "No more test orders",
        "测试用户最多有 {limit} 笔订单，请先删除一些测试用户或重置沙箱。",
        "Your test citizens have {limit} orders at most; delete some of them first, or reset the sandbox.",
    ),
    "sandbox-busy": Problem(
        409,
        "沙箱正在变动",
        "The sandbox is being moved",
        "沙箱时钟正在移动或正在重置，请稍后以同一 Idempotency-Key 重试。",
        "Its clock is being moved, or it is being reset; ask again in a moment with the same Idempotency-Key.",
    ),
    "sandbox-outcome-not-open": Problem(
        409,
        "此场景目前没有这种结果",
        "No such outcome at present",
        "该场景今天对任何人都不会给出这种结果，例如尚未生效。",
        "The scenario gives nobody this outcome today, such as before it is in force.",
    ),
    "sandbox-order-of-a-person": Problem(
        409,
        "不是测试用户的订单",
        "Not a test citizen's order",
        "只有测试用户可以被模拟；这笔订单由本人在 App 中办理。",
        "Only test citizens are simulated; this order is for its citizen to act on in the app.",
    ),
    "offer-full-today": Problem(
        409,
        "今日名额已满",
        "None left today",
        "今天的名额已经用完；可按普通方式办理，或明天再来。",
        "Today's places are taken; the ordinary way is open, or come again tomorrow.",
    ),
    "sandbox-clock-too-far": Problem(
        422,
        "时间超出范围",
        "Too far ahead",
        "沙箱时间最多可比实际时间快 {limit} 秒。",
        "The sandbox may be at most {limit} seconds ahead of our clock.",
    ),
}
