"""`xinyi serve`: an address that is taken is refused in one line, because the kernel would share it silently."""

from __future__ import annotations

import socket

import pytest

from app.cli.serving import serve
from app.config import SettingsError


def test_a_taken_address_is_refused_even_where_its_holder_would_share_it() -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        bind = f"127.0.0.1:{holder.getsockname()[1]}"
        with pytest.raises(SettingsError, match=f"cannot listen at {bind}"):
            serve.main(["--bind", bind], standalone_mode=False)
