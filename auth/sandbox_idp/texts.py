"""The login page's words, Chinese and English."""

from __future__ import annotations

TEXTS = {
    "zh": {
        "lang": "zh-CN",
        "title": "实名认证平台（沙箱）",
        "notice": "仅供开发与演示，所有人物均为虚构，请勿输入真实信息。",
        "login": "账号",
        "password": "密码",
        "submit": "登录",
        "wrong": "账号或密码不对，请再试一次。",
        "expired": "页面已过期，请再试一次。",
    },
    "en": {
        "lang": "en",
        "title": "Real-name platform (sandbox)",
        "notice": "For development and demonstration. Every person here is fictional; enter nothing real.",
        "login": "Login",
        "password": "Password",
        "submit": "Log in",
        "wrong": "The login or the password is not right. Please try again.",
        "expired": "This page has expired. Please try again.",
    },
}


def texts_for(ui_locales: str | None, accepted: str | None) -> dict[str, str]:
    """The words in the first language asked for that we speak; Chinese otherwise."""
    for locale in (ui_locales or "").split():
        if locale[:2] in TEXTS:
            return TEXTS[locale[:2]]
    return TEXTS[accepted or "zh"]
