"""The pages without a browser: what they pick, list and remember."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from viewer.pages.server.adding import add_file
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import limits
from viewer.pages.server.slots import slots

SCRIPT = ROOT / "viewer" / "pages" / "script.py"


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


def listed(app):
    """Return the output tokens that the library lists for each recording, once all have been read."""
    while True:
        data = [json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json]
        [rows] = [json.loads(one["rows"]) for one in data if "rows" in one] or [None]
        if rows and "recordings read" not in sheet_text(app):
            names = [rows["recordings"][place][1] for place in rows["rows"]["recording"]]
            return dict(zip(names, rows["rows"]["output"]["key"], strict=True))
        app.run()


@pytest.mark.usefixtures("limited")
def test_the_limits_of_the_server_apply_to_the_library():
    app = AppTest.from_function(library_page, default_timeout=60).run()
    output = listed(app)
    assert not app.exception
    # The usage is in the last event, which is beyond the limit.
    assert output["qwen3_ollama.ndjson"] is None
    assert output["gemini-2.5-flash_function-call.httprr"] is not None


def test_the_library_lists_samples_only_while_nothing_else_is_open():
    app = AppTest.from_function(library_page, default_timeout=60).run()
    assert "qwen3_ollama.ndjson" in listed(app)
    add_file(app.session_state["browser"], chat("mine", "m1"), "mine.sse")
    app.run()
    assert not app.exception
    assert list(listed(app)) == ["mine.sse"]


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
