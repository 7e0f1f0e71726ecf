"""The page in a real Chromium, on a server of its own."""

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
    """The app as the README starts it, at a free port; its address."""
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
    """A browser that keeps what it has compiled of Streamlit's ten megabytes of script, which a fresh one does each time."""
    folder = tmp_path_factory.mktemp("profile")
    with browser_type.launch_persistent_context(folder, **browser_type_launch_args, **browser_context_args) as context:
        yield context


# The charts wait for this event, and their five megabytes of script take as long as all else on a page.
_WITHOUT_CHARTS = """
document.addEventListener('deckdrawn', event => {
  event.stopImmediatePropagation();
  delete document.body.dataset.deck;
});
"""


@pytest.fixture
def page(profile, request):
    """A page of its own session; it has charts where the test is marked so."""
    page = profile.new_page()
    if not request.node.get_closest_marker("charts"):
        page.add_init_script(_WITHOUT_CHARTS)
    yield page
    with contextlib.suppress(playwright.sync_api.Error):
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.close()
    profile.clear_cookies()


@contextlib.contextmanager
def opened(page, server):
    """The page, opened and drawn; on leaving, nothing may have failed or asked another host."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # On the address of a page below the first, Streamlit looks for its server beside that page before it looks above.
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
    page.goto(server)
    page.get_by_role("group", name="Replay of").wait_for()
    yield page
    assert page.locator(".stException").count() == 0
    assert errors == []


@pytest.fixture
def app(page, server):
    """The page, for one test."""
    with opened(page, server):
        yield page


@pytest.fixture(scope="module")
def looked_at(browser, browser_context_args, server):
    """The page, for all tests of a module that leave it as it is but for what each sets first."""
    with browser.new_context(**browser_context_args) as context, opened(context.new_page(), server) as page:
        yield page
