"""Signals as a program gets them that a person starts."""

import contextlib
import signal


@contextlib.contextmanager
def default_signals():
    """Let programs that are started in the block get the signals that whoever started the tests ignores, such as `nohup` or a script with `&`."""
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
