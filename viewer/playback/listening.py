"""Where a server listens, and the address at which programs of this machine reach it."""

import socket

HOST = "127.0.0.1"
"""The address of this machine alone."""
# A server listens on every address so. A client cannot connect to it everywhere.
_ANY_ADDRESS = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raise `OSError` if the port is taken. The port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family)
    # Accepted connections inherit it. Without it the second of two small events waits 40 ms for the client's delayed acknowledgement:
    # asyncio switches it on only for sockets that name their protocol, which these do not.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address at which programs of this machine reach a socket that listens."""
    host, port = listening.getsockname()[:2]
    return http_address(host, port)


def http_address(host: str, port: int) -> str:
    """Return the address of a host that listens, such as "http://127.0.0.1:8801" for "0.0.0.0"."""
    host = _ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
