"""Messages of goose: what the recorder's tests do not show."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def message(*content, role="assistant", created=1_770_091_500, **fields):
    return {"role": role, "created": created, "content": list(content), **fields}


def text(words):
    return {"type": "text", "text": words}


def load(*lines):
    body = "".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def test_results_among_the_messages_belong_to_their_calls():
    call = {"type": "toolRequest", "id": "a", "toolCall": {"status": "success", "value": {"name": "shell"}}}
    result = {"status": "success", "value": {"content": [text("dry")], "isError": True}}
    stream = load(message(call), message({"type": "toolResponse", "id": "a", "toolResult": result}, role="user"))
    (step,) = stream.tool_steps
    assert (stream.tool_calls[0].name, stream.tool_calls[0].arguments, step.text, step.id, step.is_error) == (
        "shell",
        "",
        "dry",
        "a",
        True,
    )


def test_a_call_that_goose_could_not_read_is_kept_as_text():
    failed = {"type": "toolRequest", "id": "a", "toolCall": {"status": "error", "error": "-32602: no such tool"}}
    stream = load(message(text("Look."), failed))
    assert (stream.tool_calls, stream.text("other")) == ([], "-32602: no such tool")


def test_the_text_of_the_user_is_of_kind_other_and_unknown_parts_are_reported():
    stream = load(message(text("Dry?"), role="user"), message(text("Yes."), {"type": "whisper", "text": "psst"}))
    assert (stream.text(), stream.text("other")) == ("Yes.", "Dry?psst")
    assert ["whisper" in one.message for one in stream.problems] == [True]


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_message_does_not_affect_others(odd):
    kinds = ("text", "thinking", "toolRequest", "toolResponse", "systemNotification", "x")
    names = ("id", "text", "thinking", "toolCall", "toolResult", "msg")
    lines = [odd, message(odd), {**message(), "content": odd}, message(role=odd), message(created=odd)]
    lines += [message({"type": kind, name: odd}) for kind in kinds for name in names]
    lines += [{"type": "error", "error": odd}, {"type": odd}, message({"type": odd})]
    lines = [message(text("still")), *lines, message(text(" here"))]
    stream = load(*lines)
    assert (stream.protocol, stream.chunks["event"].nunique()) == ("goose", len(lines))
    assert (stream.text().startswith("still"), stream.text().endswith(" here")) == (True, True)
