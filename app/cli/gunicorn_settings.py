"""gunicorn's settings: threads, because requests wait for PostgreSQL; forked from one loaded app, so up in no time."""

from __future__ import annotations

import gc

YOUNG_MOST = 50_000
"""A request makes some thousand objects and lets go of them; at Python's 700 each is counted many times over."""

worker_class = "gthread"
preload_app = True  # the app opens no connection before the fork
timeout = 30
graceful_timeout = 15
keepalive = 2
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_fork(_server: object, _worker: object) -> None:
    """Leave what was loaded before the fork out of every collection: it lives as long as the process."""
    gc.freeze()
    gc.set_threshold(YOUNG_MOST)
