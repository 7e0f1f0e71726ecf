from pathlib import Path

from tests.support.node_tests import passed_in_node

HERE = Path(__file__).parent


def test_the_scripts_that_page_and_report_share_pass_their_tests_in_node():
    assert passed_in_node(*sorted(HERE.glob("*.test.mjs"))) >= 9
