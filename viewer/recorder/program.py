"""Run one program in place of this one: with the same terminal, the same signals and the same exit status."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

# What a shell returns for a program that cannot be run, or is not found.
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_BY_SIGNAL = 128
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")


def run_program(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program and return its exit status: its own, or 128 and the number of the signal that ended it.

    Signals that this process gets are sent to the program. Of those that a terminal sends to both, such as Ctrl-C, the program gets one.

    Raises:
        ProgramError: the program cannot be run.
    """
    with _held_signals() as held:
        try:
            # The user typed this command.
            process = subprocess.Popen(list(arguments), env=dict(environment))  # noqa: S603
        except OSError as error:
            status = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
            raise ProgramError(f"{arguments[0]} cannot be run: {error.strerror}.", status) from error
        held.forward_to(process)
        status = process.wait()
    return status if status >= 0 else _BY_SIGNAL - status


class ProgramError(Exception):
    """A program cannot be run. The message says why."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        """What a shell would return."""


class _HeldSignals:
    """Signals for a program, which may not have begun when they come."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def receive(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._waiting.append(number)
        else:
            self._process.send_signal(number)

    def forward_to(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        for number in self._waiting:
            process.send_signal(number)


@contextmanager
def _held_signals() -> Iterator[_HeldSignals]:
    """Take the signals of this process."""
    held = _HeldSignals()
    before = {}
    for name in (*_FORWARDED, *_FROM_TERMINAL):
        number = getattr(signal, name, None)
        # What whoever started this process ignores, such as `nohup`, is ignored by the program too.
        if number is None or signal.getsignal(number) == signal.SIG_IGN:
            continue
        is_sent_to_both = name in _FROM_TERMINAL and _is_in_foreground()
        before[number] = signal.signal(number, _ignore if is_sent_to_both else held.receive)
    try:
        yield held
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing. Unlike SIG_IGN, the program does not inherit it."""


def _is_in_foreground() -> bool:
    """Tell whether a terminal sends Ctrl-C to this process, and so to the program, which is in the same group."""
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and os.tcgetpgrp(stream.fileno()) == os.getpgrp():
                return True
        except (OSError, ValueError, AttributeError):
            # It is not a terminal, it is closed, or the system has no groups of processes.
            continue
    return False
