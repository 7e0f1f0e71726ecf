"""Run benchmark cases: python -m benchmarks [CASE …]. Without a name, run all of them and write README.md.

A case is a module `case_NAME.py` in this folder with a `TITLE` and a function `rows()`.
"""

import argparse
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from benchmarks.figures import Row

HERE = Path(__file__).resolve().parent
_HEAD = """# How fast, how large

Written by `.venv/bin/python -m benchmarks`. The figures are ratios within one run, so they hold on other machines; the seconds do not. A single
process is measured in CPU time, alternating, the best of several runs. Browsers, servers and several processes are measured in wall time.
The targets are the project's own; a row that misses its target says so.
"""


def main() -> int:
    """Measure the named cases, or all, and return 0."""
    known = [found.name.removeprefix("case_") for found in iter_modules([str(HERE)]) if found.name.startswith("case_")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "case",
        nargs="*",
        choices=[[], *known],
        help="a case to run; its table is printed, and README.md is not written",
    )
    chosen = parser.parse_args().case
    parts = [_HEAD, f"Measured on: {_machine()}.\n"]
    for name in chosen or known:
        print(f"{name} …", file=sys.stderr)
        parts.append(_table(name))
    text = "\n".join(parts)
    print(text)
    if not chosen:
        (HERE / "README.md").write_text(text, encoding="utf-8")
    return 0


def _table(name: str) -> str:
    case = import_module(f"benchmarks.case_{name}")
    lines = [
        f"## {case.TITLE}\n",
        (case.__doc__ or "") + "\n",
        "| what | viewer | against | ratio | target | |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(row) for row in case.rows()]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    bound = "≥" if row.is_at_least else "≤"
    verdict = "met" if row.holds else "**missed**"
    note = f"{verdict}; {row.note}" if row.note else verdict
    return f"| {row.what} | {row.measured} | {row.against} | {row.ratio:.2f} × | {bound} {row.target:g} × | {note} |"


def _machine() -> str:
    """Return processor, cores and interpreter, without anything that identifies the machine."""
    processor = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        models = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        processor = models[0] if models else processor
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    raise SystemExit(main())
