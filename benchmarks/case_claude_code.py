"""How long sessions of Claude Code take to open: `viewer.load(path)`, which makes a stream of each call of a model.

10 MB is the session of a day, 200 MB one of weeks. Memory is that of a fresh process at its peak, beyond what the interpreter takes.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import viewer
from benchmarks.case_memory import memory_bytes
from benchmarks.claude_sessions import claude_session
from benchmarks.figures import Row, best_s
from viewer.conversation.agent import calls_of

TITLE = "Sessions of Claude Code: `viewer.load(path)` and the list of calls"

_MAX_LOAD_S, _MAX_CALLS_S = 1.0, 1.0
_LARGE_RATIO = 20
_MAX_PEAK_RATIO = 6.0
_LONG_RESULTS = (2_000_000, 3_000_000)


def rows() -> Iterator[Row]:
    """Yield the rows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        path.write_bytes(claude_session(10_000_000))
        cassette = viewer.load(path)
        what = f"10 MB, {len(cassette.streams):,} calls"
        load_s, calls_s = best_s([lambda: viewer.load(path), lambda: calls_of(viewer.load(path))], 5)
        yield Row(f"{what}: opened", f"{load_s:.2f} s", f"{_MAX_LOAD_S:.0f} s", load_s / _MAX_LOAD_S, 1.0)
        calls_s -= load_s
        yield Row(
            f"{what}: the list of calls", f"{calls_s:.2f} s", f"{_MAX_CALLS_S:.0f} s", calls_s / _MAX_CALLS_S, 1.0
        )
        path.write_bytes(claude_session(10_000_000, _LONG_RESULTS))
        (long_s,) = best_s([lambda: viewer.load(path)], 5)
        yield Row("10 MB in lines of megabytes: opened", f"{long_s:.2f} s", "1 s", long_s / _MAX_LOAD_S, 1.0)
        path.write_bytes(claude_session(10_000_000 * _LARGE_RATIO))
        (large_s,) = best_s([lambda: viewer.load(path)], 1)
        linear_s = load_s * _LARGE_RATIO
        yield Row(
            "200 MB: opened", f"{large_s:.1f} s", f"{_LARGE_RATIO} × 10 MB {linear_s:.1f} s", large_s / linear_s, 1.5
        )
        size, (peak, _) = path.stat().st_size, memory_bytes(path)
        yield Row("200 MB: memory at the peak", f"{peak / 1e6:.0f} MB", "file 200 MB", peak / size, _MAX_PEAK_RATIO)
