"""Scripts of the first elements are fetched while Streamlit starts."""

import re
import urllib.error
import urllib.request

import pytest

from tests.pages.conftest import RECORDING
from tests.support.waiting import wait_for_streamlit
from viewer.pages.server.preload import preload_header


def header(address):
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
            return answer.headers.get("Link")
    except urllib.error.HTTPError as error:
        return error.headers.get("Link")


def test_a_page_names_files_that_exist(server):
    named = re.findall(r"<\./(.*?)>; rel=modulepreload", header(server))
    assert [name.split("/")[-1].split(".")[0] for name in named].count("BidiComponent") == 1
    for name in named:
        with urllib.request.urlopen(f"{server}/{name}") as answer:  # noqa: S310 - our own server
            assert "javascript" in answer.headers["Content-Type"]
    assert header(f"{server}/library") == header(server)


def test_files_and_published_pages_have_no_preload_header(server):
    assert header(f"{server}/_stcore/health") is None
    assert header(f"{server}/share/nothing") is None


def test_the_code_of_elements_is_fetched_before_streamlit_checks_its_server(app):
    began = app.evaluate(
        "Object.fromEntries(performance.getEntriesByType('resource').map(one => [one.name.split('/').pop(), one.startTime]))"
    )
    [element] = [at for name, at in began.items() if name.startswith("BidiComponent")]
    assert element < began["health"]


# Half of what the page took before it had a bar and a start page of its own: 7.8 MB, charts and coloured code included.
_MAX_FIRST_BYTES = 3_900_000


@pytest.mark.parametrize("address", ["/", f"{RECORDING}&tab=Problems"])
def test_the_first_page_takes_half_the_bytes_that_it_once_took(browser, server, address):
    context = browser.new_context()
    page = context.new_page()
    taken = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda finished: taken.append(finished["encodedDataLength"]))
    page.goto(server + address)
    page.locator("h1").first.wait_for()
    wait_for_streamlit(page)
    assert 1_000_000 < sum(taken) < _MAX_FIRST_BYTES
    names = page.evaluate(
        "performance.getEntriesByType('resource').map(one => one.name.split('/').pop().split('.')[0])"
    )
    # The code of charts, tables and coloured code waits until something of the kind is opened.
    assert not {"PlotlyChart", "DataFrame", "StreamlitSyntaxHighlighter"} & set(names)
    context.close()


_UNUSED_PRELOAD = """
document.addEventListener('DOMContentLoaded', () => {
  document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'image', href: '/favicon.png?unused' }));
});
"""


def test_nothing_is_preloaded_that_no_page_uses(page, server):
    warnings = []
    page.on("console", lambda message: warnings.append(message.text) if "preload" in message.text else None)
    # Chromium warns of all unused preloads together, some seconds after the page has loaded. This one is unused on purpose.
    page.add_init_script(_UNUSED_PRELOAD)
    with page.expect_console_message(lambda message: "preload" in message.text and "unused" in message.text):
        page.goto(server + RECORDING)
        page.get_by_role("group", name="Replay of").wait_for()
    # The other warnings have arrived once the page answers again.
    page.evaluate("1")
    assert ["unused" in warning for warning in warnings] == [True]


def test_the_header_names_the_files_of_any_streamlit_version_and_stays_short_enough_for_proxies(tmp_path):
    folder = tmp_path / "static" / "js"
    folder.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.a.js"></script>')
    (folder / "index.a.js").write_text("")
    (folder / "Html.b.js").write_text('import"./index.a.js";import{x}from"./x.c.js";')
    (folder / "x.c.js").write_text('import "./Html.b.js"; import "./gone.js"; import "../../secret.js";')
    assert preload_header(tmp_path) == (
        "<./static/js/Html.b.js>; rel=modulepreload, <./static/js/x.c.js>; rel=modulepreload"
    )

    assert preload_header(tmp_path / "gone") == ""
    (folder / "Selectbox.d.js").write_text("".join(f'import "./{name:040}.js";' for name in range(99)))
    for name in range(99):
        (folder / f"{name:040}.js").write_text("")
    assert len(preload_header(tmp_path)) < 2_500
