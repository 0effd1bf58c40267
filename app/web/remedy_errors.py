"""The errors of disputes, repairs, statements and pledges: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

REMEDY_PROBLEMS: dict[str, Problem] = {
    "dispute-open": Problem(
        409,
        "异议正在处理",
        "A dispute is open",
        "这条记录的异议正在处理，期间不计分。",
        "This record is disputed already; until that is settled it counts for nothing.",
    ),
    "dispute-needs-evidence": Problem(
        422,
        "请说明新的情况",
        "Say what is new",
        "以同样的理由提过异议，核实后维持。请写明新的情况或证据，或换一个理由。",
        "This record stood against the same ground before. Say what is new, or choose another ground.",
    ),
    "record-settled": Problem(
        409,
        "记录已办结",
        "The record has ended",
        "这条记录已被更正、撤回、修复或到期，不再计分。",
        "This record was corrected, withdrawn or repaired, or has expired; it counts for nothing.",
    ),
    "remedy-answered": Problem(
        409, "已经办结", "It has ended", "这份申请已经办结，见其结果。", "This request has ended; see how."
    ),
    "repair-open": Problem(
        409,
        "修复申请正在处理",
        "A repair is being decided",
        "这条记录的修复申请正在处理。",
        "The repair of this record was asked for already and waits for the department.",
    ),
    "repair-not-needed": Problem(
        409,
        "无需修复",
        "Nothing to repair",
        "只有行政处罚等不利记录需要修复。",
        "Only an adverse record can be repaired.",
    ),
    "repair-too-early": Problem(
        409,
        "还不能申请修复",
        "Too early to repair",
        "依规定，这条记录自 {possible_from} 起可以申请修复。",
        "By the rules of its class this record can be repaired from {possible_from} on.",
        members=("possible_from",),
    ),
    "pledges-full": Problem(
        409,
        "承诺已满",
        "Too many open pledges",
        "进行中的承诺最多 {most} 份，请先完成或撤回。",
        "You may have {most} open pledges; fulfil or withdraw one first.",
    ),
    "pledge-closed": Problem(
        409, "承诺已结束", "The pledge has ended", "这份承诺已完成或已撤回。", "This pledge was fulfilled or withdrawn."
    ),
}
