"""Text Generation Inference, token by token: a small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError

DEEP = "[" * 1000 + "]" * 1000
DETAILS = {"finish_reason": "eos_token", "generated_tokens": 3, "seed": None, "input_length": 5}


def load(*payloads, url=""):
    return read(
        "".join(f"data:{json.dumps(payload)}\n\n" for payload in payloads).replace('"@deep@"', DEEP).encode(), url
    )


def read(body, url=""):
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def token(text, index=1, whole=None, details=None, *, special=False):
    return {
        "index": index,
        "token": {"id": 7, "text": text, "logprob": -0.5, "special": special},
        "generated_text": whole,
        "details": details,
    }


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_text_of_every_token_and_the_final_text_adds_nothing():
    stream = load(token("Olá"), token("", 2), token(" mundo", 3, "Olá mundo", DETAILS))
    assert (stream.protocol, stream.text(), stream.text(choice=1)) == ("huggingface-tgi", "Olá mundo", "")
    assert kinds(stream) == ["content", "silent", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.error, stream.model) == ("eos_token", None, None)
    assert (stream.complete, stream.problems) == (True, [])


def test_special_tokens_are_content_as_in_the_client():
    assert load(token("a"), token("</s>", 2, "a", DETAILS, special=True)).text() == "a</s>"


def test_usage_is_read_from_the_details():
    usage = load(token("a", 1, "a", DETAILS)).usage
    assert (usage.input, usage.output, usage.reported) == (5, 3, DETAILS)


def test_prompt_tokens_listed_by_older_servers_are_counted():
    details = {"finish_reason": "length", "generated_tokens": 1, "prefill": [{"id": 1, "text": "a"}] * 4}
    usage = load(token("b", 1, "b", details)).usage
    assert (usage.input, usage.output) == (4, 1)
    assert load(token("b", 1, "b", {"generated_tokens": 1, "prefill": []})).usage.input is None


def test_a_stream_without_details_finishes_without_a_reason():
    stream = load(token("a"), token("b", 2, "ab"))
    assert (kinds(stream), stream.text()) == (["content", "content", "finish"], "ab")
    assert (stream.finish_reason, stream.usage, stream.complete) == (None, None, True)
    assert load(token("a", 1, "")).complete


def test_details_without_the_text_are_a_finish():
    stream = load(token("a", 1, None, DETAILS), {"new": 1})
    assert (kinds(stream), stream.complete) == (["content", "finish", "usage", "other"], True)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (
            {"error": "Model is overloaded", "error_type": "overloaded"},
            StreamError("Model is overloaded", "overloaded"),
        ),
        ({"error": {"code": 1}}, StreamError('{"code":1}')),
    ],
)
def test_an_error_keeps_what_came_before(payload, error):
    stream = load(token("so far"), payload)
    assert (stream.error, stream.text(), kinds(stream)) == (error, "so far", ["content", "error"])
    assert not stream.complete


def test_an_event_named_error_is_an_error_whatever_it_holds():
    assert str(read(b'data: {"token":{"id":1,"text":"a"}}\n\nevent: error\ndata: ["x"]\n\n').error) == '["x"]'


def test_the_path_identifies_the_protocol_if_nothing_else_does():
    url = "https://example.org/generate_stream?x=1"
    assert load({"error": "no"}, url=url).protocol == "huggingface-tgi"
    assert load({"error": "no"}).protocol == "generic"
    assert load({"token": "a"}, {"token": {"text": "a"}}).protocol == "generic"


def test_an_interrupted_stream_is_not_complete():
    body = "".join(f"data:{json.dumps(token(text))}\n\n" for text in "ab").encode()
    stream = read(body[:-40])
    assert (stream.text(), kinds(stream), stream.complete) == ("a", ["content", "other"], False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    payloads = [{field: odd} for field in ("token", "generated_text", "details", "error", "index", "top_tokens")]
    payloads += [{"token": {"id": odd, "text": odd}}, {"error": "x", "error_type": odd}, odd]
    payloads += [
        token("x", details={"finish_reason": odd, "generated_tokens": odd, "input_length": odd, "prefill": odd})
    ]
    stream = load(token("still"), *payloads, token(" here"))
    assert stream.protocol == "huggingface-tgi"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


def test_text_in_an_unknown_field_is_a_row_of_kind_other_and_a_problem():
    stream = load(token("a"), {**token("b"), "reasoning": "hm"})
    assert (stream.text(), stream.text("other")) == ("ab", "hm")
    assert "'reasoning'" in stream.problems[0].message


@pytest.mark.parametrize("event", [token("", whole="Hello"), {"token": "Hello"}])
def test_a_whole_text_without_tokens_does_not_vanish(event):
    assert load(event, url="https://example.org/generate_stream").text("other") == "Hello"
