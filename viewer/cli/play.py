"""Playing the frames of a terminal, each at its time."""

import math
import time
from collections.abc import Callable, Sequence

from viewer.display.terminal import RESET, TimedOutput


def play(
    frames: Sequence[TimedOutput],
    write: Callable[[str], None],
    *,
    speed: float = 1.0,
    idle_limit_s: float | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Write each frame when it is due. If Ctrl-C interrupts, reset the terminal's style and go to a new line.

    Args:
        frames: in order of time.
        write: shows the text of a frame at once.
        speed: how many times as fast as recorded; infinity writes everything at once.
        idle_limit_s: the longest pause, in recorded seconds; None keeps every pause.
        clock: returns seconds since any fixed moment.
        sleep: waits for a number of seconds.
    """
    start_s = clock()
    before_s = due_s = 0.0
    try:
        for frame in frames:
            pause_s = frame.t - before_s
            before_s = frame.t
            due_s += (pause_s if idle_limit_s is None else min(pause_s, idle_limit_s)) / speed
            # Measured from the start, not from frame to frame, so that the time for writing does not add up.
            wait_s = start_s + due_s - clock()
            if wait_s > 0 and not math.isinf(speed):
                sleep(wait_s)
            write(frame.text)
    except KeyboardInterrupt:
        write(f"{RESET}\n" if any("\x1b" in frame.text for frame in frames) else "\n")
        raise
