"""Limits that a test sets for itself, and callers at other addresses; ordinary tests never meet a limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from app.web.kit import EXTENSION, Kit
from tests.support.wire import WsgiAdapter

HERE, ELSEWHERE = "198.51.100.1", "203.0.113.9"


def limit(app: Flask, **quotas: str) -> Kit:
    """Let the app have these limits and no scale: `card_scan_client="2/minute"`."""
    kit: Kit = app.extensions[EXTENSION]
    told = ",".join(f"{name.replace('_', '-')}={quota}" for name, quota in quotas.items())
    app.extensions[EXTENSION] = replace(kit, settings=replace(kit.settings, limits=told, limit_scale=1))
    return kit


def placed(address: str) -> dict[str, Any]:
    """Options of a test request that comes from this address."""
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def from_address(app: Flask, address: str) -> WsgiAdapter:
    """What `requests` mounts to reach the app from this address."""

    def moved(environ: dict[str, Any], start_response: Any) -> Any:
        return app({**environ, "REMOTE_ADDR": address}, start_response)

    return WsgiAdapter(moved)
