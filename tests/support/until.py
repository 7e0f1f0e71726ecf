"""Waiting for what another thread or process does."""

import time

_TIMEOUT_S = 20
_LOOKS_EVERY_S = 0.005


def until(happened):
    """Wait until a function returns something true."""
    deadline_s = time.monotonic() + _TIMEOUT_S
    while not happened():
        assert time.monotonic() < deadline_s
        time.sleep(_LOOKS_EVERY_S)
