"""The errors of webhooks: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

WEBHOOK_PROBLEMS: dict[str, Problem] = {
    "webhook-endpoints-full": Problem(
        409,
        "回调地址已满",
        "No more endpoints",
        "每个模式最多 {limit} 个回调地址，请先删除一个。",
        "A partner has at most {limit} endpoints in a mode; delete one first.",
    ),
    "webhook-endpoint-disabled": Problem(
        409,
        "回调地址已停用",
        "Endpoint disabled",
        "没有启用的回调地址；请先用 PATCH 启用。",
        "No endpoint is enabled; enable it by PATCH first.",
    ),
}
