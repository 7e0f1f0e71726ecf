"""What the tabs of the inspector show, without a browser."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.support.packed import unpacked

SCRIPT = ROOT / "viewer" / "pages" / "script.py"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A function that opens the page of a recording with some parameters of the address."""
    monkeypatch.setenv("VIEWER_SAMPLES", str(tmp_path))

    def open_page(content, name="a.sse", **parameters):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        app = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for parameter, value in {"file": f"sample/{name}", **parameters}.items():
            app.query_params[parameter] = value
        app.run()
        assert not app.exception
        return app

    return open_page


def delta(text, **more):
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}}], **more})}\n\n"


def data_of(app):
    return [json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json]


def parts_of(app):
    return [part for data in data_of(app) for part in data.get("parts", [])]


def texts_of(nodes):
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from texts_of(node[2:])


def text_of(app):
    """Return all that nodes say, in the inspector and elsewhere on the page."""
    nodes = [data.get("nodes", []) for data in data_of(app)] + [part.get("nodes", []) for part in parts_of(app)]
    return " ".join(text for some in nodes for text in texts_of(some))


def recorded(app):
    """Return each recorded text that is shown as a tree or as text, by its name."""
    return {part["label"]: part["text"] for part in parts_of(app) if "text" in part}


def table_of(app):
    [table] = [json.loads(data["table"]) for data in data_of(app) if "table" in data]
    return table


def column(table, name):
    return unpacked(table["columns"][name], table["count"])


def with_attribute(app, name):
    """Return the value of an attribute of all nodes of the panels that have it."""

    def found(nodes):
        for node in nodes:
            if not isinstance(node, str):
                if name in node[1]:
                    yield node[1][name]
                yield from found(node[2:])

    return [value for part in parts_of(app) for value in found(part.get("nodes", []))]


START = 'data: {"choices": [{"index": 0, "delta": {"role": "assistant"}}]}\n\n'


def test_without_a_selection_the_first_event_that_adds_something_is_shown(opened):
    app = opened(START + delta("Hello") + delta(" there"))
    assert json.loads(recorded(app)["event"])["choices"][0]["delta"] == {"content": "Hello"}
    assert "No event is selected. This is the first that adds something." in text_of(app)
    assert with_attribute(app, "data-event") == ["0", "2"]


def test_the_event_in_the_address_is_shown_with_what_it_adds(opened):
    app = opened("event: delta\nid: 9\n" + delta("Hello") + delta(" there"), event="0")
    assert "No event is selected" not in text_of(app)
    assert "event: delta\nid: 9" in text_of(app)
    assert "content Hello" in text_of(app)
    assert "not recorded ○" in text_of(app)
    assert "Event 0 (of 0 to 1)" in text_of(app)


def test_an_event_that_does_not_exist_is_said_to_be_missing(opened):
    assert "This stream has no event 77." in text_of(opened(delta("a"), event="77"))


def test_filters_of_chunks_are_read_from_the_address(opened):
    app = opened(delta("Hello") + delta(" Portuguese") + "data: [DONE]\n\n", tab="Chunks", kind="content", find="Port")
    assert app.multiselect(key="kind").value == ["content"]
    assert column(table_of(app), "text") == [" Portuguese"]
    assert column(table_of(app), "event") == [1]
    assert "1 of 3 chunks" in text_of(app)


def test_an_invalid_pattern_shows_no_chunk_and_says_why(opened):
    app = opened(delta("a"), tab="Chunks", find="(", regex="true")
    assert table_of(app)["count"] == 0
    assert "not an RE2 regular expression" in text_of(app)


def test_times_that_were_not_recorded_are_in_no_table(opened):
    assert not {"t", "t_low", "t_high"} & set(table_of(opened(delta("a"), tab="Chunks"))["columns"])
    assert "t" not in table_of(opened(delta("a"), tab="HTTP"))["columns"]


def test_the_selected_event_is_shown_below_the_tables(opened):
    for tab in ("Chunks", "HTTP"):
        app = opened(delta("Hello") + delta(" there"), tab=tab, event="1")
        assert json.loads(recorded(app)["event"])["choices"][0]["delta"] == {"content": " there"}


def cassette(*interactions):
    return json.dumps({"version": 2, "interactions": list(interactions)})


def interaction(body, request_body="{}", **request):
    headers = {"Authorization": ["Bearer sk-very-secret"], "X-Odd": ["1"]}
    return {
        "request": {
            "url": "https://a.example/?key=sk-very-secret",
            "headers": headers,
            "body": request_body,
            **request,
        },
        "response": {"body": body, "code": 200, "status": "200 OK", "headers": {}},
    }


def test_http_shows_both_messages_without_secrets_in_url_and_headers(opened):
    app = opened(cassette(interaction(delta("a"), '{"n": 1}', method="POST")), "c.json", tab="HTTP")
    assert "POST https://a.example/?key=•••" in text_of(app)
    assert "sk-very-secret" not in json.dumps(data_of(app))
    assert recorded(app)["body of the request"] == '{"n": 1}'
    [command] = [
        copy["text"] for part in parts_of(app) for copy in part.get("copies", []) if copy["label"] == "Copy as cURL"
    ]
    assert command.startswith("curl 'https://a.example/?key=•••'")
    assert column(table_of(app), "event") == [0]


def test_the_body_of_a_plain_answer_is_shown_under_http(opened):
    app = opened(cassette(interaction('{"answer": 42}')), "c.json", tab="HTTP")
    assert recorded(app)["body of the response"] == '{"answer": 42}'


def test_a_stream_of_an_unknown_protocol_lists_its_events(opened):
    app = opened('data: {"pressure": 1013}\n\ndata: {"pressure": 1012}\n\n', tab="HTTP", event="1")
    assert column(table_of(app), "event") == [0, 1]
    assert json.loads(recorded(app)["event"]) == {"pressure": 1012}


def test_the_beginning_of_a_very_large_body_is_shown(opened):
    app = opened(cassette(interaction(delta("a"), "x" * 2_100_000)), "c.json", tab="HTTP")
    assert len(recorded(app)["body of the request"]) == 2_000_000
    assert "The first 2 MB of 2.1 MB are shown." in text_of(app)


def test_equal_problems_are_one_with_a_place_for_each(opened):
    broken = "data: {broken\n\n"
    app = opened(delta("a") + broken + delta("b") + broken, tab="Problems")
    assert "2 × An event is not JSON" in text_of(app)
    assert {"1", "3"} <= set(with_attribute(app, "data-event"))


def test_problems_of_other_interactions_are_links_to_them(opened):
    content = cassette(
        interaction(delta("A long answer. " * 30) + "data: [DONE]\n\n"), interaction("data: {broken\n\n" + delta("b"))
    )
    app = opened(content, "c.json", tab="Problems", stream="0")
    assert "Other interactions" in text_of(app)
    assert set(with_attribute(app, "href")) == {"#interaction-1"}
    app = opened(content, "c.json", tab="Problems", stream="1")
    assert "Other interactions" not in text_of(app)
    assert "0" in with_attribute(app, "data-event")


def test_the_number_of_problems_stands_beside_the_tab_and_not_in_the_address(opened):
    app = opened(delta("a") + "data: {broken\n\n", tab="Problems")
    assert [tab.label for tab in app.tabs][-1] == "Problems"
    assert any("::after" in element.proto.body for element in app.get("html"))


def test_tokens_show_the_sums_the_counts_and_what_the_provider_reported(opened):
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    app = opened(delta("a", usage=usage), tab="Tokens")
    assert "9 = 7 + 2" in text_of(app)
    assert json.loads(recorded(app)["usage as reported by the provider"]) == usage


def test_tokens_show_what_the_reasoning_cost(opened):
    sample = ROOT / "sample_cassettes" / "grok-code-fast-1_simple_streaming.yaml"
    app = opened(sample.read_bytes(), sample.name, tab="Tokens")
    assert "about $0.00020" in text_of(app)
    assert "of it for reasoning: 133 of 160 output tokens" in text_of(app)


def test_beside_a_recording_of_one_call_the_others_are_listed(opened, tmp_path):
    (tmp_path / "another.sse").write_text(delta("b"))
    app = opened(delta("a"))
    (groups,) = [data["groups"] for data in data_of(app) if "groups" in data]
    assert groups == [{"title": "Samples", "links": [{"key": "sample/another.sse", "label": "another.sse"}]}]


def test_a_long_message_is_folded_behind_its_beginning(opened):
    request = json.dumps({"messages": [{"role": "user", "content": "word " * 1000}]})
    app = opened(cassette(interaction(delta("a"), request)), "c.json", tab="Request")
    assert "All 5,000 characters" in text_of(app)
