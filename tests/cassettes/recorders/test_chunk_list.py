import base64
import contextlib
import itertools
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

import viewer

DOC = Path(__file__).parents[3] / "docs" / "recording-by-hand.md"
URL = "https://api.example.com/v1/chat/completions"
CALL = {"url": URL, "method": "POST", "headers": {"accept": "*/*"}, "body": {"model": "m", "messages": []}}


def delta(**fields):
    choice = {"index": 0, "delta": {"content": fields.pop("content", "")}, "finish_reason": None, **fields}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


CHAT = [delta(content="Il pleut"), delta(content=" à "), delta(content="midi."), delta(finish_reason="stop")]
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [],
    "usage": {"input_tokens": 2},
}
ANTHROPIC = [
    {"type": "message_start", "message": MESSAGE},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    *[
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        for text in ("Il pleut", " à ", "midi.")
    ],
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
]
GEMINI = [
    {"candidates": [{"content": {"parts": [{"text": text}]}, **end}]}
    for text, end in (("Il pleut", {}), (" à ", {}), ("midi.", {"finishReason": "STOP"}))
]
OLLAMA = [
    {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": done,
    }
    for text, done in (("Il pleut", False), (" à ", False), ("midi.", True))
]
PROVIDERS = {"chat": CHAT, "anthropic": ANTHROPIC, "gemini": GEMINI, "ollama": OLLAMA}
TEXT = "Il pleut à midi."


def sse(event):
    return (f"event: {event['type']}\n" if "type" in event else "") + f"data: {json.dumps(event)}\n\n"


def cut(text, size):
    return [text[place : place + size] for place in range(0, len(text), size)]


def packed(texts):
    return [base64.b64encode(text.encode()).decode() for text in texts]


FORMS = {
    "objects": lambda events: events,
    "event texts": lambda events: [sse(event) for event in events],
    "event texts without blank lines": lambda events: [sse(event).strip() for event in events],
    "lines": lambda events: [line for event in events for line in sse(event).split("\n")[:-1]],
    "lines that are not blank": lambda events: [line for event in events for line in sse(event).split("\n") if line],
    "lines with their ends": lambda events: [line + "\n" for event in events for line in sse(event).split("\n")[:-1]],
    "parts of an event stream": lambda events: cut("".join(map(sse, events)), 37),
    "parts of JSON lines": lambda events: cut("".join(json.dumps(event) + "\n" for event in events), 41),
    "parts of a JSON array": lambda events: cut(json.dumps(events), 61),
    "JSON texts": lambda events: [json.dumps(event) for event in events],
    "JSON texts and [DONE]": lambda events: [*[json.dumps(event) for event in events], "[DONE]"],
    "base64 of parts": lambda events: packed(cut("".join(map(sse, events)), 50)),
    "base64 of JSON": lambda events: packed(map(json.dumps, events)),
    "Node buffers": lambda events: [{"type": "Buffer", "data": list(sse(event).encode())} for event in events],
    "printed bytes": lambda events: [repr(sse(event).encode()) for event in events],
    "types and objects": lambda events: [{"event": event.get("type"), "data": event} for event in events],
    "types and texts": lambda events: [{"event": event.get("type"), "data": json.dumps(event)} for event in events],
}


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def dump(tree):
    return json.dumps(tree).encode()


def only_stream(data):
    [stream] = viewer.load(data).streams
    return stream


def is_quiet(loaded):
    return all(problem.severity == "note" for problem in loaded.problems)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_list_of_chunks_is_one_stream_whatever_is_around_it(provider, form):
    chunks = FORMS[form](PROVIDERS[provider])
    nested = {"a": chunks}
    for _ in range(10):
        nested = {"inner": [nested]}
    around = [
        *(chunks, {"chunks": chunks}, {"name": "x", "messages": chunks}, {"data": {"odd key": chunks}}, nested),
        {"request": CALL, "response": {"status": 200, "body": chunks}},
    ]
    for tree, write in itertools.product(around, (dump, lambda tree: yaml.safe_dump(tree).encode())):
        loaded = viewer.load(write(tree))
        assert [stream.text() for stream in loaded.streams] == [TEXT], loaded
        assert len(loaded.interactions) == 1
        assert is_quiet(loaded)


@pytest.mark.parametrize("key", ["chunk", "data", "raw", "event", "payload", "odd key"])
@pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith("types")])
def test_a_chunk_may_have_its_time_beside_it_under_any_key(key, form):
    rows = [{"t": 1 + index / 8, key: chunk} for index, chunk in enumerate(FORMS[form](ANTHROPIC))]
    for data in (dump(rows), dump({"x": rows}), lines(*rows), dump([[row["t"], row[key]] for row in rows])):
        stream = only_stream(data)
        assert (stream.text(), stream.finish_reason, stream.timing.grade) == (TEXT, "end_turn", "measured")


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ({"request": CALL}, {"response": {"status": 201, "headers": {"Content-Type": "text/event-stream"}}}),
        (
            {"Request": {"Uri": URL, "Method": "post", "Headers": {"accept": "*/*"}, "Body": CALL["body"]}},
            {"StatusCode": 201},
        ),
        (
            {"url": URL, "method": "post", "request_headers": {"accept": "*/*"}, "request_body": CALL["body"]},
            {"status": 201},
        ),
    ],
)
def test_the_request_around_a_list_is_kept(call, answer):
    for tree in ({**call, **answer, "chunks": CHAT}, {"calls": [{**call, "result": {**answer, "events": CHAT}}]}):
        [interaction] = viewer.load(dump(tree)).interactions
        assert (interaction.request.method, interaction.request.url) == ("POST", URL)
        assert dict(interaction.request.headers) == {"accept": "*/*"}
        assert json.loads(interaction.request.body) == CALL["body"]
        assert interaction.response.status == 201


def test_a_body_that_is_not_a_request_is_not_taken_for_one():
    [interaction] = viewer.load(
        dump({"url": URL, "chunks": CHAT, "body": {"note": "x"}, "headers": {"a": "b"}})
    ).interactions
    assert (interaction.request.url, interaction.request.body, len(interaction.request.headers)) == (URL, b"", 0)


def test_a_stream_that_a_request_quotes_is_not_shown():
    tree = {"request": {"url": URL, "body": {"messages": [sse(delta(content="no"))]}}, "response": {"chunks": CHAT}}
    assert only_stream(dump(tree)).text() == TEXT


def test_a_text_of_events_next_to_a_request_has_that_request():
    [interaction] = viewer.load(
        dump({"call": {"url": URL}, "reply": {"said": "".join(map(sse, CHAT))}})
    ).interactions or [None]
    assert interaction.response.body.startswith(b"data: ")
    loaded = viewer.load(lines(*[{"id": 1, "url": URL, "out": "".join(map(sse, CHAT))}] * 2))
    assert [one.request.url for one in loaded.interactions] == [URL, URL]
    assert [stream.text() for stream in loaded.streams] == [TEXT, TEXT]


def test_streams_in_one_list_are_cut_after_done_and_a_lone_done_is_none():
    texts = [*map(sse, CHAT), "data: [DONE]\n\n"]
    rows = [{"offset_ms": 100 * index, "chunk": text} for index, text in enumerate([*texts, *texts, texts[-1]])]
    loaded = viewer.load(dump(rows))
    assert [stream.text() for stream in loaded.streams] == [TEXT, TEXT]
    assert loaded.interactions[1].times.arrivals.s == pytest.approx((0.5, 0.6, 0.7, 0.8, 0.9))
    assert loaded.interactions[1].times.arrivals.ends[-1] == len(loaded.interactions[1].response.body)


def test_lists_of_several_calls_are_several_streams():
    calls = [{"url": URL, "at": "2026-01-01T00:00:00Z", "chunks": events} for events in (CHAT, ANTHROPIC)]
    for data in (dump(calls), lines(*calls), dump({"a": calls[0], "b": calls[1]})):
        assert [stream.protocol for stream in viewer.load(data).streams] == ["openai-chat", "anthropic-messages"]


def test_texts_that_are_streams_of_their_own_are_not_joined():
    bodies = ["".join(map(sse, ANTHROPIC))] * 2
    for tree in ({"bodies": bodies}, {"cases": [{"name": "n", "body": body} for body in bodies]}):
        assert [stream.text() for stream in viewer.load(dump(tree)).streams] == [TEXT, TEXT]


def test_what_a_client_sent_is_not_in_the_stream():
    sent = {"direction": "sent", "data": {"type": "response.create"}}
    rows = [sent, *[{"direction": "received", "data": event} for event in ANTHROPIC]]
    loaded = viewer.load(dump(rows))
    assert loaded.interactions[0].request.body == b'{"type":"response.create"}\n'
    assert b"response.create" not in loaded.interactions[0].response.body
    assert loaded.streams[0].text() == TEXT


def docker(texts):
    return lines(
        *[
            {"log": text, "stream": "stdout", "time": f"2026-01-01T00:00:{second:02}.123456789Z"}
            for second, text in enumerate(texts)
        ]
    )


@pytest.mark.parametrize(
    "texts",
    [
        [sse(event).strip() + "\n" for event in CHAT],
        [f"12:00 INFO got {sse(event).strip()}\n" for event in CHAT],
        [json.dumps(event) + "\n" for event in CHAT],
        [sse(CHAT[0]).strip() + "\n", "GET /health\n", *[sse(event).strip() + "\n" for event in CHAT[1:]]],
    ],
)
def test_a_docker_log_has_the_time_of_each_line(texts):
    """https://docs.docker.com/engine/logging/drivers/json-file/"""
    stream = only_stream(docker(texts))
    assert (stream.text(), stream.timing.grade) == (TEXT, "measured")
    assert stream.chunks["t"].iloc[-1] == len(texts) - 1


def test_a_line_that_docker_split_is_whole_and_arrives_with_its_end():
    line = "data: " + json.dumps({**CHAT[0], "padding": "x" * 20_000}) + "\n"
    stream = only_stream(docker([line[: 1 << 14], line[1 << 14 :], *[sse(event).strip() + "\n" for event in CHAT[1:]]]))
    assert stream.text() == TEXT
    assert list(stream.chunks["t"]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "printed",
    [
        "\n".join(repr(sse(event).strip().encode()) for event in CHAT),
        "got:\n".join(repr(line.encode()) + "\n" for event in CHAT for line in sse(event).split("\n")[:-1]),
        repr("".join(map(sse, CHAT)).encode()),
        repr("".join(map(sse, CHAT))).replace('"', "\\x22"),
        repr([sse(event).encode() for event in CHAT]),
        repr([(index / 10, sse(event)) for index, event in enumerate(CHAT)]),
        "\n".join(map(repr, CHAT)),
    ],
)
def test_what_python_prints_is_read(printed):
    assert only_stream(printed.encode()).text() == TEXT


def test_printed_bytes_that_are_cut_off_are_read_up_to_there_and_reported():
    printed = "\n".join(repr(sse(event).encode()) for event in CHAT)
    loaded = viewer.load(printed[:-30].encode())
    assert loaded.streams[0].text() == TEXT
    assert any("not what Python prints" in problem.message for problem in loaded.problems)


def test_a_json_text_may_hold_the_whole_body_or_a_list():
    for body in ("".join(map(sse, CHAT)), json.dumps(CHAT), json.dumps({"chunks": CHAT})):
        assert only_stream(dump(body)).text() == TEXT


def test_json_values_one_after_another_are_chunks():
    """This is how jq prints a stream of JSON lines."""
    text = "\n".join(json.dumps(event, indent=2) for event in OLLAMA)
    assert only_stream(text.encode()).text() == TEXT
    assert only_stream(text[:-40].encode()).text() == "Il pleut à "


def test_the_response_headers_decide_how_objects_are_written():
    for media_type, begin in (("text/event-stream; charset=utf-8", b"data: {"), ("application/json", b"{")):
        tree = {"response": {"headers": {"content-type": media_type, "x-id": "1"}, "chunks": CHAT}}
        [interaction] = viewer.load(dump(tree)).interactions
        assert interaction.response.body.startswith(begin)
        assert interaction.response.headers["x-id"] == "1"
        assert only_stream(dump(tree)).text() == TEXT


@pytest.mark.parametrize(
    "tree",
    [
        [{"role": "user", "content": "data: {}"}, {"role": "assistant", "content": "b"}],
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]},
        [{"a": 1}, {"a": 2}],
        ["Rain", " at", " noon."],
        [{"trace_id": "1", "type": "span"}, {"trace_id": "2", "type": "span"}],
    ],
)
def test_other_lists_are_not_claimed(tree):
    with contextlib.suppress(viewer.CassetteError):
        assert viewer.load(dump(tree)).format != "chunk-list"


def test_json_lines_of_bare_events_stay_json_lines():
    assert viewer.load(lines(*ANTHROPIC)).format == "ndjson"


def test_times_that_cannot_be_arrivals_are_reported_and_not_used():
    rows = [{"ts": 1_790_000_000 + index * 8e-6, "chunk": event} for index, event in enumerate(CHAT * 30)]
    loaded = viewer.load(lines(*rows))
    assert loaded.streams[0].timing.grade == "paced"
    [note] = [problem for problem in loaded.problems if "`ts`" in problem.message]
    assert "too close together" in note.message
    assert (note.severity, note.interaction) == ("note", 0)


def test_a_list_of_times_next_to_the_chunks_is_used_if_it_is_as_long():
    for extra in ({"delays": [350, 20, 30, 40]}, {"timing": {"offsets_ms": [350, 370, 400, 440]}}):
        stream = only_stream(dump({"chunks": CHAT, **extra}))
        assert list(stream.chunks["t"]) == pytest.approx([0, 0.02, 0.05, 0.09])
    gaps = only_stream(dump({"response": {"chunks": CHAT}, "interChunkDelaysMs": [20, 30, 40]}))
    assert list(gaps.chunks["t"]) == pytest.approx([0, 0.02, 0.05, 0.09])
    loaded = viewer.load(dump({"chunks": CHAT, "delays": [20, 30]}))
    assert loaded.streams[0].timing.grade == "paced"
    assert any("2 for 4 chunks" in problem.message for problem in loaded.problems)


def test_epoch_times_say_when_the_stream_ended_and_count_from_the_request_if_it_has_one():
    rows = [{"at": f"2026-01-01T00:00:0{index + 1}.250Z", "chunk": event} for index, event in enumerate(CHAT)]
    [interaction] = viewer.load(
        dump({"request": {"url": URL, "at": "2026-01-01T00:00:00.000Z"}, "chunks": rows})
    ).interactions
    assert interaction.times.arrivals.s == pytest.approx((1.25, 2.25, 3.25, 4.25))
    assert (interaction.times.arrivals.since_request, interaction.times.arrivals.resolution_s) == (True, 0.001)
    assert interaction.times.ended.epoch_s == pytest.approx(1767225604.25)


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, [[]], {"chunk": {}}, True, 1e300, ["data: "], {"type": "Buffer", "data": [1]}]
)
@pytest.mark.parametrize(
    "place", ["chunk", "t", "row", "chunks", "request", "response", "headers", "url", "status", "delays"]
)
def test_a_wrong_type_in_any_place_is_no_exception(odd, place):
    rows = [{"t": index / 10, "chunk": sse(event)} for index, event in enumerate(CHAT)]
    tree = {"request": {**CALL}, "response": {"status": 200, "headers": {}}, "chunks": rows, "delays": [1, 2, 3, 4]}
    if place in ("chunk", "t"):
        rows[1] = {**rows[1], place: odd}
    elif place == "row":
        rows[1] = odd
    elif place in ("headers", "status"):
        tree["response"][place] = odd
    elif place == "url":
        tree["request"]["url"] = odd
    else:
        tree[place] = odd
    for data in (dump(tree), lines(tree, *rows), yaml.safe_dump(tree).encode()):
        try:
            loaded = viewer.load(data)
        except viewer.CassetteError:
            assert place == "chunks"
            continue
        if place not in ("chunks", "chunk", "row"):
            assert TEXT in {stream.text() for stream in loaded.streams} or b"\n" in data


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off_is_read_up_to_there(share):
    rows = [{"t": index / 10, "chunk": sse(event)} for index, event in enumerate(CHAT * 3)]
    for data in (dump({"chunks": rows}), lines(*rows)):
        loaded = viewer.load(data[: int(len(data) * share)])
        assert loaded.format == "chunk-list"
        assert loaded.streams[0].text().startswith("Il pleut à midi.Il"[: 4 + int(share * 10)])
        assert not is_quiet(loaded)


@pytest.mark.alone
def test_a_large_file_of_something_else_is_recognised_quickly():
    from viewer.cassettes.document import Document
    from viewer.cassettes.recorders import chunk_list

    data = dump({"rows": [{"id": index, "text": "x" * 50, "tags": [{"a": 1}] * 5} for index in range(50_000)]})
    document = Document(data, "large.json")
    assert document.tree
    begin = time.process_time()
    assert chunk_list.recognise(document) == 0
    assert time.process_time() - begin < 0.3


def test_the_examples_of_the_documentation_are_measured_from_the_request():
    blocks = re.findall(r"(?:^    .*\n)+", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    for block in (blocks[0], blocks[1]):
        loaded = viewer.load(re.sub("^    ", "", block, flags=re.MULTILINE).encode())
        [stream] = loaded.streams
        assert (stream.text(), stream.timing.grade, stream.timing.origin) == ("Rain at noon.", "measured", "request")
        assert list(stream.chunks["t"])[:2] == pytest.approx([0.437, 0.502])
        assert loaded.interactions[0].times.headers_s == pytest.approx(0.412)
        assert loaded.interactions[0].request.url == "https://api.openai.com/v1/chat/completions"
        assert loaded.problems == []


def test_a_list_that_the_documentation_does_not_show_gets_a_note():
    lines = [{"t": 0.1, "chunk": sse(CHAT[0]), "n": 1}, {"t": 0.2, "chunk": sse(CHAT[1]), "n": 2}]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    assert "No known recorder" in viewer.load(text.encode()).problems[0].message


class _Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        for event in CHAT:
            self.wfile.write(sse(event).encode())
            self.wfile.flush()
            time.sleep(0.03)

    def log_message(self, *_arguments):
        pass


@pytest.mark.process
def test_the_program_of_the_documentation_records_the_arrival_of_each_event(tmp_path):
    [program] = re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    with HTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        file = tmp_path / "weather.jsonl"
        program = program.replace("https://api.openai.com", f"http://127.0.0.1:{server.server_port}")
        exec(program.replace('"weather.jsonl"', repr(str(file))), {})  # noqa: S102 - our own documentation
        thread.join()
    loaded = viewer.load(file)
    [stream] = loaded.streams
    assert (stream.text(), stream.timing.grade, stream.timing.origin) == (TEXT, "measured", "request")
    assert stream.chunks["t"].iloc[-1] - stream.chunks["t"].iloc[0] >= 0.08
    assert loaded.interactions[0].request.url.endswith("/v1/chat/completions")
