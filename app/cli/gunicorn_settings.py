"""gunicorn's settings: threads, because requests wait for PostgreSQL; forked from one loaded app, so up in no time."""

from __future__ import annotations

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
