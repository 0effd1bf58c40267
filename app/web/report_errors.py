"""The errors of credit reports: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

REPORT_PROBLEMS: dict[str, Problem] = {
    "report-code-not-valid": Problem(
        404,
        "核验码已过期或已结束",
        "Expired or ended",
        "此核验码已过期、已由本人结束，或不存在。请向出示人索取新的。",
        "This code has expired, was ended by its person, or never was. Ask whoever showed it for a new one.",
    ),
    "report-links-full": Problem(
        409,
        "可核验的报告已满",
        "Too many live reports",
        "最多同时有 {limit} 份报告可供核验，请先结束一份。",
        "At most {limit} reports can be checked at once; end one first.",
    ),
}
