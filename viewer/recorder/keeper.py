"""A process that outlives the recorder, and writes its exchanges. `viewer.recorder.keeper_process` starts it.

It is told of each exchange while that runs, and holds it in memory: a file with secrets is never written. If the recorder is killed,
its messages end, and what has arrived is redacted and written like any other exchange.

Redacting keeps Python busy, which in the recorder would delay the times of other streams. So all exchanges are written here.
"""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from viewer.recorder.exchange import Exchange

_READS_BYTES = 1 << 20


def main(folder: Path, *, redact: bool) -> None:
    """Write the exchanges that standard input tells of, and tell of each on standard output how it went."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    ended: SimpleQueue[Exchange | None] = SimpleQueue()
    with open(sys.stdin.fileno(), "rb", buffering=_READS_BYTES, closefd=False) as source:
        reader = Thread(target=_read, args=(source, ended), name="reader")
        reader.start()
        # Importing it takes longer than the first messages may wait.
        from viewer.recorder.exchange_file import write_exchange  # noqa: PLC0415

        while exchange := ended.get():
            written = write_exchange(exchange, folder, redact=redact)
            _tell(exchange.number, written.line, is_recorded=written.is_recorded)
        reader.join()


def _read(source: BinaryIO, ended: "SimpleQueue[Exchange | None]") -> None:
    from viewer.recorder.keeper_messages import read_exchanges  # noqa: PLC0415 - as above

    try:
        for exchange in read_exchanges(source):
            ended.put(exchange)
    finally:
        ended.put(None)


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
