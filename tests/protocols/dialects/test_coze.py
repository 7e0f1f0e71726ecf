"""Coze: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
COUNTS = {"token_count": 13, "input_count": 9, "output_count": 4}


def message(name, content, kind="answer", identity="m", **fields):
    payload = {"id": identity, "role": "assistant", "type": kind, "content": content, "content_type": "text", **fields}
    return f"conversation.message.{name}", payload


def says(content, **fields):
    return message("delta", content, **fields)


def chat(state, **fields):
    return f"conversation.chat.{state}", {"id": "c", "status": state, **fields}


def load(*pairs):
    return read("".join(f"event:{name}\ndata:{json.dumps(data)}\n\n" for name, data in pairs).replace('"@deep@"', DEEP))


def read(body):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body.encode())
    return read_stream(Interaction(Request("POST", "https://example.org/v3/chat"), response), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_deltas_are_joined_and_the_complete_message_is_not():
    stream = load(
        chat("created"),
        chat("in_progress"),
        says("", reasoning_content="Hm."),
        says("Dry"),
        says(" today"),
        message("completed", "Dry today", reasoning_content="Hm."),
        message("completed", '{"msg_type":"generate_answer_finish"}', "verbose"),
        message("completed", "And tomorrow?", "follow_up", "f"),
        chat("completed", usage=COUNTS),
        ("done", "[DONE]"),
    )
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("coze", "Hm.", "Dry today")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output, stream.usage.total) == (
        "completed",
        9,
        4,
        13,
    )
    assert "And tomorrow?" in [text for kind, text in rows(stream) if kind == "other"]
    assert [kind for kind, _ in rows(stream)].count("finish") == 1
    assert (stream.complete, stream.problems) == (True, [])


def test_an_answer_without_deltas_is_content():
    assert load(message("completed", "Dry"), chat("completed")).text() == "Dry"


def test_calls_of_plugins_and_of_the_client_are_read():
    call = message("completed", '{"name":"a","arguments":{"b":1}}', "function_call", "c")
    wait = {"submit_tool_outputs": {"tool_calls": [{"id": "d", "function": {"name": "e", "arguments": "{}"}}]}}
    output = message("completed", "4 mm", "tool_response", "t")
    stream = load(call, output, chat("requires_action", required_action=wait))
    assert calls(stream) == [("c", "a", '{"b":1}'), ("d", "e", "{}")]
    assert (stream.text("other"), stream.finish_reason, stream.complete) == ("4 mm", "requires_action", True)


def test_messages_of_a_workflow_are_content():
    node = {"content": "Dry", "node_title": "End", "node_seq_id": "0", "node_is_finish": True}
    stream = load(("Message", node), ("Done", {"debug_url": "x"}))
    assert (stream.protocol, stream.text(), stream.complete) == ("coze", "Dry", True)
    assert load(("Message", node), ("Interrupt", {"event_id": "1"})).complete


def test_events_recorded_as_objects_are_read():
    lines = [{"event": name, "data": json.dumps(data)} for name, data in (says("Dry"), chat("completed"))]
    stream = viewer.load("".join(f"{json.dumps(line)}\n" for line in lines).encode()).streams[0]
    assert (stream.text(), stream.finish_reason) == ("Dry", "completed")


@pytest.mark.parametrize(
    ("pair", "text", "code"),
    [
        (chat("failed", last_error={"code": 5000, "msg": "Too busy"}), "Too busy", "5000"),
        (("error", {"code": 4000, "msg": "No bot"}), "No bot", "4000"),
        (("Error", {"error_code": 6000, "error_message": "No node"}), "No node", "6000"),
    ],
)
def test_an_error_is_read(pair, text, code):
    stream = load(says("so far"), pair)
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", text, code)
    assert not stream.complete


def test_similar_streams_are_not_recognised():
    assert load(("Message", {"content": "Dry"})).protocol == "generic"
    assert load(("conversation.created", {"id": "1"})).protocol == "generic"


def test_an_unknown_event_with_a_text_is_shown_and_reported():
    stream = load(says("a"), ("murmur", {"text": "psst"}), chat("completed"))
    assert "psst" in stream.text("other")
    assert "murmur" in stream.problems[0].message


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"event:{name}\ndata:{json.dumps(data)}\n\n" for name, data in (says("a"), says("b")))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    pairs = [
        message(name, odd, kind, odd) for name in ("delta", "completed") for kind in ("answer", "function_call", odd)
    ]
    pairs += [message("completed", "", reasoning_content=odd, updated_at=odd), chat("failed", last_error=odd)]
    pairs += [chat("completed", usage=odd, status=odd), chat("requires_action", required_action=odd), chat(str(odd))]
    pairs += [(name, odd if odd is not None else 0) for name in ("done", "Error", "Message", "Interrupt", "x")]
    pairs += [("message", {"event": "conversation.message.delta", "data": odd})]
    stream = load(says("still", identity="1"), *pairs, says(" here", identity="2"))
    assert stream.protocol == "coze"
    assert stream.chunks["event"].nunique() == len(pairs) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


def test_sound_is_no_text():
    """A `Message` of cozepy 0.20.0 has the sound in its content, as base64, if its type of content is "audio"."""
    stream = load(says("Dry"), message("completed", "AAAA", identity="a", content_type="audio"), chat("completed"))
    assert (stream.text(), rows(stream)[1]) == ("Dry", ("audio", ""))


@pytest.mark.parametrize("kind", ["tool_response", "tool_output"])
def test_what_a_tool_returned_is_its_result(kind):
    stream = load(
        message("completed", '{"name":"add","arguments":{}}', "function_call"), message("completed", "4", kind)
    )
    assert ([step.text for step in stream.tool_steps], stream.text("other")) == (["4"], "4")


def test_a_chat_that_failed_has_usage():
    stream = load(says("so far"), chat("failed", last_error={"code": 4100, "msg": "Too busy"}, usage=COUNTS))
    assert (str(stream.error), stream.usage.total) == ("Too busy", 13)
