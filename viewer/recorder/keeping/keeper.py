"""A process that outlives the recorder, and writes its exchanges. `viewer.recorder.keeping.process` starts it.

It is told of each exchange while that runs, and holds it in memory: a file with secrets is never written. If the recorder is killed,
its messages end, and what has arrived is redacted and written like any other exchange.

Redacting keeps Python busy, which in the recorder would delay the times of other streams. So all exchanges are written here.
"""

import contextlib
import io
import json
import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_READS_BYTES = 1 << 20


def main(folder: Path, *, redact: bool) -> None:
    """Write the exchanges that standard input tells of, and tell of each on standard output how it went."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    source = io.BufferedReader(_Drained(sys.stdin.fileno()), _READS_BYTES)
    # Only now: importing them takes longer than what the recorder tells may wait in the pipe.
    from viewer.recorder.exchange_file import write_exchange  # noqa: PLC0415
    from viewer.recorder.keeping.messages import read_exchanges  # noqa: PLC0415

    for exchange in read_exchanges(source):
        written = write_exchange(exchange, folder, redact=redact)
        _tell(exchange.number, written.line, is_recorded=written.is_recorded)


class _Drained(io.RawIOBase):
    """A descriptor whose data a thread takes into memory as it comes: what is still in the recorder is lost if that is killed."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._taken: SimpleQueue[bytes] = SimpleQueue()
        self._rest = memoryview(b"")
        self._is_over = False
        Thread(target=self._drain, name="drain", daemon=True).start()

    def readable(self) -> bool:
        """Return True, which `io.BufferedReader` asks for."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer as far as there is data. Wait if there is none. Return 0 at the end."""
        if not self._rest and not self._is_over:
            self._rest = memoryview(self._taken.get())
            self._is_over = not self._rest
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _drain(self) -> None:
        data = b"-"
        while data:
            data = os.read(self._descriptor, _READS_BYTES)
            self._taken.put(data)


def _tell(number: int, line: str, *, is_recorded: bool) -> None:
    """Tell the recorder how it went. If it was killed, tell whoever reads its messages."""
    from viewer.text.safe import visible_line  # noqa: PLC0415 - as above

    answer = json.dumps({"number": number, "line": line, "is_recorded": is_recorded})
    try:
        _write(sys.stdout.fileno(), answer)
    except OSError:
        with contextlib.suppress(OSError):
            _write(sys.stderr.fileno(), visible_line(line))


def _write(descriptor: int, line: str) -> None:
    data = f"{line}\n".encode()
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main(Path(sys.argv[1]), redact=sys.argv[2] == "redact")
