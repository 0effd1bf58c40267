"""What is fixed about partners: versions of their interface, roles of their contacts, the way to live."""

from __future__ import annotations

VERSIONS = ("2026-11-21",)
"""Every version of the partner interface that is answered, oldest first (payscore-anchors.md section 4.4)."""
CONTACT_ROLES = ("technical", "business", "complaints")
"""Who answers for the interface, for the contract, and to citizens."""
CHECKLIST = (
    "contacts",
    "website",
    "scenarios",
    "sandbox-key",
    "order-completed",
    "repeat-answered",
    "events-heard",
    "statement-read",
    "live-key",
    "not-suspended",
)
"""What a partner shows in the sandbox before it goes live, in this order."""
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""The members of a JWK that are nobody's but its owner's (RFC 7518 section 6)."""
