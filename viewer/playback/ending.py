"""How an answer ended, over HTTP or a WebSocket."""

from typing import Literal

Ending = Literal["complete", "cut", "left by the client", "stopped with the server"]
"""The server closed a connection that was "cut" on purpose."""
