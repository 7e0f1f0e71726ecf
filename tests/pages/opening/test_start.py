"""What is shown while nothing is open, and what becomes of uploads, without a browser."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from viewer.pages.server.uploads import upload_store

SCRIPT = ROOT / "viewer" / "pages" / "script.py"


@pytest.fixture(autouse=True)
def own_store():
    """An empty store."""
    upload_store.cache_clear()
    yield
    upload_store.cache_clear()


def opened(**parameters):
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def upload(app, name, content):
    app.file_uploader(key="upload").upload(name, content, "text/plain").run()
    assert not app.exception


def parameter(app, name):
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def chat(text, model):
    return f"data: {json.dumps({'model': model, 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n".encode()


def shown(app):
    """The data of all our own elements on the page, as one text."""
    return " ".join(element.proto.json for element in app.get("bidi_component") if element.proto.json)


def start_data(app):
    found = [json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json]
    [data] = [one for one in found if "tiles" in one]
    return data


def test_four_samples_and_all_others_are_offered_while_nothing_is_open():
    data = start_data(opened())
    assert [tile["title"] for tile in data["tiles"]] == ["Reasoning", "Tools", "Session", "Error"]
    [others] = data["groups"]
    offered = {tile["key"] for tile in data["tiles"]} | {link["key"] for link in others["links"]}
    samples = {f"sample/{path.name}" for path in (ROOT / "sample_cassettes").iterdir() if path.suffix != ".md"}
    assert offered == samples


def test_the_library_of_the_server_is_offered_with_its_size(tmp_path, monkeypatch):
    for name in ("a.sse", "b.sse"):
        (tmp_path / name).write_bytes(chat("x", "m"))
    monkeypatch.setenv("VIEWER_LIBRARY", str(tmp_path))
    monkeypatch.setenv("VIEWER_SAMPLES", str(tmp_path / "missing"))
    data = start_data(opened())
    assert data["tiles"] == []
    assert data["groups"] == [
        {"title": "Library of this server", "links": [{"key": "", "label": "All 2 recordings in a list"}]}
    ]


def test_one_upload_is_shown_under_its_whole_hash_and_its_name():
    app = opened()
    upload(app, "one.sse", chat("first", "m1"))
    key = parameter(app, "file")
    assert len(key) == 64
    assert parameter(app, "name") == "one.sse"
    assert app.selectbox(key="recording").value == key


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a: [", "not readable as YAML (while parsing a flow node: did not find expected node content at line 2)"),
        (b'{"a": 1}', "not a cassette of a known recorder: it is a mapping with the keys 'a'"),
        (b"version: 2\ninteractions: []\n", "the go-vcr cassette has no interactions"),
    ],
)
def test_a_single_upload_that_cannot_be_read_is_shown_with_its_reason(content, reason):
    app = opened()
    upload(app, "broken.yaml", content)
    assert "This file cannot be opened" in shown(app)
    assert f"broken.yaml: {reason}" in shown(app)


def test_an_archive_that_is_refused_is_explained_and_the_page_stays():
    app = opened(file="sample/qwen3_ollama.ndjson")
    upload(app, "empty.zip", b"PK\x05\x06")
    assert "0 of 1 opened; 1 could not be opened." in shown(app)
    assert "empty.zip: " in shown(app)
    assert parameter(app, "file") == "sample/qwen3_ollama.ndjson"


@pytest.mark.parametrize("file", ["sample/../../etc/passwd", "library/x", "<b>", "a" * 5000])
def test_a_link_to_what_is_not_here_says_which_file_to_drop(file):
    app = opened(file=file)
    wanted = file if len(file) <= 80 else f"{file[:80]}…"
    assert json.dumps(f"Drop “{wanted}” anywhere")[1:-1] in shown(app)
    assert parameter(app, "file") == file
