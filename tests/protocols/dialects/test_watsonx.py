"""IBM watsonx.ai: text generation, and its chat, which is OpenAI's. A small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError

DEEP = "[" * 1000 + "]" * 1000
WARNINGS = {"warnings": [{"message": "This model is a Non-IBM Product.", "id": "disclaimer_warning"}]}


def load(*payloads, url="", name="message"):
    pairs = enumerate(payloads, 1)
    body = "".join(f"id: {number}\nevent: {name}\ndata: {json.dumps(payload)}\n\n" for number, payload in pairs)
    return read(body.replace('"@deep@"', DEEP).encode(), url)


def read(body, url=""):
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def generated(text, number, given=0, reason="not_finished", at="2024-03-01T07:40:24.839Z", **fields):
    result = {
        "generated_text": text,
        "generated_token_count": number,
        "input_token_count": given,
        "stop_reason": reason,
    }
    return {"model_id": "google/flan-ul2", "created_at": at, "results": [result], **fields}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_texts():
    stream = load(
        generated("", 0, 8, system=WARNINGS),
        generated("Olá", 1),
        generated("", 2),
        generated(" mundo", 3),
        generated("", 4, reason="eos_token"),
    )
    assert (stream.protocol, stream.model, stream.text()) == ("watsonx", "google/flan-ul2", "Olá mundo")
    assert kinds(stream) == ["start", "content", "silent", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.error) == ("eos_token", None)
    assert (stream.complete, stream.problems) == (True, [])


def test_input_tokens_are_counted_once_and_generated_tokens_grow():
    usage = load(generated("", 0, 8), generated("a", 1), generated("b", 2, reason="max_tokens")).usage
    assert (usage.input, usage.output) == (8, 2)
    assert usage.reported == {"input_token_count": 8, "generated_token_count": 2}


def test_an_interrupted_stream_has_the_usage_counted_so_far():
    stream = load(generated("", 0, 8), generated("a", 1))
    assert (stream.usage.input, stream.usage.output, stream.complete) == (8, 1, False)
    assert kinds(stream) == ["start", "content"]


def test_missing_counts_are_not_usage_but_zero_is():
    uncounted = {"results": [{"generated_text": "a", "stop_reason": "eos_token"}]}
    stream = load(uncounted, {"system": WARNINGS})
    assert (kinds(stream), stream.usage) == (["content", "finish", "other"], None)
    usage = load(generated("", 0, 0, "eos_token")).usage
    assert (usage.input, usage.output) == (0, 0)


def test_a_result_without_a_reason_does_not_end_the_stream():
    stream = load({"results": [{"generated_text": "a"}]}, {"results": [{"generated_text": "b", "stop_reason": None}]})
    assert (stream.text(), stream.finish_reason, stream.complete) == ("ab", None, False)


def test_the_time_of_each_event_is_its_stamp():
    stream = load(
        generated("a", 1, at="2024-03-01T07:40:24.839Z"),
        generated("b", 2, at="2024-03-01T07:40:24.885Z", reason="eos_token"),
        generated("c", 3, at="2024-03-01T07:40:25"),
    )
    assert list(stream.chunks["stamp"])[:4] == [1709278824.839, 1709278824.885, 1709278824.885, 1709278824.885]
    assert stream.chunks["stamp"].isna().tolist() == [False, False, False, False, True]


def test_an_unfinished_reason_in_capitals_is_not_a_finish():
    assert load(generated("a", 1, reason="NOT_FINISHED")).finish_reason is None
    assert load(generated("a", 1, reason="STOP_SEQUENCE")).finish_reason == "STOP_SEQUENCE"


def test_a_second_result_is_a_choice_of_its_own():
    both = generated("a", 1, 8, "eos_token")
    both["results"].append({"generated_text": "x", "generated_token_count": 9, "stop_reason": "max_tokens"})
    stream = load(both)
    assert (stream.text(), stream.text(choice=1), stream.finish_reason) == ("a", "x", "eos_token")
    assert (stream.usage.input, stream.usage.output) == (8, 1)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (
            {"errors": [{"code": "model_busy", "message": "Try again"}], "trace": "t", "status_code": 503},
            StreamError("Try again", code="model_busy"),
        ),
        ({"errors": ["x"]}, StreamError('{"errors":["x"]}')),
        ({"errors": []}, StreamError('{"errors":[]}')),
        ({"message": "no", "code": 3}, StreamError("no", code="3")),
        ("broken", StreamError("broken")),
    ],
)
def test_an_error_is_read(payload, error):
    stream = load(payload, name="error", url="https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream?version=x")
    assert (stream.protocol, stream.error, kinds(stream)) == ("watsonx", error, ["error"])


def test_errors_in_an_unnamed_event_keep_what_came_before():
    stream = load(generated("so far", 1), {"errors": [{"code": "x", "message": "Broken"}]})
    assert (stream.text(), str(stream.error), stream.complete) == ("so far", "Broken", False)


def test_the_path_identifies_the_protocol_if_nothing_else_does():
    for path in ("/ml/v1/text/generation_stream", "/ml/v1-beta/generation/text_stream"):
        assert load({"a": 1}, url=f"https://eu-de.ml.cloud.ibm.com{path}?version=2024-02-15").protocol == "watsonx"
    assert load({"results": [{"a": 1}]}).protocol == "generic"


def test_its_chat_is_read_as_openai_chat():
    chunk = {"id": "chat-1", "model_id": "ibm/granite", "model": "ibm/granite", "created": 1730000000}
    deltas = [{"role": "assistant", "content": ""}, {"content": "Hi"}]
    chunks = [{**chunk, "choices": [{"index": 0, "finish_reason": None, "delta": delta}]} for delta in deltas]
    end = {**chunk, "choices": [{"index": 0, "finish_reason": "stop", "delta": {"content": ""}}]}
    counts = {**chunk, "choices": [], "usage": {"completion_tokens": 2, "prompt_tokens": 9, "total_tokens": 11}}
    stream = load(*chunks, end, counts)
    assert (stream.protocol, stream.model, stream.text()) == ("openai-chat", "ibm/granite", "Hi")
    assert (stream.finish_reason, stream.usage.total, stream.complete) == ("stop", 11, True)


def test_a_truncated_event_is_reported():
    body = f"data: {json.dumps(generated('a', 1))}\n\ndata: {json.dumps(generated('b', 2))}".encode()
    stream = read(body[:-9])
    assert (stream.text(), kinds(stream)) == ("a", ["content", "other"])
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("generated_text", "generated_token_count", "input_token_count", "stop_reason")
    payloads = [{"results": [{"generated_text": "", field: odd}]} for field in fields]
    payloads += [{field: odd} for field in ("results", "model_id", "created_at", "errors", "system")]
    payloads += [{"results": [odd]}, {"errors": [odd]}, {"errors": [{"code": odd, "message": odd}]}, odd]
    stream = load({"model_id": odd, **generated("still", 1)}, *payloads, generated(" here", 2))
    assert stream.protocol == "watsonx"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
