"""A free port on this machine."""

import os
import socket

from viewer.pages.server.handover_message import HOST

FIRST = 8501
"""Streamlit's own. The same port each time lets a browser find again what it has opened."""
_TRIED = 100


def free_port() -> int:
    """Return the first free port from Streamlit's own on, or any that is free."""
    return next((port for port in range(FIRST, FIRST + _TRIED) if is_free(port)), 0) or _any_port()


def is_free(port: int) -> bool:
    """Tell whether a server can listen on a port. Raise `OverflowError` if there is no such port."""
    with _socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with _socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _socket() -> socket.socket:
    probe = socket.socket()
    # As the server itself does. On Windows it would take a port that is in use.
    if os.name != "nt":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
