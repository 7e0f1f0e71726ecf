"""The plugin in a run of pytest of its own."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.chats import MATCH_ON, write_chats
from tests.support.recorded_exchanges import events

pytest_plugins = ["pytester"]
# The entry point exists where the package was installed or built.
PLUGIN = ("-p", "no:cassette-viewer", "-p", "viewer.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:playwright")
# The run itself is not about warnings of other plugins.
QUIET = ("-q", "-W", "ignore")


TITLE = "*- cassettes of this test -*"
# With vcrpy alone, with pytest-recording, and with cassetter.
USE_VCRPY = f"""
import vcr
from tests.support.chats import ask

def use(*questions, cassette="cassettes/chats.yaml"):
    with vcr.use_cassette(cassette, record_mode="none", match_on={MATCH_ON}):
        for question in questions:
            ask(question)
"""
MARKED = """
import pytest
from tests.support.chats import ask

@pytest.fixture(scope="module")
def vcr_config():
    return {"match_on": ["method", "uri", "%s"]}

@pytest.mark.vcr
def test_it():
    %s
    assert False
"""


@pytest.fixture(autouse=True)
def only_named_plugins(monkeypatch):
    """Keep other plugins out of the runs within: some cannot run within a run, some exclude each other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester, test, *arguments):
    pytester.makepyfile(test_it=test)
    return pytester.runpytest_inprocess(*PLUGIN, *QUIET, *arguments)


@pytest.fixture
def chats(pytester):
    return write_chats(pytester.path / "cassettes" / "chats.yaml", "Is it warm in Lima?", "And in Oslo?")


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


@pytest.mark.usefixtures("chats")
def test_a_failing_test_shows_its_cassette_and_what_it_missed(pytester):
    result = run(
        pytester,
        USE_VCRPY
        + """
def test_missing():
    use("And in Bergen?")

def test_wrong():
    use("And in Oslo?")
    assert False

def test_right():
    use("And in Oslo?")

def test_without():
    assert False
""",
    )
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*_ test_missing _*",
            TITLE,
            "Not answered by vcrpy: POST /v1/chat/completions",
            "  The nearest is interaction 1, which vcrpy refuses by its matcher body.",
            "  Message 1 (user) differs: “And in Bergen[?]”, recorded is “And in Oslo[?]”.",
            "cassettes/chats.yaml (vcrpy): 2 interactions; not used: all",
            "*_ test_wrong _*",
            TITLE,
            "cassettes/chats.yaml (vcrpy): 2 interactions; not used: interaction 0",
            "*_ test_without _*",
        ]
    )
    assert result.stdout.str().count("cassettes of this test") == 2


def test_pytest_recording_and_its_further_cassettes_are_read(pytester):
    folder = pytester.path / "cassettes" / "test_it"
    write_chats(folder / "test_it.yaml", "And in Oslo?")
    write_chats(folder / "more.yaml", "And in Rome?", "And in Lima?")
    test = MARKED.replace("mark.vcr", 'mark.vcr("more.yaml")') % ("body", 'ask("And in Rome?")')
    result = run(pytester, test, "-p", "pytest_recording.plugin")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            TITLE,
            "cassettes/test_it/test_it.yaml (vcrpy): 1 interaction; not used: interaction 0",
            "cassettes/test_it/more.yaml (vcrpy): 2 interactions; not used: interaction 1",
        ]
    )


def test_cassetter_is_read(pytester):
    write_chats(pytester.path / "cassettes" / "test_it" / "test_it.yaml", "And in Oslo?")
    asking = "from tests.support.chats import *; import httpx2; httpx2.post(URL, content=request_body('And in Rome?'))"
    test = MARKED.replace("from tests.support.chats import ask", asking.partition("; httpx2")[0]) % (
        "json_body",
        asking.rpartition("; ")[2],
    )
    result = run(pytester, test, "-p", "cassetter.pytest_plugin")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            TITLE,
            "Not answered by cassetter: POST /v1/chat/completions",
            "  The nearest is interaction 0. cassetter compares method, uri and json_body.",
            "  Message 1 (user) differs: “And in Rome[?]”, recorded is “And in Oslo[?]”.",
        ]
    )


def test_a_cassette_of_a_failing_fixture_is_shown_once(pytester):
    write_chats(pytester.path / "cassettes" / "chats.yaml", "And in Oslo?")
    result = run(
        pytester,
        USE_VCRPY
        + """
import pytest

@pytest.fixture
def chat():
    use("And in Oslo?")
    yield
    assert not "the end"

@pytest.fixture
def failing():
    use("And in Oslo?")
    assert not "the beginning"

def test_begin(failing):
    pass

def test_end(chat):
    assert not "the middle"
""",
    )
    result.assert_outcomes(failed=1, errors=2)
    assert result.stdout.str().count("cassettes of this test") == 2


@pytest.mark.usefixtures("chats")
def test_a_cassette_that_a_fixture_opens_for_several_tests_is_one_of_each(pytester):
    result = run(
        pytester,
        """
import pytest
import vcr
from tests.support.chats import ask

@pytest.fixture(scope="module")
def chats():
    with vcr.use_cassette("cassettes/chats.yaml", record_mode="none"):
        yield

def test_first(chats):
    ask("Is it warm in Lima?")

def test_second(chats):
    assert False

def test_other():
    assert False
""",
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*_ test_second _*",
            "cassettes/chats.yaml (vcrpy): 2 interactions; not used: interaction 1",
            "*_ test_other _*",
        ]
    )
    assert result.stdout.str().count("cassettes of this test") == 1


@pytest.mark.process
def test_reports_pages_and_the_summary_come_from_other_processes(pytester, chats):
    write_chats(chats.parent / "more.yaml", "And in Rome?", "And in Oslo?")
    result = run(
        pytester,
        USE_VCRPY
        + """
import pytest

@pytest.mark.parametrize("city", ["Bergen/..", "Bergen:..", "sk-proj-ABCDEFGHijklmnopqrstuvwxyz0123456789abcdefgh"])
def test_missing(city):
    use(f"And in {city}?")

def test_right():
    use("And in Rome?", cassette="cassettes/more.yaml")
""",
        *("-p", "xdist", "-n", "2", "--cassette-report", "pages", "--cassette-unused"),
    )
    result.assert_outcomes(passed=1, failed=3)
    assert result.stdout.str().count("Not answered by vcrpy: POST /v1/chat/completions") == 3
    result.stdout.fnmatch_lines(
        [
            "*= recorded interactions that no test used =*",
            "cassettes/more.yaml: interaction 1 of 2",
            "1 cassette: not judged, because a test that uses it failed",
        ]
    )
    pages = sorted(path.name for path in (pytester.path / "pages").iterdir())
    assert len(pages) == 3
    assert all(name.startswith("test_it.py-test_missing") and name.endswith(".html") for name in pages)
    assert "sk-proj" not in "".join(pages)


@pytest.mark.usefixtures("chats")
def test_a_fault_of_the_plugin_is_a_line_and_leaves_the_result_as_it_is(pytester, monkeypatch):
    # A run within forgets the modules that it was the first to import.
    import viewer.testing.failure
    import viewer.testing.never_used  # noqa: F401

    def fail(*_):
        raise ZeroDivisionError("sk-proj-ABCDEFGHijklmnopqrstuvwxyz0123456789abcdefgh")

    monkeypatch.setattr("viewer.testing.failure.section", fail)
    monkeypatch.setattr("viewer.testing.never_used.carry_uses", fail)
    test = USE_VCRPY + "def test_it():\n    use()\n    assert False\ndef test_right():\n    use()\n"
    result = run(pytester, test, "--cassette-unused")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([TITLE, "cassette-viewer could not show the cassettes: ZeroDivisionError in *, line *"])
    assert "sk-proj" not in result.stdout.str()


@pytest.mark.usefixtures("chats")
def test_a_run_leaves_the_recorders_as_they_were(pytester):
    import vcr

    run(pytester, USE_VCRPY + "def test_it():\n    use()\n").assert_outcomes(passed=1)
    assert vcr.cassette.Cassette.load.__func__.__module__ == "vcr.cassette"
    assert not hasattr(vcr.cassette.Cassette.load, "__wrapped__")


@pytest.mark.alone
def test_a_passing_test_takes_at_most_5_ms_longer(pytester, chats):
    pytester.makepyfile(
        f"""
import pytest
from vcr.cassette import Cassette

@pytest.mark.parametrize("number", range(100))
def test_it(number):
    assert len(Cassette.load(path={str(chats)!r})) == 2
"""
    )

    def least_s(*plugin):
        runs = (pytester.runpytest_inprocess("-p", "no:cacheprovider", *QUIET, *plugin) for _ in range(3))
        return min(result.duration for result in runs)

    assert least_s("-p", "viewer.pytest_plugin") - least_s() < 100 * 0.005


def test_loading_the_plugin_imports_nothing_that_a_run_may_not_need():
    script = (
        "import sys, viewer.pytest_plugin\n"
        "print(sorted({'numpy', 'pandas', 'uvicorn', 'starlette', 'yaml', 'viewer.testing.uses', 'vcr', 'cassetter'} & sys.modules.keys()))\n"
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
