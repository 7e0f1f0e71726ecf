"""How much memory a cassette takes in a fresh process, beyond what the interpreter takes with the viewer imported and used.

`getrusage` is not used, because it reports the peak of the parent process if that was higher.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Row
from benchmarks.recordings import ROOT, SAMPLE, go_vcr

TITLE = "Memory: resident, by `/proc/self/status` (VmHWM and VmRSS), beyond that of an interpreter that has opened the sample"

_CHUNKS = 200_000
_MAX_PEAK_RATIO, _MAX_REST_RATIO = 6.0, 2.0

_PROBE = """
import gc, re, sys
import viewer

def memory_bytes(name):
    return int(re.search(name + r":\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024

viewer.load(sys.argv[1]).chunks
gc.collect()
before = memory_bytes("VmRSS")
cassette = viewer.load(sys.argv[2])
chunks = cassette.chunks
gc.collect()
print(memory_bytes("VmHWM") - before, memory_bytes("VmRSS") - before)
"""


def rows() -> Iterator[Row]:
    """Yield the rows; none if the system does not report memory."""
    if not Path("/proc/self/status").exists():
        return
    made = go_vcr(_CHUNKS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.yaml"
        path.write_bytes(made)
        peak, rest = memory_bytes(path)
    what = f"go-vcr, {_CHUNKS:,} chunks"
    size = len(made)
    yield Row(f"{what}: at the peak", f"{peak / 1e6:.0f} MB", f"file {size / 1e6:.0f} MB", peak / size, _MAX_PEAK_RATIO)
    yield Row(
        f"{what}: at rest, with cassette and `.chunks`",
        f"{rest / 1e6:.0f} MB",
        f"file {size / 1e6:.0f} MB",
        rest / size,
        _MAX_REST_RATIO,
        note="the C library keeps a quarter of it for its next allocations",
    )


def memory_bytes(path: Path) -> tuple[int, int]:
    """Return what a recording takes in a process of its own, at the peak and at rest."""
    command = [sys.executable, "-c", _PROBE, str(SAMPLE), str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout  # noqa: S603
    peak, rest = map(int, output.split())
    return peak, rest
