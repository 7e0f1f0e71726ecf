"""What no test of a run used."""

import json

import pytest
import vcr

from tests.support.chats import MATCH_ON, RECORDED_KEY, ask, write_chats
from viewer.testing.never_used import carry_uses, never_used_lines


@pytest.fixture
def run(watch, tmp_path):
    """Return a function that lets one test use a cassette, and returns what is said of all tests so far."""
    told = []

    def test(path, *questions, failed=False):
        watch.begin()
        with vcr.use_cassette(str(path), record_mode="none", match_on=MATCH_ON):
            for question in questions:
                ask(question)
        watch.uses.has_failed = failed
        report = pytest.TestReport("test", ("", 0, ""), {}, "passed", None, "teardown")
        carry_uses(report, watch.uses, str(tmp_path))
        # As pytest-xdist sends it.
        sent = pytest.TestReport._from_json(json.loads(json.dumps(report._to_json())))
        told.extend(sent.cassette_viewer_uses)
        return never_used_lines(told)

    return test


def test_what_no_test_used_is_told_in_a_line(chats, run):
    run(chats, "And in Oslo?")
    assert run(chats) == ["cassettes/chats.yaml: interactions 0 and 2 of 3"]
    assert run(chats, "Is it warm in Lima?", "And in Rome?") == ["1 cassette: everything was used"]


def test_a_cassette_of_a_failing_test_is_not_judged(chats, run):
    run(chats, "And in Oslo?", failed=True)
    assert run(chats, "And in Oslo?") == ["1 cassette: not judged, because a test that uses it failed"]


def test_a_run_without_cassettes_says_so():
    assert never_used_lines([]) == ["No test used a cassette."]


def test_a_secret_in_a_path_is_not_told(tmp_path, run):
    (line,) = run(write_chats(tmp_path / f"{RECORDED_KEY}.yaml", "And in Oslo?"))
    assert RECORDED_KEY not in line


def test_files_that_are_read_as_one_cassette_are_named_together(chats, watch, tmp_path):
    class Persister(vcr.persisters.filesystem.FilesystemPersister):
        extra_paths = ("cassettes/more.yaml",)

    cassette = vcr.cassette.Cassette.load(path=str(chats), persister=Persister)
    watch.uses.opened[:] = [watch.uses.opened[0]._replace(folder=str(tmp_path))]
    report = pytest.TestReport("test", ("", 0, ""), {}, "passed", None, "teardown")
    carry_uses(report, watch.uses, str(tmp_path))
    assert len(cassette) == 3
    assert never_used_lines(report.cassette_viewer_uses) == ["cassettes/chats.yaml + cassettes/more.yaml: all of 3"]
