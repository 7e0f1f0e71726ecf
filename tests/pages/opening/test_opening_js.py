from pathlib import Path

from tests.support.node_tests import passed_in_node


def test_the_links_of_the_bar_and_the_packing_of_files_pass_their_tests_in_node():
    here = Path(__file__).parent
    assert passed_in_node(here / "opening.test.mjs") >= 9
