"""Problems of publishing score packs."""

from __future__ import annotations

from app.web.problem import Problem

PACK_PROBLEMS: dict[str, Problem] = {
    "pack-settled": Problem(
        409,
        "该版本已定",
        "This version is settled",
        "该版本已不能更改：{status}。",
        "Nothing more can be done about this version: {status}.",
    ),
    "pack-not-simulated": Problem(
        409,
        "尚未测算",
        "Not simulated yet",
        "请先完成与现行版本对比的测算；测算 30 日内有效。",
        "First let it be simulated against the version in force; a simulation counts for 30 days.",
    ),
    "pack-misfit": Problem(
        409,
        "与其他规则不相容",
        "It does not fit the other packs",
        "与 {day} 施行的各版规则不相容：{problem}。",
        "Beside the packs of {day}: {problem}.",
    ),
    "pack-scheduled": Problem(
        409,
        "另有版本待施行",
        "Another version is coming",
        "第 {version} 版已公告、尚未施行，请先等待或撤回。",
        "Version {version} is announced and not yet in force; wait for it, or withdraw it.",
    ),
}
