"""The plugin in a run of pytest of its own."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.recorded_exchanges import events

pytest_plugins = ["pytester"]
# Playwright's plugin cannot run within a run. The entry point exists where the package was installed or built.
PLUGIN = ("-p", "no:cassette-viewer", "-p", "viewer.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:playwright")
# The run itself is not about warnings of other plugins.
QUIET = ("-q", "-W", "ignore")


def run(pytester, test, *arguments):
    pytester.makepyfile(test_it=test)
    return pytester.runpytest_inprocess(*PLUGIN, *QUIET, *arguments)


@pytest.fixture
def recording(pytester):
    (pytester.path / "cassettes").mkdir()
    (pytester.path / "cassettes" / "chat.sse").write_bytes(b"".join(events("one ", "two")))


@pytest.mark.usefixtures("recording")
def test_a_test_gets_a_server_for_its_recording(pytester):
    result = run(
        pytester,
        """
        import time
        import httpx2

        def test_it(cassette_server):
            server = cassette_server("cassettes/chat.sse")
            answer = httpx2.post(server.url + "/v1/chat/completions", json={})
            assert "two" in answer.text
            assert "sent at once" in answer.headers["cassette-viewer-times"]
            assert [record.cassette for record in server.requests] == ["chat.sse"]

        def test_several(cassette_server):
            one, other = (cassette_server("cassettes/chat.sse", speed=4, faults=["status=503"]) for _ in range(2))
            assert one.url != other.url
            assert httpx2.get(one.url).status_code == 503
        """,
    )
    result.assert_outcomes(passed=2)


@pytest.mark.usefixtures("recording")
def test_a_path_may_be_relative_to_the_file_of_the_test(pytester):
    folder = pytester.mkdir("deep")
    (pytester.path / "cassettes").rename(folder / "cassettes")
    (folder / "test_deep.py").write_text(
        "def test_it(cassette_server):\n    assert cassette_server('cassettes/chat.sse').url\n"
    )
    pytester.runpytest_inprocess(*PLUGIN, *QUIET).assert_outcomes(passed=1)


def test_a_failing_test_shows_what_it_asked_and_what_was_missed(pytester):
    (pytester.path / "chat.sse").write_bytes(b"".join(events("one ")))
    result = run(
        pytester,
        """
        import httpx2

        def test_it(cassette_server):
            server = cassette_server("chat.sse", "chat.sse")
            httpx2.post(server.url + "/v1/chat/completions", json={})
            assert False

        def test_other(cassette_server):
            assert cassette_server("chat.sse")
        """,
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*- recordings served at http://127.0.0.1:* -*", "1 request*"])
    assert result.stdout.str().count("recordings served at") == 1


def test_a_recording_that_cannot_be_opened_is_named(pytester):
    (pytester.path / "notes.yaml").write_text("mine: 1\n")
    result = run(pytester, "def test_it(cassette_server):\n    cassette_server('notes.yaml')\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*CassetteError: notes.yaml: not a cassette of a known recorder*"])


def test_loading_the_plugin_imports_nothing_that_a_run_may_not_need():
    script = (
        "import sys, viewer.pytest_plugin\n"
        "print(sorted({'numpy', 'pandas', 'uvicorn', 'starlette', 'yaml'} & sys.modules.keys()))\n"
    )
    assert subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, text=True) == "[]\n"


def test_a_recording_that_is_missing_is_told_with_the_places_where_it_was_looked_for(pytester):
    folder = pytester.mkdir("deep")
    (folder / "test_deep.py").write_text("def test_it(cassette_server):\n    cassette_server('none.yaml')\n")
    result = pytester.runpytest_inprocess(*PLUGIN, *QUIET)
    result.assert_outcomes(failed=1)
    places = [str(where / "none.yaml") for where in (pytester.path, folder)]
    result.stdout.fnmatch_lines([f"E *FileNotFoundError: no such recording: {' or '.join(places)}"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
