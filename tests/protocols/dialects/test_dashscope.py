"""DashScope in its own form: a small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000


def event(content="", reasoning="", reason="null", output=5, **message):
    choice = {"message": {"role": "assistant", "content": content, "reasoning_content": reasoning, **message}}
    choice["finish_reason"] = reason
    counts = {"input_tokens": 9, "output_tokens": output, "total_tokens": 9 + output}
    return {"output": {"choices": [choice]}, "usage": counts, "request_id": "q"}


def oldest(text, reason="null"):
    return {
        "output": {"text": text, "finish_reason": reason},
        "usage": {"input_tokens": 9, "output_tokens": 4},
        "request_id": "q",
    }


def call(arguments, name="", index=0, identity="c"):
    return {"tool_calls": [{"index": index, "id": identity, "function": {"name": name, "arguments": arguments}}]}


def load(*payloads, name="result"):
    body = "".join(
        f"id:{place}\nevent:{name}\n:HTTP_STATUS/200\ndata:{json.dumps(payload)}\n\n"
        for place, payload in enumerate(payloads)
    )
    return read(body.replace('"@deep@"', DEEP))


def interaction(body, content_type="text/event-stream"):
    response = Response(200, headers=Headers([("Content-Type", content_type)]), body=body.encode())
    return Interaction(Request("POST", "https://example.org/generation"), response)


def read(body):
    return read_stream(interaction(body), 0)


def calls(stream):
    return [(one.id, one.name, one.arguments) for one in stream.tool_calls]


def test_pieces_are_joined():
    stream = load(
        event(reasoning="H"), event(reasoning="m."), event("Dry"), event(" today"), event(reason="stop", output=8)
    )
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("dashscope", "Hm.", "Dry today")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output, stream.usage.total) == ("stop", 9, 8, 17)
    assert (stream.complete, stream.problems) == (True, [])
    assert list(stream.chunks["kind"]).count("usage") == 1


def test_wholes_are_not_joined():
    stream = load(
        event(reasoning="Hm."), event("Dry", "Hm."), event("Dry today", "Hm."), event("Dry today", "Hm.", "stop")
    )
    assert (stream.text(), stream.text("reasoning"), stream.finish_reason) == ("Dry today", "Hm.", "stop")
    assert load(event("Dry"), event("Dry", reason="stop")).text() == "Dry"
    assert load(oldest("Dry"), oldest("Dry today", "stop")).text() == "Dry today"


def test_pieces_that_are_alike_are_joined():
    assert load(event("1"), event("1"), event("1"), event(reason="stop")).text() == "111"
    assert load(oldest("Dry"), oldest(" today"), oldest("", "stop")).text() == "Dry today"


def test_calls_come_in_pieces_or_whole():
    pieces = [event(**call("", "a")), event(**call('{"b"')), event(**call(":1}")), event(reason="tool_calls")]
    assert calls(load(*pieces)) == [("c", "a", '{"b":1}')]
    wholes = [
        event(**call('{"b"', "a")),
        event(**call('{"b":1}', "a")),
        event(reason="tool_calls", **call('{"b":1}', "a")),
    ]
    assert calls(load(*wholes)) == [("c", "a", '{"b":1}')]


def test_text_in_parts_and_other_choices_are_read():
    both = event([{"text": "Dry"}, {"image": "x"}], reason="stop")
    both["output"]["choices"].append({"index": 1, "message": {"content": "Wet"}, "finish_reason": "length"})
    stream = load(both)
    assert (stream.text(), stream.text(choice=1), stream.finish_reason) == ("Dry", "Wet", "stop")


def of_choice(index, content, reason="null", output=5):
    payload = event(content, reason=reason, output=output)
    payload["output"]["choices"][0]["index"] = index
    return payload


def test_the_stream_ends_with_the_last_choice_and_counts_all_of_them():
    """As dashscope 2.0 adds up the usage of several choices: the input once, the output of each."""
    pieces = [of_choice(0, "Dry"), of_choice(1, "Wet"), of_choice(0, "", "stop", 7)]
    assert not load(*pieces).complete
    stream = load(*pieces, of_choice(1, "", "stop", 9))
    assert (stream.complete, stream.text(), stream.text(choice=1)) == (True, "Dry", "Wet")
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 16, 25)


def test_pieces_that_happen_to_grow_are_told_by_their_empty_end():
    assert load(event("a"), event("aa"), event(reason="stop")).text() == "aaa"
    assert load(event("a"), event("aa"), event("aa", reason="stop")).text() == "aa"


def test_a_name_in_pieces_is_joined_and_a_repeated_one_is_not():
    assert calls(load(event(**call("", "ra")), event(**call("{}", "dar")), event(reason="stop"))) == [
        ("c", "radar", "{}")
    ]
    assert calls(load(event(**call("", "radar")), event(**call("{}", "radar")))) == [("c", "radar", "{}")]


def test_speech_and_the_messages_of_workflows_are_read():
    speech = {"output": {"finish_reason": "null", "audio": {"data": "eA==", "id": "a"}}, "request_id": "q"}
    stream = load(speech, {**speech, "output": {"finish_reason": "stop", "audio": {"url": "https://x", "data": ""}}})
    assert (stream.protocol, list(stream.chunks["kind"]), stream.complete) == ("dashscope", ["audio", "finish"], True)
    nodes = [{"node_name": "answer", "message": {"role": "assistant", "content": one}} for one in ("Dry", " now")]
    events = [{"output": {"workflow_message": node, "finish_reason": "null"}, "request_id": "q"} for node in nodes]
    events[-1]["output"]["finish_reason"] = "stop"
    assert (load(*events).protocol, load(*events).text()) == ("dashscope", "Dry now")


def test_an_application_counts_each_model():
    payload = oldest("Dry", "stop")
    payload["output"]["thoughts"] = [{"action_type": "reasoning", "thought": "Hm."}, {"action_type": "api"}]
    payload["usage"] = {"models": [{"model_id": "qwen-x", "input_tokens": 9, "output_tokens": 4}]}
    stream = load(payload)
    assert (stream.model, stream.text("reasoning"), stream.usage.input, stream.usage.output) == ("qwen-x", "Hm.", 9, 4)


def test_details_of_usage_are_read():
    payload = event("a", reason="stop")
    payload["usage"] |= {
        "output_tokens_details": {"reasoning_tokens": 2},
        "prompt_tokens_details": {"cached_tokens": 3},
    }
    assert (load(payload).usage.reasoning, load(payload).usage.cache_read) == (2, 3)
    payload["usage"]["prompt_tokens_details"]["cache_creation_input_tokens"] = 4
    payload["usage"]["input_tokens_details"] = {
        "text_tokens": 1,
        "image_tokens": 5,
        "audio_tokens": 2,
        "video_tokens": 1,
    }
    usage = load(payload).usage
    assert (usage.cache_write, usage.image_input, usage.audio_input, usage.video_input) == (4, 5, 2, 1)


def test_an_error_is_read():
    error = {"code": "InvalidParameter", "message": "No model", "request_id": "q"}
    body = f"event:result\ndata:{json.dumps(event('so far'))}\n\nevent:error\n:HTTP_STATUS/400\ndata:{json.dumps(error)}\n\n"
    stream = read(body)
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "No model", "InvalidParameter")
    assert not stream.complete


def test_an_answer_that_was_not_streamed_is_read():
    answer = read_answer(interaction(json.dumps(event("Dry", reason="stop")), "application/json"))
    assert (answer.protocol, answer.text, answer.finish_reason) == ("dashscope", "Dry", "stop")


def test_similar_streams_are_not_recognised():
    assert load({"output": "Dry"}).protocol == "generic"
    assert load({"output": {"text": "Dry"}}).protocol == "generic"
    assert load({"choices": [{"delta": {"content": "a"}}], "request_id": "q"}).protocol == "openai-chat"


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"event:result\ndata:{json.dumps(event(text))}\n\n" for text in ("a", "b"))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    payloads = [
        odd,
        {"output": odd},
        {"output": {"choices": odd}},
        {"output": {"choices": [odd]}},
        {"output": {"text": odd}},
    ]
    payloads += [event(odd), event(reasoning=odd), event(tool_calls=odd), event(tool_calls=[odd]), event(reason=odd)]
    payloads += [event(**call(odd, odd, odd, odd)), event(tool_calls=[{"function": odd}]), event([odd, {"text": odd}])]
    payloads += [{**event(), "usage": odd}, {**event(), "model": odd}, {**event(), "usage": {"models": odd}}]
    payloads += [
        {"output": {"thoughts": odd, "text": odd}},
        {"output": {"thoughts": [odd, {"action_type": "reasoning"}]}},
    ]
    payloads += [{"output": {"choices": [{"index": odd, "message": odd}], "finish_reason": odd}}]
    stream = load(event("still"), *payloads, event(" here"))
    assert stream.protocol == "dashscope"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
