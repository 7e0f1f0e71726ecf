import pytest

from tests.support.chats import write_chats
from tests.support.watched import watched_test
from viewer.testing.section import section


@pytest.fixture
def chats(tmp_path):
    return write_chats(tmp_path / "cassettes" / "chats.yaml", "Is it warm in Lima?", "And in Oslo?", "And in Rome?")


@pytest.fixture
def watch():
    import vcr  # noqa: F401 - a recorder is watched once a test has imported it

    with watched_test() as watch:
        yield watch


@pytest.fixture
def told(watch, tmp_path):
    """Return the lines about what was done with cassettes so far."""
    return lambda: section(watch.uses, str(tmp_path)).lines
