"""Text completions of OpenAI, and the variants of llama.cpp and Writer."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response


def load(*payloads, url=""):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    body = "".join(f"data: {text}\n\n" for text in texts).encode()
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def chunk(text="", index=0, finish=None, **fields):
    choice = {"text": text, "index": index, "logprobs": None, "finish_reason": finish}
    return {"object": "text_completion", "created": 1755097616, "model": "m", "choices": [choice], **fields}


def llama(content, *, stop=False, **fields):
    return {"index": 0, "content": content, "stop": stop, "tokens_predicted": 1, "tokens_evaluated": 6, **fields}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_texts():
    usage = {"prompt_tokens": 6, "completion_tokens": 2, "total_tokens": 8}
    stream = load(
        chunk(" a"), chunk(""), chunk(" city"), chunk("", finish="length"), chunk(choices=[], usage=usage), "[DONE]"
    )
    assert (stream.protocol, stream.model, stream.text()) == ("openai-completions", "m", " a city")
    assert kinds(stream) == ["content", "silent", "content", "finish", "usage", "other"]
    assert (stream.finish_reason, stream.complete, stream.problems) == ("length", True, [])
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (6, 2, 8)
    assert [check.passed for check in stream.usage.checks] == [True]
    assert list(stream.chunks["stamp"].dropna().unique()) == [1755097616.0]


def test_choices_are_separate():
    stream = load(chunk("a"), chunk("b", 1), chunk("c"), chunk("", 1, "length"), chunk("", 0, "stop"))
    assert (stream.text(), stream.text(choice=1), stream.finish_reason) == ("ac", "b", "stop")


def test_chunks_with_a_delta_are_completions_if_their_object_says_so():
    choice = {"index": 0, "text": "a", "delta": {"content": "a"}}
    assert load({"object": "completion.chunk", "choices": [choice]}).protocol == "openai-completions"
    assert load({"object": "chat.completion.chunk", "choices": [choice]}).protocol == "openai-chat"


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ({"stop_type": "limit"}, "limit"),
        ({"stop_type": "eos"}, "eos"),
        ({"stopped_eos": False, "stopped_word": True, "stopped_limit": False}, "stopped_word"),
        ({}, "stop"),
    ],
)
def test_llama_cpps_own_completions_are_read(last, reason):
    end = {"tokens_predicted": 20, "model": "gemma", "timings": {"cache_n": 2, "prompt_n": 4}, **last}
    stream = load(llama(" You"), llama(" will"), llama("", stop=True, **end))
    assert (stream.protocol, stream.model, stream.text()) == ("openai-completions", "gemma", " You will")
    assert kinds(stream) == ["content", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.complete) == (reason, True)
    assert (stream.usage.input, stream.usage.output, stream.usage.cache_read) == (6, 20, 2)


def test_values_of_writer_are_content_and_their_stream_is_complete():
    stream = load({"value": ""}, {"value": "Hello"}, {"value": " ["}, url="https://api.writer.com/v1/completions")
    assert (stream.protocol, stream.text()) == ("openai-completions", "Hello [")
    assert kinds(stream) == ["silent", "content", "content"]
    assert (stream.finish_reason, stream.complete, stream.problems) == (None, True, [])


def test_values_from_other_hosts_are_not_recognised_as_writers():
    assert load({"value": "a"}, url="https://example.com/prices").protocol == "generic"


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"error": {"message": "overloaded", "type": "server_error", "code": 503}}, "overloaded"),
        ({"error": "plain text"}, "plain text"),
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(payload, message):
    stream = load(chunk("so far"), payload)
    assert (str(stream.error), stream.text()) == (message, "so far")
    assert kinds(stream) == ["content", "error"]


def test_an_event_named_error_is_an_error():
    body = (
        b'data: {"object":"text_completion","choices":[{"text":"a"}]}\n\nevent: error\ndata: {"message":"broken"}\n\n'
    )
    assert str(viewer.load(body).streams[0].error) == "broken"


def test_a_malformed_chunk_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        {"choices": 3, "created": "now", "usage": []},
        {"choices": [4, {"text": 5, "index": "x"}, {"text": [], "index": -1}], "created": 1e300},
        {"content": 6, "stop": "no"},
        {"content": "", "stop": True, "index": 2**40, "timings": [], "tokens_predicted": "many"},
        {"value": {}},
    ]
    stream = load(chunk("a"), *odd, chunk(" b"))
    assert stream.text() == "a b"
    assert stream.chunks["event"].nunique() == len(odd) + 2
    assert stream.usage.output is None


def test_chunks_that_have_only_a_delta_are_a_chat_whatever_their_object():
    """Text Generation Inference 1.4 calls the chunks of a chat `text_completion`."""
    choices = [{"index": 0, "delta": {"role": "assistant", "content": text}} for text in ("Breezy", " today.")]
    end = {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": "eos_token"}
    stream = load(*({"object": "text_completion", "choices": [choice]} for choice in (*choices, end)))
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("openai-chat", "Breezy today.", "eos_token")


def test_text_in_an_unknown_field_of_a_choice_is_a_row_of_kind_other_and_a_problem():
    odd = {"index": 0, "text": "", "reasoning": "hm", "finish_reason": None}
    stream = load(chunk("a"), chunk(choices=[odd]), chunk("", finish="stop"))
    assert (stream.text(), stream.text("other")) == ("a", "hm")
    assert "'reasoning'" in stream.problems[0].message


@pytest.mark.parametrize("text", [{"value": "x"}, ["x"]])
def test_a_text_of_another_type_is_kept(text):
    assert "x" in load(chunk("a"), chunk(text), chunk("b")).text("other")


def test_a_finish_reason_that_is_the_text_null_is_none():
    stream = load(chunk("a", finish="null"), chunk(" b", finish="null"))
    assert (stream.text(), stream.finish_reason, stream.complete) == ("a b", None, False)
