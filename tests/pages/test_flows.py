"""The pages without a browser: what they pick, list and remember."""

import json
import sys

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from viewer.pages.server.adding import add_file
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import limits
from viewer.pages.server.slots import slots

SCRIPT = ROOT / "viewer" / "pages" / "script.py"


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """Restore the main module, which `AppTest` replaces: processes that are started later import it first."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def opened(**parameters):
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, value in {"file": "sample/grok-code-fast-1_simple_streaming.yaml", **parameters}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def chat(text, model):
    return f"data: {json.dumps({'model': model, 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n".encode()


@pytest.fixture
def limited(monkeypatch):
    """A server with limits of its own."""
    monkeypatch.setenv("VIEWER_LIMITS", "events=5")
    for cached in (limits, slots, server_cache):
        cached.cache_clear()
    yield
    for cached in (limits, slots, server_cache):
        cached.cache_clear()


@pytest.mark.usefixtures("limited")
def test_the_limits_of_the_server_apply_to_the_pages():
    app = opened(tab="Chunks")
    app.file_uploader(key="upload").upload(
        "long.sse", b"".join(chat(f"w{n}", "m") for n in range(9)), "text/plain"
    ).run()
    assert not app.exception
    components = [json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json]
    [table] = [json.loads(data["table"]) for data in components if "table" in data]
    assert table["columns"]["text"] == ["w0", "w1", "w2", "w3", "w4"]


def library_page():
    from viewer.pages.library.page import render

    render()


@pytest.mark.usefixtures("limited")
def test_the_limits_of_the_server_apply_to_the_library():
    app = AppTest.from_function(library_page, default_timeout=60).run()
    assert not app.exception
    rows = app.dataframe[0].value
    # Each event of this recording is one row of its table.
    assert rows.set_index("name").loc["sample/qwen3_ollama.ndjson", "chunks"] == 5


def test_the_library_lists_samples_only_while_nothing_else_is_open():
    app = AppTest.from_function(library_page, default_timeout=60).run()
    assert app.dataframe[0].value["name"].str.startswith("sample/").all()
    add_file(app.session_state["browser"], chat("mine", "m1"), "mine.sse")
    app.run()
    assert not app.exception
    assert app.dataframe[0].value["recording"].tolist() == ["mine.sse"]


def compare_page():
    from viewer.pages.compare.page import render

    render()


@pytest.fixture(params=["missing", "empty"])
def without_samples(request, tmp_path, monkeypatch):
    """A server whose samples folder is missing or empty."""
    folder = tmp_path / "samples"
    if request.param == "empty":
        folder.mkdir()
    monkeypatch.setenv("VIEWER_SAMPLES", str(folder))


def sheet_text(app):
    """Return all texts of our own elements on the page."""

    def texts(nodes):
        for node in nodes:
            if isinstance(node, str):
                yield node
            else:
                yield from texts(node[2:])

    found = [json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json]
    return " ".join(text for data in found for text in texts(data.get("nodes", [])))


@pytest.mark.usefixtures("without_samples")
@pytest.mark.parametrize("page", [library_page, compare_page])
def test_library_and_compare_invite_to_open_a_file_without_samples(page):
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert "No recording is open" in sheet_text(app)
