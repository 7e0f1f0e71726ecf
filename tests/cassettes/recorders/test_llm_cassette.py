"""Synthetic llm-cassette files, in the layout of its own writer."""

import copy
import json

import pytest

import viewer

HEADER = {"type": "header", "format_version": 1}
CHUNKS = [
    {"choices": [{"delta": {"content": "Ol\u00e1", "role": "assistant"}, "finish_reason": None, "index": 0}]},
    {"choices": [{"delta": {"content": " mundo", "role": None}, "finish_reason": "stop", "index": 0}]},
    {"choices": [], "usage": {"completion_tokens": 2, "prompt_tokens": 7, "total_tokens": 9}},
]
CHUNKS = [{**chunk, "created": 1795387416, "model": "m", "object": "chat.completion.chunk"} for chunk in CHUNKS]
EVENTS = [
    {"type": "message_start", "message": {"model": "claude", "usage": {"input_tokens": 3, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "", "citations": None}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Oi"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"output_tokens": 4, "input_tokens": None},
    },
    {"type": "message_stop"},
]
DEEP = "[" * 1000 + "]" * 1000
NONSENSE = [None, 5, -1, 1e308, True, "x", "", [], [5], {}, {"a": 1}, {"chunks": 5}, "DEEP"]


def call(response, provider="openai", **body):
    request = {"body": {"stream": True, **body}, "operation": "chat.completions.create"}
    return {"type": "llm_call", "provider": provider, "request": request, "response": response}


def write(*lines):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (HEADER, *lines))
    return text.replace('"DEEP"', DEEP).encode()


def load(*lines):
    return viewer.load(write(*lines), "a.jsonl")


def test_the_objects_of_a_stream_are_its_events():
    loaded = load(call({"chunks": CHUNKS}, model="m"))
    assert (loaded.format, loaded.format_version) == ("llm-cassette", "1")
    [interaction] = loaded.interactions
    assert interaction.request.body == b'{"stream":true,"model":"m"}'
    assert (interaction.request.url, interaction.response.status) == ("", None)
    assert interaction.response.content_type == "application/x-ndjson"
    assert [json.loads(line) for line in interaction.response.body.splitlines()] == CHUNKS
    [stream] = loaded.streams
    assert (stream.protocol, stream.model, stream.text()) == ("openai-chat", "m", "Olá mundo")
    assert (stream.finish_reason, stream.complete, stream.usage.total) == ("stop", True, 9)
    assert stream.chunks["event"].nunique() == len(CHUNKS)


def test_one_note_says_that_the_wire_format_is_lost():
    problems = load(call({"chunks": CHUNKS}), call({"chunks": CHUNKS})).problems
    assert [problem.severity for problem in problems] == ["note"]
    assert "not what came over the wire" in problems[0].message


def test_events_of_anthropic_are_read():
    [stream] = load(call({"events": EVENTS}, "anthropic")).streams
    assert (stream.protocol, stream.model, stream.text()) == ("anthropic-messages", "claude", "Oi")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output) == ("end_turn", 3, 4)


def test_a_call_that_was_not_streamed_has_the_response():
    response = {"id": "c", "object": "chat.completion", "events": [], "choices": []}
    loaded = load(call(response))
    assert loaded.streams == []
    assert loaded.interactions[0].response.content_type == "application/json"
    assert json.loads(loaded.interactions[0].response.body) == response
    assert not any("wire" in problem.message for problem in loaded.problems)


def test_tool_calls_keep_their_place_in_the_order():
    loaded = load(
        {"type": "tool_call", "name": "weather", "args": {"city": "Rio"}, "result": "data: hot"},
        call({"chunks": CHUNKS}),
    )
    [tool, _] = loaded.interactions
    assert tool.request.body == b'{"name":"weather","args":{"city":"Rio"}}'
    assert tool.response.body == b'"data: hot"'
    assert [stream.interaction for stream in loaded.streams] == [1]


def test_no_times_are_invented():
    times = load(call({"chunks": CHUNKS})).interactions[0].times
    assert times == type(times)()


def test_a_request_of_a_custom_adapter_is_shown_in_full():
    line = {**call({"a": 1}), "request": ["x"]}
    assert load(line).interactions[0].request.body == b'["x"]'


@pytest.mark.parametrize(("version", "shown"), [(2, "2"), ("1.1", "1.1"), (None, ""), ([1], ""), ("DEEP", "")])
def test_the_version_comes_from_the_first_line(version, shown):
    lines = write(call({"chunks": CHUNKS})).replace(
        b'"format_version": 1', f'"format_version": {json.dumps(version)}'.encode()
    )
    loaded = viewer.load(lines.replace(b'"DEEP"', DEEP.encode()))
    assert (loaded.format, loaded.format_version) == ("llm-cassette", shown)


def test_blank_lines_are_skipped():
    assert viewer.load(b"\n\n" + write(call({"chunks": CHUNKS})) + b"\n \n").streams[0].text() == "Olá mundo"


def test_a_line_that_is_not_json_is_a_problem_with_its_offset():
    header = json.dumps(HEADER).encode() + b"\n"
    loaded = viewer.load(write(call({"chunks": CHUNKS})) + b"}{\n")
    assert loaded.streams[0].text() == "Olá mundo"
    [problem] = [problem for problem in loaded.problems if problem.severity == "warning"]
    assert "not JSON" in problem.message
    assert problem.offset == len(write(call({"chunks": CHUNKS})))
    assert problem.offset > len(header)


def test_a_line_that_is_cut_off_is_read_up_to_there():
    whole = write(call({"chunks": CHUNKS}))
    loaded = viewer.load(whole[: whole.index(b" mundo") + 3])
    assert loaded.format == "llm-cassette"
    assert loaded.streams[0].text() == "Olá mu"
    assert any("cut off" in problem.message for problem in loaded.problems if problem.severity == "warning")


def test_a_call_without_a_response_is_a_problem():
    line = call({})
    del line["response"]
    loaded = load(line, {"type": "tool_call", "name": "x", "args": {}}, call({"chunks": CHUNKS}))
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [0, 1]


def test_a_file_without_calls_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.jsonl: the llm-cassette file has no calls"):
        load()


@pytest.mark.parametrize("first", [{"type": "header"}, {"format_version": 1}, {"type": "x", "format_version": 1}, [1]])
def test_a_file_with_another_first_line_is_not_recognised(first):
    body = write(call({"chunks": CHUNKS})).partition(b"\n")[2]
    assert (
        viewer.load(json.dumps(first).encode() + b"\n" + body + b"{}\n" * 2 + b'data: {"a":1}').format != "llm-cassette"
    )


PLACES = [
    (),
    *[(name,) for name in ("type", "provider", "request", "response")],
    ("request", "body"),
    ("response", "chunks"),
    ("response", "chunks", 0),
    ("response", "chunks", 0, "choices"),
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "line")
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    holder = lines = [copy.deepcopy(call({"chunks": CHUNKS})), call({"chunks": CHUNKS})]
    for key in (0, *place)[:-1]:
        holder = holder[key]
    holder[(0, *place)[-1]] = nonsense
    loaded = load(*lines)
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá mundo"
