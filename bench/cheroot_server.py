"""cheroot as a city would run it: forked processes that share a port. For bench/web_servers.py."""

from __future__ import annotations

import os
import signal
import sys

from cheroot import wsgi

from app import create_app


def main() -> None:
    """Serve at the host and port of the command line, in so many processes of so many threads, until SIGTERM."""
    host, port, processes, threads = sys.argv[1], *map(int, sys.argv[2:5])
    children = [pid for _ in range(processes - 1) if (pid := os.fork())]

    def stop(*_: object) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)
        sys.exit()

    signal.signal(signal.SIGTERM, stop)
    server = wsgi.Server((host, port), create_app(), numthreads=threads, reuse_port=True, request_queue_size=128)
    server.safe_start()


if __name__ == "__main__":
    main()
