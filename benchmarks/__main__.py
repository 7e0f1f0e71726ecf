"""Run the cases and write their table: python -m benchmarks [CASE …]; without a name all of them, into README.md.

A case is a module `case_NAME.py` with a `TITLE` and a function `rows()`, found by being here.
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

Made by `.venv/bin/python -m benchmarks`. Figures are ratios taken within one run, so that they hold on other machines too; the seconds
do not. Where one process works by itself they are of CPU times, taken in turn, the best of several each; where browsers, servers or several
processes work together, by the clock. Targets are those that the project set itself; a row that misses one says so.
"""


def main() -> int:
    """Return 0 once all is measured."""
    known = [found.name.removeprefix("case_") for found in iter_modules([str(HERE)]) if found.name.startswith("case_")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[[], *known], help="which to run, and only print")
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
    """Return processor, cores and interpreter, and nothing that names the machine."""
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
