"""The app in a real Chromium, on its own server."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request

import playwright.sync_api
import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1400, "height": 1000}, "color_scheme": "light"}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start the app as the README does, on a free port. Yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "VIEWER_SHARES": str(tmp_path_factory.mktemp("shares"))}
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health") as answer:  # noqa: S310 - our own server
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.1)
        else:
            process.terminate()
            pytest.fail(f"the app did not start: {log.read_text()}")
        yield address
        process.terminate()
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def profile(browser_type, browser_type_launch_args, browser_context_args, tmp_path_factory):
    """A browser with a disk cache: a fresh one compiles Streamlit's ten megabytes of script again each time."""
    folder = tmp_path_factory.mktemp("profile")
    with browser_type.launch_persistent_context(folder, **browser_type_launch_args, **browser_context_args) as context:
        yield context


# Charts wait for this event. Their five megabytes of script take as long as everything else on a page.
_WITHOUT_CHARTS = """
document.addEventListener('deckdrawn', event => {
  event.stopImmediatePropagation();
  delete document.body.dataset.deck;
});
"""


@pytest.fixture
def page(profile, request):
    """A page with its own session. It has charts only if the test is marked `charts`."""
    page = profile.new_page()
    if not request.node.get_closest_marker("charts"):
        page.add_init_script(_WITHOUT_CHARTS)
    yield page
    with contextlib.suppress(playwright.sync_api.Error):
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.close()
    profile.clear_cookies()


RECORDING = "/?file=sample/grok-code-fast-1_simple_streaming.yaml"


@contextlib.contextmanager
def opened(page, server, address=RECORDING):
    """Open the page, by default on the first sample, and wait until it is drawn. On leaving, nothing may have failed or asked another host."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # Below the root address, Streamlit first looks for its server next to that page and gets errors.
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "/_stcore/" not in message.location["url"]
            else None
        ),
    )
    page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((server, "data:", "blob:")) else errors.append(f"request: {request.url}")
        ),
    )
    page.goto(server + address)
    (page.get_by_role("group", name="Replay of") if address == RECORDING else page.locator("h1").first).wait_for()
    yield page
    assert page.locator(".stException").count() == 0
    assert errors == []


@pytest.fixture
def app(page, server):
    """The app, open for one test."""
    with opened(page, server):
        yield page


@pytest.fixture
def start(page, server):
    """The app with nothing open, for one test."""
    with opened(page, server, "/"):
        yield page


@pytest.fixture(scope="module")
def looked_at(browser, browser_context_args, server):
    """The app, open for all tests of a module that only look at it."""
    with browser.new_context(**browser_context_args) as context, opened(context.new_page(), server) as page:
        yield page
