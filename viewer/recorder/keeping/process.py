"""Start the keeper, tell it of exchanges, and read how each was written."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

# What the keeper has not read when the recorder is killed is lost with the memory of the recorder, unless it is in the pipe. Linux
# gives a pipe 64 KiB, and more if asked, without any rights.
_PIPE_BYTES = 1 << 20


class Answer(NamedTuple):
    """How the keeper wrote an exchange."""

    number: int
    line: str
    """What to log."""
    is_recorded: bool


class KeeperProcess:
    """The keeper, as its recorder sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the keeper needs pipes")
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._waiting: dict[int, bytes] = {}

    def tell(self, number: int, message: bytes) -> None:
        """Send a message of an exchange in the next turn of the event loop, or when the pipe has room for it. Never raise.

        So a block goes to its client first, which need not wait for it, and blocks of several streams cost one system call. At most one
        message of an exchange waits: if blocks come in a burst, all but the last are sent at once.
        """
        if number in self._waiting:
            self._send()
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting[number] = message

    def _send(self) -> None:
        self._stdin.write(b"".join(self._waiting.values()))
        self._waiting.clear()

    async def answers(self) -> AsyncIterator[Answer]:
        """Yield how each exchange was written, until the keeper ends."""
        while line := await self._stdout.readline():
            yield Answer(**json.loads(line))
        await self._process.wait()

    def close(self) -> None:
        """Tell the keeper that nothing follows. It ends when it has written everything."""
        self._send()
        self._stdin.close()


async def start_keeper(folder: Path, *, redact: bool) -> KeeperProcess:
    """Start the keeper. Raise `OSError` if it cannot be started."""
    # The folder that holds `viewer`, wherever in it this module stands.
    root = str(Path(__file__).parents[__name__.count(".")])
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-P",
            "-m",
            "viewer.recorder.keeping.keeper",
            str(folder),
            "redact" if redact else "as it came",
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": search},
        # Neither Ctrl-C nor what ends the process group of the recorder ends the keeper, nor does the end of a terminal.
        start_new_session=True,
    )
    keeper = KeeperProcess(process)
    if process.stdin is not None:
        _enlarge(process.stdin)
    return keeper


def _enlarge(stdin: asyncio.StreamWriter) -> None:
    # Not every system can, and none must.
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - Windows does not have it

        fcntl.fcntl(stdin.get_extra_info("pipe").fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
