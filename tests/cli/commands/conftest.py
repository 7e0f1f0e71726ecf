import os
import pty
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.fixture
def on_terminal():
    """Run a command in a terminal of 60 columns, and return what it wrote to it."""

    def run(*arguments, **environment):
        parent, child = pty.openpty()
        command = [sys.executable, "-m", "viewer", *map(str, arguments)]
        # The environment of the tests may turn colours off.
        variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=child,
            stdout=child,
            stderr=subprocess.PIPE,
            env={**variables, "COLUMNS": "60", "TERM": "xterm", **environment},
        ) as process:
            os.close(child)
            written = b""
            while True:
                try:
                    piece = os.read(parent, 65536)
                except OSError:  # The other end is closed.
                    break
                if not piece:
                    break
                written += piece
        os.close(parent)
        assert process.returncode in (0, 2)
        return written.decode()

    return run
