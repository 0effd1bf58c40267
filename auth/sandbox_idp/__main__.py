"""`python -m auth.sandbox_idp`: serve the sandbox provider on loopback, many logins at a time.

The client secret comes from the environment (`XINYI_UPSTREAM_CLIENT_SECRET`), because arguments are public.
"""

from __future__ import annotations

import argparse
import os
from urllib.parse import urlsplit

from werkzeug.serving import run_simple

from auth.sandbox_idp import create_idp


def main() -> None:
    """Read the arguments and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m auth.sandbox_idp", description=__doc__)
    parser.add_argument("--accounts", required=True, help="NDJSON file of fictional people")
    parser.add_argument("--issuer", required=True, help="such as http://127.0.0.1:8001; also host and port")
    parser.add_argument("--client-id", default="xinyi")
    parser.add_argument("--redirect-uri", required=True, action="append", dest="redirect_uris")
    parser.add_argument("--state", help="SQLite file; default: next to the accounts")
    args = parser.parse_args()
    idp = create_idp(
        args.accounts,
        args.issuer,
        client_id=args.client_id,
        client_secret=os.environ["XINYI_UPSTREAM_CLIENT_SECRET"],
        redirect_uris=tuple(args.redirect_uris),
        state_path=args.state,
        mode=os.environ.get("XINYI_MODE", "development"),
    )
    where = urlsplit(args.issuer)
    run_simple(where.hostname or "127.0.0.1", where.port or 8001, idp, threaded=True)


if __name__ == "__main__":
    main()
