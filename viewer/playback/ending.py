"""How an answer ended."""

from typing import Literal

Ending = Literal["complete", "cut", "left by the client", "stopped with the server"]
"""How an answer ended. "cut" is a connection that the server closed on purpose."""
