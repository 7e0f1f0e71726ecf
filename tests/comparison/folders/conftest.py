import pytest

from tests.support.har_files import har
from viewer.comparison.aspects import ASPECTS
from viewer.comparison.folders.comparison import compare_folders
from viewer.comparison.folders.tree import tree_of
from viewer.files.folders import members
from viewer.redaction import Redaction

SECRETS = Redaction()


@pytest.fixture
def compare(tmp_path):
    """Compare two folders, each given as entries or bytes by file name."""

    def run(left, right, options=SECRETS, chosen=ASPECTS):
        trees = []
        for letter, files in (("a", left), ("b", right)):
            for name, content in files.items():
                path = tmp_path / letter / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else har(*content))
            (tmp_path / letter).mkdir(exist_ok=True)
            trees.append(tree_of(letter, members(tmp_path / letter)))
        return compare_folders(*trees, options, chosen)

    return run
