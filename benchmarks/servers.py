"""Streamlit servers to measure, each in its own process."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.recordings import ROOT


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    address: str
    process: int
    log: Path


@contextmanager
def serving(script: Path, folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a Streamlit script with this project's configuration on a free port, and write its log into the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    log = folder / f"{port}.log"
    with (
        log.open("w") as output,
        subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output, stderr=output
        ) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health")
            yield Server(f"http://127.0.0.1:{port}", process.pid, log)
        finally:
            process.terminate()


def _wait(address: str) -> None:
    deadline_s = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own server
                return
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.1)
