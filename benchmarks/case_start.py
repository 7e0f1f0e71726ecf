"""How long a command takes from its start to its end, against an interpreter that starts and does nothing.

CPU time of new processes, with compiled modules and their files in the cache of the system. Memory is the peak of the process, by
`/proc/self/status` (VmHWM). The cost of the sample is estimated: a quarter of the time of `show` goes into importing the price list.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Row
from benchmarks.recordings import ROOT, SAMPLE

TITLE = "The start of a command: `cassette-viewer show`"

_ROUNDS = 15
# An interpreter starts in about 0.0125 s, so these are 0.15 and 0.35 s.
_MAX_HELP_RATIO, _MAX_SHOW_RATIO = 12.0, 28.0
_MAX_PEAK_MB = 60.0
_NOTHING = ("-c", "pass")
_VIEWER = ("-m", "viewer")
_PEAK = """
import re, sys
from viewer.cli.main import main
main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1], file=sys.stderr)
"""


def rows() -> Iterator[Row]:
    """Yield the rows."""
    sample = str(SAMPLE)
    cases = (
        ("`--help`", ("--help",), _MAX_HELP_RATIO),
        ("`show` of the sample", ("show", sample), _MAX_SHOW_RATIO),
        ("`replay --instant` of the sample", ("replay", "--instant", sample), _MAX_SHOW_RATIO),
    )
    commands = [_NOTHING, *((*_VIEWER, *arguments) for _, arguments, _ in cases)]
    times: list[list[float]] = [[] for _ in commands]
    # The first round compiles what is not compiled yet. The commands alternate, as in `best_s`.
    for _ in range(_ROUNDS):
        for command, taken in zip(commands, times, strict=True):
            taken.append(_cpu_s(command))
    nothing, *ours = map(min, times)
    for (what, _, target), taken_s in zip(cases, ours, strict=True):
        yield Row(what, f"{taken_s:.2f} s", f"`pass` {nothing:.3f} s", taken_s / nothing, target)
    if Path("/proc/self/status").exists():
        peak_mb = _peak_mb(("show", sample))
        yield Row(
            "`show` of the sample: memory", f"{peak_mb:.0f} MB", f"{_MAX_PEAK_MB:.0f} MB", peak_mb / _MAX_PEAK_MB, 1.0
        )


def _cpu_s(arguments: Sequence[str]) -> float:
    """Run Python and return the CPU time it took."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def _peak_mb(arguments: Sequence[str]) -> float:
    command = [sys.executable, "-c", _PEAK, *arguments]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
    return int(run.stderr) * 1024 / 1e6
