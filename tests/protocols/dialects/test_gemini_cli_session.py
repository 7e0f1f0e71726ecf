"""Messages of saved chats of Gemini CLI: what the recorder's tests do not show."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def answer(content="", second=1, identity="g", **fields):
    return {
        "id": identity,
        "timestamp": f"2026-02-03T04:05:0{second}.000Z",
        "type": "gemini",
        "content": content,
        **fields,
    }


def load(*lines):
    body = "".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def call(**fields):
    return {"id": "t", "name": "look", "args": {"at": "sky"}, "status": "success", "timestamp": "x", **fields}


def test_parts_of_a_content_are_read():
    stream = load(
        answer([{"text": "secret", "thought": True}, {"text": "Dry"}, " now.", {"functionCall": {"name": "look"}}])
    )
    assert (stream.protocol, stream.text(), stream.text("other"), stream.problems) == (
        "gemini-cli-session",
        "Dry now.",
        "",
        [],
    )


def test_a_message_that_is_written_again_adds_only_what_is_new():
    thought = {"subject": "Look", "description": "up", "timestamp": "2026-02-03T04:05:00.500Z"}
    first = answer("Dry.", thoughts=[thought], toolCalls=[call(result=None)])
    stream = load(first, {**first, "toolCalls": [call(result="fine")], "tokens": {"input": 4, "output": 2}})
    assert (stream.text(), stream.text("reasoning"), len(stream.tool_calls)) == ("Dry.", "Look\nup\n", 1)
    assert ([step.text for step in stream.tool_steps], stream.usage.output) == (["fine"], 2)


def test_only_what_came_with_the_answer_has_its_stamp():
    thought = {"subject": "Look", "description": "up", "timestamp": "2026-02-03T04:05:00.500Z"}
    chunks = load(answer("Dry.", thoughts=[thought], toolCalls=[call(result="fine")])).chunks
    stamped = dict(zip(chunks["kind"], chunks["stamp"].notna(), strict=True))
    # Newer versions stamp thoughts together with the text, and results come later.
    assert stamped == {"reasoning": False, "content": True, "tool_call": True, "other": False}


def test_results_without_an_output_are_shown_as_json():
    other = [{"functionResponse": {"response": {"rows": [1]}}}]
    assert load(answer(toolCalls=[call(result=other)])).tool_steps[0].text == '{"rows":[1]}'


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_message_does_not_affect_others(odd):
    names = ("id", "timestamp", "type", "content", "thoughts", "toolCalls", "tokens", "model")
    lines = [odd, {"$set": odd}, *({**answer("", 2, "o"), name: odd} for name in names)]
    lines += [
        answer("", 2, "o", toolCalls=[{**call(result="x"), name: odd}])
        for name in ("id", "name", "args", "result", "status")
    ]
    lines = [answer("still", 1, "a"), *lines, answer(" here", 3, "b")]
    stream = load(*lines)
    assert (stream.protocol, stream.chunks["event"].nunique()) == ("gemini-cli-session", len(lines))
    assert (stream.text().startswith("still"), stream.text().endswith(" here")) == (True, True)
