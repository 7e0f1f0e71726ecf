"""Messages in content blocks: a small synthetic stream for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def event(data, *namespace, method="messages"):
    return {
        "type": "event",
        "method": method,
        "params": {"namespace": [*namespace], "timestamp": 1770091445250, "data": data},
    }


def start(identity="m", **fields):
    return event({"event": "message-start", "role": "ai", "id": identity, **fields})


def block(name, index=0, **fields):
    return event({"event": f"content-block-{name}", "index": index, **fields})


def text(content, kind="text", index=0):
    return block("delta", index, delta={"type": f"{kind}-delta", kind: content})


def finish(**fields):
    return event({"event": "message-finish", **fields})


COMPLETED = event({"event": "completed"}, method="lifecycle")


def load(*events):
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in events).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_pieces_are_joined_and_the_whole_block_adds_what_they_lack():
    stream = load(
        start(metadata={"model": "gpt-x"}),
        text("Hm", "reasoning"),
        block("finish", content={"type": "reasoning", "reasoning": "Hm."}),
        text("Dry", index=1),
        block("finish", 1, content={"type": "text", "text": "Dry"}),
        finish(usage={"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}, metadata={"finish_reason": "stop"}),
        COMPLETED,
    )
    assert (stream.protocol, stream.model, stream.text("reasoning"), stream.text()) == (
        "langgraph",
        "gpt-x",
        "Hm.",
        "Dry",
    )
    assert (stream.finish_reason, stream.usage.total, stream.complete, stream.problems) == ("stop", 13, True, [])
    assert stream.timing.grade != "measured"


def test_calls_grow_by_pieces_or_by_what_they_are_so_far():
    begun = {"type": "tool_call_chunk", "id": "c", "name": "radar", "args": ""}
    pieces = [block("delta", delta={"type": "tool-call-delta", "args": one}) for one in ('{"a"', ":1}")]
    so_far = [
        block("delta", delta={"type": "block-delta", "fields": {"type": "tool_call_chunk", "args": one}})
        for one in ('{"a"', '{"a":1}')
    ]
    whole = block("finish", content={"type": "tool_call", "id": "c", "name": "radar", "args": {"a": 1}})
    for name, deltas in (("content", pieces), ("content_block", so_far), ("content", [])):
        stream = load(start(), block("start", **{name: begun}), *deltas, whole, finish(), COMPLETED)
        assert calls(stream) == [("c", "radar", '{"a":1}')]


@pytest.mark.parametrize("name", ["content", "content_block"])
def test_a_block_may_start_and_grow_with_a_text_under_either_name(name):
    starts, grows = (
        block(step, **{name: {"type": "text", "text": one}}) for step, one in (("start", "Dr"), ("delta", "y"))
    )
    assert load(start(), starts, grows, finish(), COMPLETED).text() == "Dry"


@pytest.mark.parametrize("name", ["message_id", "id", "run_id"])
def test_an_event_that_names_its_message_belongs_to_it(name):
    named = block("delta", delta={"type": "text-delta", "text": "Dry"}, **{name: "m"})
    stream = load(start(), start("h", role="human"), named, text("Dry?"), finish(), COMPLETED)
    assert (stream.text(), stream.text("other")) == ("Dry", "Dry?")


def test_what_others_say_is_of_kind_other():
    stream = load(start(role="human"), text("Dry?"), start("n"), text("Yes"), finish(), COMPLETED)
    assert (stream.text(), stream.text("other")) == ("Yes", "Dry?")


def test_a_message_of_a_subgraph_is_told_apart_by_its_namespace():
    inner = [event(one["params"]["data"], "tools:1") for one in (start("inner"), text("Wet"), finish())]
    stream = load(start(), text("D"), inner[0], inner[1], text("ry"), inner[2], finish(), COMPLETED)
    assert stream.text() == "DWetry"
    assert stream.chunks[stream.chunks["kind"] == "content"]["text"].tolist() == ["D", "Wet", "ry"]


def test_an_error_of_a_message_or_of_the_graph_is_read():
    failed = event({"event": "failed", "error": "No more."}, method="lifecycle")
    for end in (event({"event": "error", "message": "No more."}), failed):
        stream = load(start(), text("Dr"), end)
        assert (stream.text(), stream.error.message, stream.complete) == ("Dr", "No more.", False)
    inner = event({"event": "failed", "error": "No more."}, "tools:1", method="lifecycle")
    stream = load(start(), text("Dry"), inner, finish(), COMPLETED)
    assert (stream.error, stream.complete, "No more." in stream.text("other")) == (None, True, True)


def test_tools_and_questions_to_the_user_are_shown():
    stream = load(
        event({"event": "tool-started", "tool_call_id": "c", "tool_name": "radar", "input": {"a": 1}}, method="tools"),
        event({"event": "tool-output-delta", "tool_call_id": "c", "delta": "4"}, method="tools"),
        event({"event": "tool-finished", "tool_call_id": "c", "output": "4 mm"}, method="tools"),
        event({"event": "tool-error", "tool_call_id": "d", "message": "Off."}, method="tools"),
        event({"interrupt_id": "i", "payload": "Go?"}, method="input.requested"),
    )
    assert stream.chunks["text"].tolist() == ['{"a":1}', "4", "4 mm", "Off.", "Go?"]
    assert [(step.id, step.text, step.is_error) for step in stream.tool_steps] == [
        ("c", "4 mm", False),
        ("d", "Off.", True),
    ]
    assert (stream.complete, stream.problems) == (True, [])


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = [
        {"event": name, "id": odd, "role": odd, "metadata": odd, "usage": odd} for name in ("message-finish", odd)
    ]
    fields += [
        {"event": f"content-block-{name}", "index": odd, "content": odd, "delta": odd} for name in ("start", "delta")
    ]
    fields += [{"event": "content-block-finish", "index": odd, "content": {"type": odd, "args": odd}}, odd]
    fields += [{"event": "content-block-delta", "delta": {"type": "block-delta", "fields": odd, "args": odd}}]
    events = [event(one, odd) for one in fields] + [event(odd, method=method) for method in ("tools", "lifecycle", "x")]
    events += [{**start(), "params": odd}]
    stream = load(start(), text("still"), *events, start("n"), text(" here"))
    assert stream.protocol == "langgraph"
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
