"""The one shape of errors (RFC 9457, api.md Conventions): every code, its status and its words."""

from __future__ import annotations

from app.web.card_errors import CARD_PROBLEMS
from app.web.credential_errors import CREDENTIAL_PROBLEMS
from app.web.entity_errors import ENTITY_PROBLEMS
from app.web.file_errors import FILE_PROBLEMS
from app.web.offer_errors import OFFER_PROBLEMS
from app.web.order_dispute_errors import ORDER_DISPUTE_PROBLEMS
from app.web.order_errors import ORDER_PROBLEMS
from app.web.pack_errors import PACK_PROBLEMS
from app.web.partner_errors import PARTNER_PROBLEMS
from app.web.problem import Problem
from app.web.remedy_errors import REMEDY_PROBLEMS
from app.web.report_errors import REPORT_PROBLEMS
from app.web.sandbox_errors import SANDBOX_PROBLEMS
from app.web.webhook_errors import WEBHOOK_PROBLEMS

PROBLEMS: dict[str, Problem] = {
    "malformed-request": Problem(
        400, "请求无法解析", "Malformed request", "请求体不是有效的 JSON。", "The body is not valid JSON."
    ),
    "bad-request": Problem(400, "请求有误", "Bad request", "请求不符合要求。", "The request is not well formed."),
    "idempotency-key-missing": Problem(
        400,
        "缺少幂等键",
        "Idempotency key missing",
        "请在 Idempotency-Key 头中给出 1-255 个可打印 ASCII 字符。",
        "Send an Idempotency-Key header of 1-255 printable ASCII characters.",
    ),
    "invalid-token": Problem(
        401,
        "令牌无效",
        "Invalid token",
        "访问令牌缺失、过期或无效。",
        "The access token is missing, expired or invalid.",
    ),
    "invalid-dpop-proof": Problem(
        401, "持有证明无效", "Invalid DPoP proof", "DPoP 证明缺失或无效。", "The DPoP proof is missing or invalid."
    ),
    "use-dpop-nonce": Problem(
        401,
        "持有证明需要随机数",
        "DPoP nonce needed",
        "请在 DPoP 证明中使用本答复 DPoP-Nonce 头给出的随机数后重试。",
        "Repeat with a DPoP proof that carries the nonce of this answer's DPoP-Nonce header.",
    ),
    "insufficient-user-authentication": Problem(
        401,
        "请重新登录",
        "Log in again",
        "这一步需要您在五分钟内登录过，请重新登录后再试。",
        "This step needs a login of the last five minutes; log in again, then repeat it.",
    ),
    "second-factor-missing": Problem(
        401,
        "需要动态验证码",
        "Second factor missing",
        "工作台须以动态验证码登录，请重新登录。",
        "The desk needs a login with a one-time code; log in again.",
    ),
    "insufficient-scope": Problem(
        403, "权限不足", "Insufficient scope", "此令牌不含所需权限：{scope}。", "This token lacks the scope {scope}."
    ),
    "not-found": Problem(
        404, "未找到", "Not found", "没有这个对象，或它不属于你。", "No such object, or it is not yours."
    ),
    "method-not-allowed": Problem(
        405, "方法不允许", "Method not allowed", "此路径不接受这个方法。", "This path does not take this method."
    ),
    "idempotency-key-in-use": Problem(
        409,
        "请求仍在处理",
        "Request still running",
        "带同一幂等键的请求仍在处理。",
        "A request with the same idempotency key is still running.",
        retryable=True,
    ),
    "body-too-large": Problem(413, "请求体过大", "Body too large", "请求体超过上限。", "The body is over the limit."),
    "unsupported-media-type": Problem(
        415, "媒体类型不支持", "Unsupported media type", "请使用 {expected}。", "Send {expected}."
    ),
    "validation": Problem(
        422, "内容有误", "Validation failed", "请查看 errors 中的每一项。", "See each entry of errors."
    ),
    "idempotency-key-reused": Problem(
        422,
        "幂等键已用于其他请求",
        "Idempotency key reused",
        "同一幂等键曾用于内容不同的请求。",
        "The same idempotency key came with another body before.",
    ),
    "code-not-valid": Problem(
        409,
        "码已失效",
        "Code not valid",
        "此码已过期或已使用，请对方重新出示。",
        "This code is over or was used; ask for a fresh one.",
    ),
    "login-needed": Problem(
        409,
        "请重新登录",
        "Log in again",
        "退出时已删除姓名，请重新登录后再试。",
        "Your name was deleted when you left; log in again first.",
    ),
    "scenario-unknown": Problem(
        422, "没有这个场景", "No such scenario", "没有这个代码的场景。", "No scenario has this code."
    ),
    "scan-not-valid": Problem(
        409,
        "扫码已失效",
        "Scan not valid",
        "此次扫码已超过 15 分钟，或不能用于此操作，请对方重新出示码。",
        "This scan is over its 15 minutes or cannot be used for this; ask for a fresh code.",
    ),
    "consent-not-found": Problem(
        404, "没有有效授权", "No such consent", "没有这样一份有效的授权。", "There is no such consent in force."
    ),
    "partner-suspended": Problem(
        403, "商户已暂停", "Partner suspended", "此商户目前不能服务。", "This partner cannot serve at present."
    ),
    "approval-pending": Problem(
        409,
        "已在等待审批",
        "Waiting already",
        "同样的操作已在等待另一人审批。",
        "The same action waits for approval already.",
    ),
    "approval-decided": Problem(
        409, "已经办结", "Decided already", "这份审批已办结：{status}。", "This proposal is closed: {status}."
    ),
    "approval-own": Problem(
        403,
        "须由另一人审批",
        "Another person must approve",
        "提出的人和被涉及的人不能审批。",
        "Neither the one who proposed it nor the one whom it is about may approve it.",
    ),
    "approval-stale": Problem(
        409,
        "情况已变",
        "Things have changed",
        "提出之后对象已有变化，请退回后重新提出。",
        "Its target has changed since; turn it down and propose it anew.",
    ),
    "review-open": Problem(
        409, "复核处理中", "Review open", "已申请人工复核，正在处理。", "A person was asked already, and will answer."
    ),
    "review-answered": Problem(
        409, "复核已办结", "Answered already", "这次复核已经答复。", "This review has been answered."
    ),
    "correction-open": Problem(
        409,
        "已有更正申请在处理",
        "A correction is open",
        "同一项已有更正申请在处理。",
        "A request about the same field is waiting for its answer.",
    ),
    "correction-answered": Problem(
        409,
        "更正申请已办结",
        "Answered already",
        "这份更正申请已经办结。",
        "This request for correction is closed.",
    ),
    "not-enrolled": Problem(
        404, "尚未开通", "Not opted in", "你还没有开通信用分。", "You have not opted in to a score."
    ),
    "score-pending": Problem(
        409,
        "正在计算",
        "Score pending",
        "正在向各部门查询你的记录，请稍后再看。",
        "The departments are being asked for your records; look again soon.",
        retryable=True,
    ),
    "city-without-score": Problem(
        409, "本市没有信用分", "No score in this city", "你的城市还没有信用分。", "Your home city has no score."
    ),
    "not-an-adult": Problem(
        409, "未满十八周岁", "Adults only", "年满十八周岁后才能开通。", "You can opt in from your 18th birthday on."
    ),
    "notice-outdated": Problem(
        409,
        "告知书已更新",
        "Notice has changed",
        "请阅读现行版本 {version} 后再同意。",
        "Read the version in force, {version}, and agree to that.",
    ),
    "too-many-requests": Problem(
        429,
        "请求过于频繁",
        "Too many requests",
        "已达到限额 {policy}，请在 {seconds} 秒后再试。",
        "The limit {policy} is reached; try again in {seconds} seconds.",
        retryable=True,
        members=("violated_policies",),
    ),
    "internal-error": Problem(
        500,
        "系统错误",
        "Internal error",
        "系统出错，没有任何更改。",
        "Something failed; nothing was changed.",
        retryable=True,
    ),
    "not-built": Problem(501, "尚未提供", "Not built yet", "此功能尚未提供。", "This is not built yet."),
    "temporarily-unavailable": Problem(
        503, "暂时不可用", "Temporarily unavailable", "请稍后再试。", "Please try again later.", retryable=True
    ),
    **CARD_PROBLEMS,
    **CREDENTIAL_PROBLEMS,
    **ENTITY_PROBLEMS,
    **FILE_PROBLEMS,
    **ORDER_PROBLEMS,
    **ORDER_DISPUTE_PROBLEMS,
    **PARTNER_PROBLEMS,
    **SANDBOX_PROBLEMS,
    **REMEDY_PROBLEMS,
    **PACK_PROBLEMS,
    **OFFER_PROBLEMS,
    **WEBHOOK_PROBLEMS,
    **REPORT_PROBLEMS,
}
