"""A fault of the plugin itself, in one line. A test must neither fail nor change because of it."""

from pathlib import Path


def fault_line(error: BaseException) -> str:
    """Say that something went wrong, and where. The message of the error may hold what was recorded, so it is not shown."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
    return (
        f"cassette-viewer could not show the cassettes: {type(error).__name__}{place}. Please report this as a fault."
    )
