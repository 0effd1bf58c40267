"""The errors of legal entities: a part of the table in app/web/errors.py."""

from __future__ import annotations

from app.web.problem import Problem

ENTITY_PROBLEMS: dict[str, Problem] = {
    "entity-of-another-department": Problem(
        403,
        "由其他部门登记",
        "Registered by another department",
        "这家机构由其他部门登记，只有该部门可以更新。",
        "Another department registers this entity, and it alone may say what is so.",
    ),
    "entity-facts-older": Problem(
        409,
        "登记信息较旧",
        "Older than what is held",
        "已有截至 {as_of} 的登记信息，较旧的不再写入。",
        "What is held is as of {as_of}; an older state is not written over it.",
    ),
    "entity-not-active": Problem(
        409,
        "机构不在存续状态",
        "Entity not active",
        "只有存续的机构有名片。",
        "Only an active entity has a card.",
    ),
}
