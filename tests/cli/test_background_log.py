"""A log that never holds up a server."""

import threading
import time

from viewer.cli import background_log as module
from viewer.cli.background_log import background_log


def test_lines_are_written_in_order_before_the_block_ends():
    written = []
    with background_log(written.append) as log:
        for number in range(1000):
            log(str(number))
    assert written == [str(number) for number in range(1000)]


def test_who_does_not_read_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(module, "_END_TIMEOUT_S", 0.1)
    reads = threading.Event()
    start_s = time.monotonic()
    with background_log(lambda _line: reads.wait(30)) as log:
        for number in range(5000):
            log(str(number))
    assert time.monotonic() - start_s < 5
    reads.set()


def test_the_oldest_lines_are_dropped_and_counted(monkeypatch):
    monkeypatch.setattr(module, "_MAX_WAITING", 3)
    written, reads = [], threading.Event()

    def write(line):
        reads.wait(30)
        written.append(line)

    with background_log(write) as log:
        log("first")
        # Until the thread holds the first line.
        deadline_s = time.monotonic() + 10
        while log.__self__._waiting and time.monotonic() < deadline_s:
            time.sleep(0.001)
        for number in range(5):
            log(str(number))
        reads.set()
    assert written == ["first", "2 lines of the log were not written, because nobody read it.", "2", "3", "4"]
