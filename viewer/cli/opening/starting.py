"""Starting a viewer in this process."""

import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

from viewer.cli.opening.browser import open_browser
from viewer.cli.opening.ports import is_free
from viewer.cli.opening.running import Running, forget_running, note_running
from viewer.cli.output import Status, warn, write_lines
from viewer.pages.server.handover_message import Answer, Asked

if TYPE_CHECKING:
    from viewer.pages.server.handover import HandOver

_REPEATED_WITHIN_S = 1.0
NO_BROWSER = "found no browser to open; open the address yourself."


class PortTakenError(Exception):
    """Another program has taken the port while this one was getting ready."""


def _taken(port: int) -> PortTakenError:
    return PortTakenError(f"port {port} was taken a moment ago.")


def start(port: int, build: str, asked: Asked, *, with_browser: bool) -> int:
    """Open what is asked for, and serve it until Ctrl-C. Return the exit status. Raise `PortTakenError` if that cannot begin."""
    from viewer.pages.server.handover import HandOver  # noqa: PLC0415 - imports Streamlit

    handover = HandOver()
    answer = handover.take(asked)
    for line in answer.refused:
        warn(line)
    if not answer.path:
        return Status.FAILED
    # Streamlit has been imported and the files have been read, which takes a second.
    if not is_free(port):
        raise _taken(port)
    if not asked.sources and (missing := handover.missing_samples()):
        warn(missing)
    status = _serve(Running(port, secrets.token_urlsafe(), build), handover, answer, with_browser=with_browser)
    return Status.FAILED if answer.refused else status


def _serve(running: Running, handover: "HandOver", answer: Answer, *, with_browser: bool) -> int:
    """Serve until Ctrl-C. While the server runs, other calls of this user find it. Return the exit status."""
    from viewer.pages.serving import serve  # noqa: PLC0415 - imports Streamlit

    serves = Event()
    notes: list[Path] = []
    status = Status.DONE

    @asynccontextmanager
    async def announced() -> AsyncIterator[None]:
        serves.set()
        _drop_repeated_interrupts()
        try:
            notes.append(note_running(running))
        except OSError as error:
            warn(f"the next call will start a viewer of its own, because this one cannot be noted: {error}.")
        _announce(running, answer, with_browser=with_browser)
        yield

    def interrupt(*_: object) -> None:
        # While the server runs, it takes Ctrl-C itself, and raises it once more when it has ended.
        if not serves.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        serve(running.port, handover, running.token, announced)
    except SystemExit:
        # Streamlit has said why.
        status = Status.FAILED
    finally:
        # Nothing is left that Ctrl-C could end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Not in `announced`: an impatient Ctrl-C ends the server without leaving it.
        for path in notes:
            forget_running(path, running)
    if status == Status.FAILED and not serves.is_set() and not is_free(running.port):
        signal.signal(signal.SIGINT, before)
        raise _taken(running.port)
    return status


def _drop_repeated_interrupts() -> None:
    """Let one Ctrl-C reach the server once: `uv` passes on what the terminal has sent to both. A later one ends it at once."""
    server = signal.getsignal(signal.SIGINT)
    times_s: list[float] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if callable(server) and (not times_s or now_s - times_s[0] > _REPEATED_WITHIN_S):
            server(number, frame)
        times_s.append(now_s)

    signal.signal(signal.SIGINT, interrupt)


def _announce(running: Running, answer: Answer, *, with_browser: bool) -> None:
    address = running.address + answer.path
    say_where("The viewer runs until Ctrl-C", address)
    if with_browser:
        # Some browsers keep whoever opens them waiting.
        Thread(target=_open, args=(address,), name="browser", daemon=True).start()


def say_where(what: str, address: str) -> None:
    """Write where the viewer is, at once and in one line that ends with the address."""
    write_lines([f"{what}: {address}"])
    sys.stdout.flush()


def _open(address: str) -> None:
    if not open_browser(address):
        warn(NO_BROWSER)
