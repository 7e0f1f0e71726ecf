"""How long `cassette-viewer index` takes for many small cassettes, in one process, in two, and when nothing has changed.

Wall time, since several processes work: each run is a new process, and its start is included. Other programs on the machine
shift the figures. A cassette has 20 to 400 chunks, half of them fewer than 52, about the median of the corpus. No two are equal.
The tables of all runs must be identical to the byte, or the case fails. The targets are this project's own.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.figures import Row
from benchmarks.recordings import ROOT, go_vcr

TITLE = "Indexing many recordings: `cassette-viewer index`"

_FILES = 5_000
_FOLDERS = 50
_MIN_CHUNKS, _MAX_CHUNKS = 20, 400
_MEAN_EXTRA_CHUNKS = 46
_MIN_SPEEDUP_BY_TWO, _MIN_SPEEDUP_UNCHANGED = 1.6, 5.0


def rows() -> Iterator[Row]:
    """Yield the rows."""
    with TemporaryDirectory() as folder:
        source, one, two = (Path(folder) / name for name in ("source", "one", "two"))
        size = _write(source)
        by_one_s = _index_s(source, one, 1)
        by_two_s = _index_s(source, two, 2)
        tables = _digests(one)
        assert tables == _digests(two), "two processes write different tables than one"
        again_s = _index_s(source, one, 1)
        assert tables == _digests(one), "a second run writes different tables"
    what = f"go-vcr, {_FILES:,} cassettes, {size / 1e6:.0f} MB"
    first = f"1 process {_speed(by_one_s)}"
    yield Row(
        f"{what}: 2 processes", _speed(by_two_s), first, by_one_s / by_two_s, _MIN_SPEEDUP_BY_TWO, is_at_least=True
    )
    yield Row(
        f"{what}: again, nothing changed, 1 process",
        _speed(again_s),
        first,
        by_one_s / again_s,
        _MIN_SPEEDUP_UNCHANGED,
        is_at_least=True,
    )


def _speed(taken_s: float) -> str:
    return f"{taken_s:.1f} s, {_FILES / taken_s:,.0f} files/s"


def _write(source: Path) -> int:
    """Write the cassettes and return their total size in bytes."""
    random = Random(0)  # noqa: S311 - not for secrets
    made = set()
    size = 0
    for number in range(_FILES):
        chunks = min(_MAX_CHUNKS, _MIN_CHUNKS + int(random.expovariate(1 / _MEAN_EXTRA_CHUNKS)))
        content = go_vcr(chunks, seed=number)
        made.add(sha256(content).digest())
        size += len(content)
        path = source / f"{number % _FOLDERS:02}" / f"{number:04}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert len(made) == _FILES, "two cassettes are equal"
    return size


def _index_s(source: Path, tables: Path, processes: int) -> float:
    """Return the wall time of one run."""
    command = [sys.executable, "-m", "viewer", "index", str(source), "--to", str(tables), "--processes", str(processes)]
    begin = time.perf_counter()
    message = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stderr  # noqa: S603
    taken = time.perf_counter() - begin
    assert f"{_FILES:,} recordings: " in message, message
    assert "; 0 of them cannot be shown" in message, message
    return taken


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
