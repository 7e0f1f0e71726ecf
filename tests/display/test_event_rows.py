import json

import viewer
from tests.conftest import SAMPLES
from tests.support.packed import unpacked
from viewer.display.event_rows import event_rows
from viewer.wire.framing import split_events


def rows_of(body, name="a.sse", content_type="text/event-stream"):
    [stream] = viewer.load(body, name).streams
    body = viewer.load(body, name).interactions[0].response.body
    return event_rows(split_events(content_type, body), body, stream)


def column(table, name):
    return unpacked(table["columns"][name], table["count"])


def sse(*events):
    return "".join(f"{lines}data: {json.dumps(data)}\n\n" for lines, data in events).encode()


def delta(text):
    return {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": text}}]}


def test_each_event_has_its_number_id_type_and_size():
    body = b": ping\n\n" + sse(("event: delta\nid: 4\n", delta("a")), ("", delta("b")))
    table = rows_of(body)
    assert table["shown"] == ["event", "id", "type", "data", "size"]
    assert column(table, "event") == [0, 1, 2]
    assert column(table, "id") == ["", "4", ""]
    assert [table["types"][code] for code in column(table, "type")] == ["no event", "delta", "message"]
    assert sum(column(table, "size")) == len(body)
    assert column(table, "data")[0] == ": ping"


def test_what_an_event_repeats_of_the_one_before_is_left_out():
    first, second, third = column(rows_of(sse(("", delta("a")), ("", delta("b")), ("", delta("b")))), "data")
    assert first.startswith('{"id": "chatcmpl-1"')
    assert second == '… "delta": {"content": "b"}}]}'
    # Equal events have nothing in which they differ.
    assert third == json.dumps(delta("b"))


def test_times_are_shown_only_if_they_were_recorded():
    assert "t" not in rows_of(sse(("", delta("a"))))["shown"]
    path = SAMPLES / "qwen3_ollama.ndjson"
    table = rows_of(path.read_bytes(), path.name, "application/x-ndjson")
    [stream] = viewer.load(path).streams
    assert table["shown"] == ["event", "type", "data", "size", "t"]
    assert column(table, "t")[-1] / 1e6 == round(float(stream.chunks["t"].iloc[-1]), 6)


def test_the_previews_of_a_long_stream_are_short():
    table = rows_of(sse(*(("", delta(f"{index} " * 200)) for index in range(20_000))))
    assert max(map(len, column(table, "data"))) <= 102
