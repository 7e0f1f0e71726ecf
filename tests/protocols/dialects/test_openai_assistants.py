"""OpenAI Assistants: a small synthetic stream for each rule. test_corpus compares recordings with the official SDK."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError


def load(*events, url="", cut=""):
    """Load a stream of events, each given as its name and data."""
    units = [f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n" for name, data in events]
    headers = Headers([("Content-Type", "text/event-stream")])
    response = Response(200, headers=headers, body=("".join(units) + cut).encode())
    return read_stream(Interaction(Request("POST", url), response), 0)


def run(status, /, **fields):
    name = {"queued": "created"}.get(status, status)
    data = {"id": "run", "object": "thread.run", "status": status, "created_at": 1761861531, "model": "gpt-4o"}
    return f"thread.run.{name}", {**data, "usage": None, "last_error": None, **fields}


def delta(*parts, message_id="msg"):
    content = [{"index": 0, **part} for part in parts]
    data = {"id": message_id, "object": "thread.message.delta", "delta": {"content": content}}
    return "thread.message.delta", data


def text(value, *annotations):
    return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}


def message(status, *parts, message_id="msg", role="assistant"):
    data = {"id": message_id, "object": "thread.message", "status": status, "role": role, "content": list(parts)}
    return f"thread.message.{status}", data


def step(*calls, step_id="step"):
    details = {"type": "tool_calls", "tool_calls": list(calls)}
    data = {"id": step_id, "object": "thread.run.step.delta", "delta": {"step_details": details}}
    return "thread.run.step.delta", data


def call(arguments, index=0, call_id=None, name=None):
    identity = {"id": call_id} if call_id else {}
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return {"index": index, "type": "function", "function": function, **identity}


USAGE = {
    "prompt_tokens": 38,
    "completion_tokens": 35,
    "total_tokens": 73,
    "prompt_token_details": {"cached_tokens": 8},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
DONE = ("done", "[DONE]")


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_deltas_and_the_whole_message_adds_nothing():
    stream = load(
        run("queued"),
        ("thread.run.queued", run("queued")[1]),
        message("in_progress"),
        delta(text("Olá")),
        delta(text("")),
        delta({"type": "text", "text": {"value": " mundo"}}),
        message("completed", text("Olá mundo")),
        run("completed", usage=USAGE),
        DONE,
    )
    assert (stream.protocol, stream.model, stream.text()) == ("openai-assistants", "gpt-4o", "Olá mundo")
    expected = ["start", "other", "other", "content", "silent", "content", "other", "finish", "usage", "other"]
    assert kinds(stream) == expected
    assert (stream.finish_reason, stream.complete, stream.problems) == ("completed", True, [])


def test_the_times_of_objects_are_not_event_stamps():
    assert load(run("queued"), delta(text("a")), run("completed")).chunks["stamp"].isna().all()


def test_usage_is_that_of_the_run_and_its_arithmetic_is_checked():
    of_step = {"id": "s", "object": "thread.run.step", "status": "completed", "usage": {**USAGE, "prompt_tokens": 1}}
    stream = load(delta(text("a")), ("thread.run.step.completed", of_step), run("completed", usage=USAGE))
    usage = stream.usage
    assert (usage.input, usage.output, usage.cache_read, usage.total, usage.reported) == (38, 35, 8, 73, USAGE)
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = prompt + completion", True),
        ("cached ≤ prompt", True),
    ]


def test_a_message_without_deltas_is_read_from_the_whole_message():
    stream = load(
        delta(text("first.")),
        message("completed", text("first.")),
        message("completed", text(" Second."), message_id="other"),
    )
    assert stream.text() == "first. Second."


def test_what_the_user_wrote_is_not_content():
    assert load(message("completed", text("a question"), role="user"), delta(text("a"))).text() == "a"


def test_annotations_are_citations():
    citation = {"index": 0, "type": "file_citation", "text": "[1]", "file_citation": {"file_id": "f"}}
    stream = load(delta(text("cited[1]", citation)))
    assert kinds(stream) == ["content", "citation"]
    assert json.loads(stream.text("citation")) == citation


def test_a_refusal_is_a_kind_of_its_own_and_an_image_is_other():
    image = {"type": "image_file", "image_file": {"file_id": "f"}}
    stream = load(
        delta({"type": "refusal", "refusal": "I can"}), delta({"type": "refusal", "refusal": "not"}), delta(image)
    )
    assert (stream.text("refusal"), stream.text()) == ("I cannot", "")
    assert kinds(stream) == ["refusal", "refusal", "other"]


def test_functions_are_tool_calls_by_step_and_index_and_the_run_waits_for_them():
    wanted = [
        {"id": "c0", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}},
        {"id": "c2", "type": "function", "function": {"name": "late", "arguments": "{}"}},
    ]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": wanted}}
    stream = load(
        step(call("", 0, "c0", "add")),
        step(call("", 1, "c1", "mul")),
        step(call('{"a"', 0), call("{", 1)),
        step(call(":1}", 0), call("}", 1)),
        step(call("[]", 0, "d0", "next"), step_id="another"),
        run("requires_action", required_action=action),
        DONE,
    )
    assert stream.tool_calls == [
        viewer.ToolCall("c0", "add", '{"a":1}', 0),
        viewer.ToolCall("c1", "mul", "{}", 0),
        viewer.ToolCall("d0", "next", "[]", 0),
        viewer.ToolCall("c2", "late", "{}", 0),
    ]
    assert (stream.finish_reason, stream.complete) == ("requires_action", True)


def test_input_and_output_of_tools_run_by_the_provider_are_shown_but_are_not_tool_calls():
    code = {"index": 0, "id": "c", "type": "code_interpreter", "code_interpreter": {"input": "1 + 1"}}
    output = {"index": 0, "code_interpreter": {"outputs": [{"type": "logs", "logs": " -> 2"}, {"type": "image"}]}}
    search = {"index": 1, "id": "s", "type": "file_search", "file_search": {"results": []}}
    stream = load(step(code), step(output), step(search))
    assert kinds(stream) == ["other", "other", "other"]
    assert (stream.text("other"), stream.tool_calls) == ("1 + 1 -> 2", [])


@pytest.mark.parametrize("status", ["incomplete", "cancelled", "expired"])
def test_a_run_that_ends_early_has_its_status_as_finish_reason(status):
    stream = load(delta(text("so far")), run(status))
    assert (stream.finish_reason, stream.complete, stream.error, stream.text()) == (status, True, None, "so far")


def test_a_failed_run_is_an_error():
    stream = load(delta(text("so far")), run("failed", last_error={"code": "server_error", "message": "broken"}))
    assert stream.error == StreamError("broken", "", "server_error")
    assert (stream.finish_reason, stream.complete, stream.text()) == ("failed", False, "so far")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("error", {"error": {"message": "slow down", "code": "rate_limit"}}),
        ("error", {"message": "slow down", "code": "rate_limit"}),
        ("message", {"error": {"message": "slow down", "code": "rate_limit"}}),
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(name, data):
    stream = load(delta(text("so far")), (name, data))
    assert stream.error == StreamError("slow down", "", "rate_limit")
    assert (stream.text(), kinds(stream)) == ("so far", ["content", "error"])


def test_a_stream_with_only_an_error_is_recognised_by_its_path():
    url = "https://api.openai.com/v1/threads/t/runs?include[]=x"
    stream = load(("error", {"error": {"message": "no"}}), url=url)
    assert (stream.protocol, str(stream.error)) == ("openai-assistants", "no")


def test_client_objects_with_the_name_and_data_of_an_event_are_read():
    objects = [{"event": name, "data": data} for name, data in (delta(text("a")), delta(text("b")), run("completed"))]
    stream = viewer.load("".join(json.dumps(one) + "\n" for one in objects).encode()).streams[0]
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("openai-assistants", "ab", "completed")


def test_two_streams_of_one_cassette_are_read_separately():
    """A synthetic seinfeld cassette: a run that waits, and the stream after its tool outputs were submitted."""
    streams = [
        [step(call("{}", 0, "c0", "add")), run("requires_action"), DONE],
        [delta(text("sum")), run("completed"), DONE],
    ]
    entries = [
        {
            "matchKey": str(index),
            "request": {"method": "POST", "url": "https://api.openai.com/v1/threads/runs", "body": {"kind": "empty"}},
            "response": {
                "status": 200,
                "headers": {"content-type": "text/event-stream"},
                "body": {
                    "kind": "sse",
                    "chunks": [
                        f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}"
                        for name, data in events
                    ],
                },
            },
        }
        for index, events in enumerate(streams)
    ]
    opened = viewer.load(json.dumps({"version": 1, "entries": entries}).encode())
    assert [stream.finish_reason for stream in opened.streams] == ["requires_action", "completed"]
    assert [len(stream.tool_calls) for stream in opened.streams] == [1, 0]


def test_a_run_that_was_not_streamed_is_an_answer():
    wanted = [{"id": "c0", "type": "function", "function": {"name": "add", "arguments": "{}"}}]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": wanted}}
    data = run("requires_action", required_action=action, usage=USAGE)[1]
    answer = read_answer(Interaction(Request(), Response(body=json.dumps(data).encode())))
    assert (answer.protocol, answer.finish_reason, answer.usage.total) == ("openai-assistants", "requires_action", 73)
    assert answer.tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_a_message_that_was_not_streamed_is_an_answer():
    data = message("completed", text("Olá"))[1]
    assert read_answer(Interaction(Request(), Response(body=json.dumps(data).encode()))).text == "Olá"


@pytest.mark.parametrize("data", [run("queued")[1], {"object": "thread.run", "status": []}, {"object": "thread"}])
def test_other_objects_are_not_answers(data):
    assert read_answer(Interaction(Request(), Response(body=json.dumps(data).encode()))) is None


def test_a_truncated_stream_is_shown_and_reported():
    stream = load(run("queued"), delta(text("so far")), cut='event: thread.message.delta\ndata: {"object":"thread.mess')
    assert (stream.text(), stream.complete) == ("so far", False)
    assert stream.problems


NESTED = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize("odd", [None, 7, 1e300, True, "text", [], [7, None], {}, {"a": []}])
def test_a_malformed_event_does_not_affect_others(odd):
    data = [
        odd,
        {"object": odd},
        {"object": "thread.message.delta", "id": odd, "delta": odd},
        {"object": "thread.message.delta", "delta": {"content": odd}},
        {"object": "thread.message.delta", "delta": {"content": [odd, {"text": odd}, {"text": {"annotations": odd}}]}},
        {"object": "thread.message", "status": "completed", "content": odd},
        {"object": "thread.run", "status": odd, "usage": odd, "last_error": odd, "model": odd},
        {"object": "thread.run", "status": "failed", "last_error": odd, "required_action": odd},
        {
            "object": "thread.run",
            "status": "requires_action",
            "required_action": {"submit_tool_outputs": {"tool_calls": odd}},
        },
        {"object": "thread.run.step.delta", "delta": {"step_details": odd}},
        {"object": "thread.run.step.delta", "delta": {"step_details": {"tool_calls": odd}}},
        {
            "object": "thread.run.step.delta",
            "delta": {"step_details": {"tool_calls": [odd, call(odd, odd, odd, odd), {"code_interpreter": odd}]}},
        },
        {
            "object": "thread.run.step.delta",
            "delta": {"step_details": {"tool_calls": [{"code_interpreter": {"input": odd, "outputs": odd}}]}},
        },
        {"event": "thread.run", "data": odd},
        {"object": "thread.run", "usage": {"prompt_tokens": odd, "prompt_token_details": odd}},
        f'{{"object":"thread.message.delta","delta":{NESTED}}}',
    ]
    events = [("thread.message.delta", one) for one in data] + [("error", odd)]
    stream = load(delta(text("still")), *events, delta(text(" here")))
    assert stream.protocol == "openai-assistants"
    assert stream.chunks["event"].nunique() == len(events) + 2
    if not isinstance(odd, str):
        assert stream.text() == "still here"


def test_code_of_the_model_has_tokens_and_what_the_tools_return_is_shown():
    code = {"index": 0, "type": "code_interpreter", "code_interpreter": {"input": "1+1", "outputs": [{"logs": "2"}]}}
    found = {"index": 1, "type": "file_search", "file_search": {"results": [{"content": [{"text": "Wet."}]}]}}
    stream = load(run("queued"), step(code, found), run("completed", usage=USAGE))
    others = stream.chunks[stream.chunks["text"] != ""].set_index("text")["tokens"]
    assert others.fillna(0).to_dict() == {"1+1": 35, "2": 0, "Wet.": 0}
    assert stream.problems == []


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (delta({"type": "mood", "mood": {"text": "calm"}}), "mood"),
        (step({"index": 0, "type": "mood", "mood": "calm"}), "mood"),
        (("thread.mood", {"object": "thread.mood", "text": "calm"}), "thread.mood"),
    ],
)
def test_text_of_an_unknown_type_is_kept_and_named_in_one_problem(payload, name):
    stream = load(run("queued"), payload, payload, run("completed"))
    assert (stream.text(), stream.text("other")) == ("", "calmcalm")
    assert [repr(name) in problem.message for problem in stream.problems] == [True]
