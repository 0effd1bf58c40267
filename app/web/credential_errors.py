"""The errors of wallet credentials: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

CREDENTIAL_PROBLEMS: dict[str, Problem] = {
    "credential-proof-not-valid": Problem(
        422,
        "密钥证明无效",
        "Key proof not valid",
        "须为 openid4vci-proof+jwt：ES256 签名，头部带公钥 jwk，aud 为 {audience}，iat 为现在，带一次性 nonce。",
        "Send an openid4vci-proof+jwt signed by ES256 with its public jwk in the header, aud {audience}, iat now,"
        " and a nonce of one use.",
    ),
    "credential-nonce-not-valid": Problem(
        422,
        "一次性 nonce 无效",
        "Nonce not valid",
        "此 nonce 已过期、已使用或不是给您的，请重新获取。",
        "This nonce is over, was used or is not yours; get a fresh one.",
    ),
    "credential-field-not-carried": Problem(
        422,
        "钱包名片不含该项",
        "Not in a wallet credential",
        "钱包名片不含 {name}。",
        "A wallet credential does not carry {name}.",
    ),
    "credentials-full": Problem(
        409,
        "钱包名片已满",
        "Too many credentials",
        "同时有效的钱包名片最多 {limit} 张，请先作废不用的。",
        "At most {limit} credentials are good at once; revoke those that you do not use.",
    ),
}
