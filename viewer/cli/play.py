"""Play what a terminal shows, each part in its time."""

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
    """Write each frame when it is due; where it is broken off, as by Ctrl-C, leave the terminal as it was.

    Args:
        frames: what to write, in order.
        write: takes the text of a frame, and shows it at once.
        speed: how many times as fast as recorded; infinite for all at once.
        idle_limit_s: the longest pause, in recorded seconds; None for pauses as long as they were.
        clock: seconds from any moment.
        sleep: waits some seconds.
    """
    begun = clock()
    before_s = due_s = 0.0
    try:
        for frame in frames:
            pause_s = frame.t - before_s
            before_s = frame.t
            due_s += (pause_s if idle_limit_s is None else min(pause_s, idle_limit_s)) / speed
            # Against the clock, and not from frame to frame: what writing takes does not add up.
            wait_s = begun + due_s - clock()
            if wait_s > 0 and not math.isinf(speed):
                sleep(wait_s)
            write(frame.text)
    except KeyboardInterrupt:
        write(f"{RESET}\n" if any("\x1b" in frame.text for frame in frames) else "\n")
        raise
