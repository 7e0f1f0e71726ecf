"""LangServe, and the events and logs of runs: a small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
START = ("metadata", {"run_id": "1"})
END = ("end", None)


def chunk(content="", identity="m", **fields):
    return {"type": "AIMessageChunk", "content": content, "id": identity, **fields}


def event(name, parents=("p",), run="r", **data):
    return {"event": name, "name": "Step", "run_id": run, "parent_ids": list(parents), "data": data, "metadata": {}}


def patch(*operations):
    return {"ops": [{"op": "add", "path": path, "value": value} for path, value in operations]}


def data(*payloads):
    return [("data", payload) for payload in payloads]


def load(*pairs, path="/chain/stream"):
    body = "".join(
        f"event: {name}\r\n" + (f"data: {json.dumps(value)}\r\n\r\n" if value is not None else "\r\n")
        for name, value in pairs
    )
    return read(body.replace('"@deep@"', DEEP), path)


def read(body, path="/chain/stream"):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body.encode())
    return read_stream(Interaction(Request("POST", f"https://example.org{path}"), response), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_texts_and_messages_are_content():
    texts = load(START, *data("Dry", " today"), END)
    assert (texts.protocol, texts.text(), texts.complete, texts.problems) == ("langserve", "Dry today", True, [])
    counts = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    end = chunk(usage_metadata=counts, response_metadata={"finish_reason": "stop", "model_name": "gpt-x"})
    stream = load(*data(chunk("Dry"), chunk(" today"), end), END, path="/x")
    assert (stream.protocol, stream.text(), stream.model) == ("langserve", "Dry today", "gpt-x")
    assert (stream.usage.total, stream.finish_reason, stream.complete) == (13, "stop", True)


def test_objects_are_shown_and_their_usual_text_is_content():
    stream = load(START, *data({"answer": "Dry"}, {"answer": " today"}, {"context": ["a"]}), END)
    assert (stream.text(), stream.text("other")) == ("Dry today", '{"context":["a"]}')


def test_only_the_model_and_tools_of_events_are_read():
    stream = load(
        *data(
            event("on_chain_start", ()),
            event("on_chat_model_start"),
            event("on_chat_model_stream", chunk=chunk("Dry")),
            event("on_parser_stream", chunk="Dry"),
            event("on_chain_stream", (), chunk="Dry"),
            event("on_chat_model_end", output={**chunk("Dry"), "type": "AIMessage"}),
            event("on_tool_end", output={"type": "tool", "content": "4 mm"}),
            event("on_chain_end", (), output="Dry"),
        )
    )
    assert (stream.protocol, stream.text(), stream.complete) == ("langserve", "Dry", True)
    assert "4 mm" in [text for kind, text in rows(stream) if kind == "other"]


def test_events_are_recognised_without_langserve():
    body = "".join(f"data: {json.dumps(event('on_llm_stream', chunk=text))}\n\n" for text in ("Dry", " today"))
    stream = read(body, "/")
    assert (stream.protocol, stream.text()) == ("langserve", "Dry today")


def test_a_model_that_does_not_stream_is_read_at_its_end():
    older = {"generations": [[{"text": "Dry", "message": {**chunk("Dry"), "type": "AIMessage"}}]]}
    assert load(*data(event("on_chat_model_end", output=older))).text() == "Dry"


def test_the_end_of_a_model_holds_the_sum_of_its_chunks():
    """As langchain-core 1.8 ends a run: with a message of the type of chunks, whose calls and usage were streamed too."""
    counts = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    piece = {"index": 0, "id": "c", "name": "radar", "args": "{}"}
    calls = {"tool_call_chunks": [piece], "tool_calls": [{"id": "c", "name": "radar", "args": {}}]}
    pieces = [chunk("Dry"), chunk(" now", **calls), chunk(usage_metadata=counts)]
    events = [event("on_chat_model_stream", chunk=one) for one in pieces]
    whole = chunk("Dry now", usage_metadata=counts, **calls)
    stream = load(*data(*events, event("on_chat_model_end", output=whole)))
    assert (stream.text(), stream.usage.total) == ("Dry now", 13)
    assert [(call.id, call.name, call.arguments) for call in stream.tool_calls] == [("c", "radar", "{}")]


def test_the_first_run_is_the_outermost_if_none_has_parents():
    """Version 1 of the events gives an empty list of parents to every run."""
    runs = [
        ("on_chain_start", "outer", {}),
        ("on_chain_start", "inner", {}),
        ("on_chain_stream", "inner", {"chunk": "Dry"}),
    ]
    runs += [("on_chain_stream", "outer", {"chunk": "Dry"}), ("on_chain_end", "inner", {})]
    events = [event(name, (), run, **fields) for name, run, fields in runs]
    assert (load(*data(*events)).text(), load(*data(*events)).complete) == ("Dry", False)
    assert load(*data(*events, event("on_chain_end", (), "outer"))).complete


def test_tools_retrievers_and_models_without_messages_are_read():
    tool = {"type": "tool", "content": "4 mm", "tool_call_id": "c"}
    stream = load(
        *data(
            event("on_llm_end", run="l", output={"generations": [[{"text": "Dry"}]]}),
            event("on_retriever_end", output=[{"page_content": "A map"}, {"page_content": "A log"}]),
            event("on_tool_end", run="t", output=tool),
            event("on_tool_end", run="u", output={**tool, "tool_call_id": "d"}),
            event("on_tool_error", error="Off.", tool_call_id="e"),
        )
    )
    assert rows(stream) == [
        ("content", "Dry"),
        ("other", "A map\n\nA log"),
        ("other", "4 mm"),
        ("other", "4 mm"),
        ("other", "Off."),
    ]
    assert [(step.id, step.is_error) for step in stream.tool_steps] == [("c", False), ("d", False), ("e", True)]


def test_what_was_asked_is_shown_if_nothing_was_answered():
    asked = {"messages": [[{"type": "human", "content": "Dry or wet?"}]]}
    end = event("on_chat_model_end", input=asked, output=chunk())
    stream = load(*data(event("on_chat_model_start", input=asked), end, event("on_chain_end", ())))
    assert (stream.protocol, stream.text(), stream.complete) == ("langserve", "", True)
    assert rows(stream)[0] == ("other", "Dry or wet?")


def test_a_message_in_an_object_is_content():
    stream = load(START, *data({"answer": chunk("Dry")}, {"answer": chunk(" now")}, {"context": ["a"]}), END)
    assert stream.text() == "Dry now"


def test_the_rest_of_a_log_repeats_what_was_streamed():
    log = [
        patch(("/logs/Model/streamed_output_str/-", "Dry")),
        patch(("/streamed_output/-", "Dry")),
        patch(("/logs/Model/final_output", {"generations": [[{"text": "Dry"}]]})),
        patch(("/final_output", "Dry")),
    ]
    assert load(*data(*log), path="/chain/stream_log").problems == []


def test_the_text_of_outer_steps_counts_if_there_is_no_other():
    stream = load(*data(event("on_chain_stream", (), chunk="Dry"), event("on_chain_end", (), output="Dry")))
    assert stream.text() == "Dry"
    inner = load(*data(event("on_chain_stream", chunk="Dry"), event("on_chain_end", (), output="Dry")))
    assert inner.text() == ""


def test_the_output_in_a_log_is_content():
    log = [
        patch(("", {"id": "1", "streamed_output": [], "final_output": None})),
        patch(("/logs/Model", {"id": "2"})),
        patch(("/logs/Model/streamed_output_str/-", "Dry"), ("/logs/Model/streamed_output/-", chunk("Dry"))),
        patch(("/streamed_output/-", "Dry")),
        patch(("/final_output", {"output": "Dry"})),
    ]
    stream = load(*data(*log), path="/chain/stream_log")
    assert (stream.protocol, stream.text(), stream.complete) == ("langserve", "Dry", True)
    assert load(*data(*log[:3])).text() == "Dry"


@pytest.mark.parametrize(
    ("payload", "message", "code"),
    [({"status_code": 500, "message": "Internal Server Error"}, "Internal Server Error", "500"), ({}, "{}", "")],
)
def test_an_error_is_read(payload, message, code):
    stream = load(START, *data("so far"), ("error", payload))
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", message, code)
    assert not stream.complete


def test_similar_streams_are_not_recognised():
    assert load(("data", "Dry"), path="/x").protocol == "generic"
    assert load(("data", {"choices": [{"delta": {"content": "a"}}]}), path="/x").protocol == "openai-chat"
    assert load(("message", {"event": "message", "answer": "a", "task_id": "t"}), path="/x").protocol != "langserve"


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"event: data\ndata: {json.dumps(chunk(text))}\n\n" for text in ("a", "b"))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    names = ("on_chat_model_stream", "on_chat_model_end", "on_llm_stream", "on_tool_end", "on_chain_stream", odd)
    payloads = [event(name, (), odd, chunk=odd, output=odd) for name in names]
    payloads += [{**event("on_chat_model_end"), "data": odd, "metadata": odd}, event("on_x"), [odd], {"output": odd}]
    payloads += [event("on_chat_model_end", output={"generations": odd}), {"ops": odd}, {"ops": [odd]}]
    payloads += [event("on_chat_model_end", output={"generations": [[odd], odd]}), patch(("/streamed_output/-", odd))]
    payloads += [patch((odd, odd)), patch(("/logs/a/streamed_output_str/-", odd), ("/final_output", odd))]
    stream = load(*data(chunk("still", "1"), *payloads, chunk(" here", "2")))
    assert stream.protocol == "langserve"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
