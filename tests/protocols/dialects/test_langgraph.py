"""LangGraph's server: a small synthetic stream for each stream mode and rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
START = ("metadata", {"run_id": "1", "attempt": 1})
END = ("end", None)


def chunk(content="", identity="m", reason=None, usage=None, **fields):
    metadata = {"finish_reason": reason} if reason else {}
    return {
        "type": "AIMessageChunk",
        "content": content,
        "id": identity,
        "response_metadata": metadata,
        "usage_metadata": usage,
        **fields,
    }


def ai(content="", identity="m", **fields):
    return {**chunk(content, identity, **fields), "type": "ai"}


def human(content, identity="h"):
    return {"type": "human", "content": content, "id": identity}


def counts(given, generated):
    return {"input_tokens": given, "output_tokens": generated, "total_tokens": given + generated}


def with_metadata(message):
    return "messages", [message, {"langgraph_node": "agent", "ls_model_name": "gpt-x"}]


def load(*pairs):
    body = "".join(
        f"event: {name}\r\n" + (f"data: {json.dumps(data)}\r\n\r\n" if data is not None else "\r\n")
        for name, data in pairs
    )
    return read(body.replace('"@deep@"', DEEP))


def read(body):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body.encode())
    return read_stream(Interaction(Request("POST", "https://example.org/runs/stream"), response), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_chunks_with_metadata_are_joined():
    stream = load(
        START,
        with_metadata(chunk("Dry")),
        with_metadata(chunk(" today.")),
        with_metadata(chunk(reason="stop", usage=counts(9, 4))),
        END,
    )
    assert (stream.protocol, stream.model, stream.text()) == ("langgraph", "gpt-x", "Dry today.")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output, stream.usage.total) == ("stop", 9, 4, 13)
    assert (stream.complete, stream.problems) == (True, [])


def test_partial_messages_repeat_the_whole():
    growing = [[ai("Ice")], [ai("Ice thaws")], [ai("Ice thaws.", usage=counts(4, 3), reason="stop")]]
    partial = [("messages/partial", messages) for messages in growing]
    stream = load(START, ("messages/metadata", {"m": {"metadata": {"ls_model_name": "gpt-x"}}}), *partial, END)
    assert (stream.protocol, stream.model, stream.text()) == ("langgraph", "gpt-x", "Ice thaws.")
    assert (stream.finish_reason, stream.usage.total, stream.complete) == ("stop", 7, True)
    complete = load(START, *partial, ("messages/complete", growing[-1]), END)
    assert (complete.text(), complete.usage.total, rows(complete).count(("finish", ""))) == ("Ice thaws.", 7, 1)


def test_a_state_adds_the_messages_after_the_last_question():
    before = [human("Hi", "1"), ai("Hello", "2"), human("Dry?", "3")]
    stream = load(
        START,
        ("values", {"messages": before}),
        ("values", {"messages": [*before, ai("Yes.", "4", usage=counts(9, 2), reason="stop")]}),
        END,
    )
    assert (stream.text(), stream.text("other"), stream.usage.total) == ("Yes.", "Dry?", 11)
    assert (stream.finish_reason, stream.complete) == ("stop", True)


def test_updates_and_states_repeat_streamed_messages():
    answer = ai("Dry", "m", reason="stop", usage=counts(9, 1))
    stream = load(
        START,
        with_metadata(chunk("Dry")),
        with_metadata(chunk(reason="stop", usage=counts(9, 1))),
        ("updates", {"agent": {"messages": [answer]}}),
        ("values", {"messages": [human("Dry?"), answer]}),
        ("updates|inner:1", {"agent": {"messages": ai("Dry", "other id")}}),
        END,
    )
    assert (stream.text(), stream.usage.total) == ("Dry", 10)
    assert load(START, ("updates", {"agent": {"messages": [ai("Wet")]}}), END).text() == "Wet"


def test_reasoning_and_text_in_blocks_are_read():
    blocks = [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "reasoning", "summary": [{"text": "So."}]},
        {"type": "text", "text": "Dry"},
        {"type": "tool_use", "id": "c", "input": {}},
        "!",
    ]
    extra = chunk("", additional_kwargs={"reasoning_content": "Then."})
    stream = load(START, with_metadata(chunk(blocks)), with_metadata(extra), END)
    assert (stream.text("reasoning"), stream.text()) == ("Hm.So.Then.", "Dry!")


def test_calls_come_in_pieces_or_whole():
    def piece(args, index=0, **fields):
        return with_metadata(
            chunk(tool_call_chunks=[{"args": args, "index": index, **fields}], tool_calls=[{"id": "?"}])
        )

    whole = ai(tool_calls=[{"id": "c", "name": "a", "args": {"b": 1}}])
    stream = load(
        START,
        piece('{"b"', id="c", name="a"),
        piece(":1}"),
        piece("{}", 1, id="d", name="e"),
        ("updates", {"agent": {"messages": [whole]}}),
        ("updates", {"tools": {"messages": [{"type": "tool", "content": "4 mm", "id": "t"}]}}),
        END,
    )
    assert calls(stream) == [("c", "a", '{"b":1}'), ("d", "e", "{}")]
    assert (stream.text(), stream.text("other")) == ("", "4 mm")
    growing = [[ai(tool_calls=[{"id": "c", "name": "a", "args": args}])] for args in ({}, {"b": 1}, {"b": 12})]
    stream = load(START, *[("messages/partial", messages) for messages in growing], END)
    assert calls(stream) == [("c", "a", '{"b":12}')]


def test_usage_of_chunks_and_of_messages_is_added_up():
    detail = {"input_token_details": {"cache_read": 3}, "output_token_details": {"reasoning": 1}}
    stream = load(
        START,
        with_metadata(chunk("a", "1", usage={**counts(9, 0), **detail})),
        with_metadata(chunk("b", "1", usage=counts(0, 4), reason="tool_use")),
        with_metadata(chunk("c", "2", usage={**counts(20, 5), **detail}, reason="end_turn")),
        END,
    )
    usage = stream.usage
    assert (usage.input, usage.output, usage.total, usage.cache_read, usage.reasoning) == (29, 9, 38, 6, 2)
    assert stream.finish_reason == "end_turn"


def test_parts_may_name_their_mode_themselves():
    parts = [
        {"type": "messages", "ns": [], "data": [chunk("Dry"), {}]},
        {"type": "values", "ns": [], "data": {"messages": [human("?"), ai("Dry", reason="stop")]}},
    ]
    stream = load(*[("message", part) for part in parts])
    assert (stream.protocol, stream.text(), stream.complete) == ("langgraph", "Dry", True)


def test_states_without_messages_are_shown_as_they_are():
    stream = load(
        START, ("values", {"joke": "Fog."}), ("updates", {"teller": {"joke": "Fog."}}), ("custom", "50 %"), END
    )
    assert [text for kind, text in rows(stream) if kind == "other"] == [
        '{"joke":"Fog."}',
        '{"teller":{"joke":"Fog."}}',
        "50 %",
    ]
    assert (stream.protocol, stream.text(), stream.complete) == ("langgraph", "", True)


def test_a_question_to_the_user_ends_the_run():
    body = f'event: metadata\ndata: {{"run_id":"1"}}\n\nevent: updates\ndata: {json.dumps({"__interrupt__": [{"value": "Go?"}]})}\n\n'
    stream = read(body)
    assert (stream.complete, "Go?" in stream.text("other")) == (True, True)


def test_messages_of_the_serializer_and_events_of_runs_are_read():
    written = {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "AIMessageChunk"],
        "kwargs": {"content": "Dry"},
    }
    assert load(START, ("messages", [written, {}]), END).text() == "Dry"
    event = {"event": "on_chat_model_stream", "name": "Model", "run_id": "r", "data": {"chunk": chunk("Wet")}}
    assert load(START, ("events", event), END).text() == "Wet"


@pytest.mark.parametrize(
    ("payload", "message", "kind"),
    [
        ({"error": "ValueError", "message": "No key"}, "No key", "ValueError"),
        ("broken", "broken", ""),
    ],
)
def test_an_error_is_read(payload, message, kind):
    stream = load(START, with_metadata(chunk("so far")), ("error", payload))
    assert (stream.text(), stream.error.message, stream.error.type) == ("so far", message, kind)
    assert not stream.complete


def test_an_unknown_event_with_a_text_is_shown_and_reported():
    stream = load(START, with_metadata(chunk("a")), ("murmur", {"text": "psst"}), END)
    assert "psst" in stream.text("other")
    assert "murmur" in stream.problems[0].message


def test_similar_streams_are_not_recognised():
    assert load(("values", {"a": 1})).protocol == "generic"
    assert load(("messages", ["Hi"])).protocol == "generic"
    assert load(("message", {"type": "message_start", "message": {"content": []}})).protocol == "anthropic-messages"


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"event: messages\ndata: {json.dumps(with_metadata(chunk(text))[1])}\n\n" for text in ("a", "b"))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("content", "id", "type", "response_metadata", "usage_metadata", "tool_calls", "tool_call_chunks")
    fields += ("additional_kwargs", "invalid_tool_calls")
    messages = [{**kind("x", "odd"), name: odd} for kind in (chunk, ai) for name in fields]
    messages += [chunk("", "y", tool_call_chunks=[{"args": odd, "index": odd, "id": odd, "name": odd}, odd])]
    messages += [ai("", "z", tool_calls=[{"args": odd, "id": odd, "name": odd}, odd], usage={"input_tokens": odd})]
    messages += [chunk([odd, {"type": odd}, {"type": "text", "text": odd}, {"summary": odd}], "w")]
    events = [("messages", [message, odd]) for message in messages] + [("messages/partial", [odd, odd])]
    modes = ("messages", "messages/partial", "messages/metadata", "values", "updates", "custom", "events", "debug", "x")
    events += [(mode, odd if odd is not None else [None]) for mode in modes]
    events += [
        ("values", {"messages": odd}),
        ("updates", {"a": odd}),
        ("message", {"type": "values", "ns": [], "data": odd}),
    ]
    stream = load(with_metadata(chunk("still", "1")), *events, with_metadata(chunk(" here", "2")))
    assert stream.protocol == "langgraph"
    assert stream.chunks["event"].nunique() == len(events) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


def test_json_lines_of_parts_are_read_like_events():
    parts = [{"type": "messages", "ns": [], "data": [chunk(text), {}]} for text in ("Dry", " today")]
    stream = viewer.load("".join(f"{json.dumps(part)}\n" for part in parts).encode()).streams[0]
    assert (stream.protocol, stream.text()) == ("langgraph", "Dry today")
