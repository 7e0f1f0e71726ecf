"""OpenAI transcriptions and speech: a small stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError


def load(*payloads, url="", end="\r\n\r\n"):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    body = "".join(f"data: {text}{end}" for text in texts).encode()
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def delta(text, **fields):
    return {"type": "transcript.text.delta", "delta": text, **fields}


def segment(text, speaker="A", start=0.0, end=1.0):
    return {
        "type": "transcript.text.segment",
        "text": text,
        "speaker": speaker,
        "start": start,
        "end": end,
        "id": "seg",
    }


def done(text, **fields):
    return {"type": "transcript.text.done", "text": text, **fields}


USAGE = {
    "type": "tokens",
    "total_tokens": 27,
    "input_tokens": 17,
    "input_token_details": {"text_tokens": 0, "audio_tokens": 17},
    "output_tokens": 10,
}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_a_transcription_is_the_concatenated_deltas_and_the_final_text_adds_nothing():
    stream = load(delta("Olá"), delta(""), delta(" mundo"), done("Olá mundo", usage=USAGE), "[DONE]")
    assert (stream.protocol, stream.text()) == ("openai-audio", "Olá mundo")
    assert kinds(stream) == ["content", "silent", "content", "finish", "usage", "other"]
    assert (stream.finish_reason, stream.complete, stream.problems) == (None, True, [])
    assert stream.chunks["stamp"].isna().all()


def test_usage_is_that_of_the_last_event_and_its_arithmetic_is_checked():
    usage = load(delta("a"), done("a", usage=USAGE)).usage
    assert (usage.input, usage.output, usage.audio_input, usage.total, usage.reported) == (17, 10, 17, 27, USAGE)
    assert [(check.name, check.passed) for check in usage.checks] == [("total = input + output", True)]


def test_a_transcription_counted_in_seconds_has_no_tokens():
    usage = load(delta("a"), done("a", usage={"type": "duration", "seconds": 3})).usage
    assert (usage.input, usage.total, usage.checks) == (None, None, ())


def test_segments_are_content_and_the_first_loses_its_leading_space():
    stream = load(segment(" Thanks for calling."), segment(" Hi,", "B"), segment(" hello.", "B"), done("whole"))
    assert stream.text() == "Thanks for calling. Hi, hello."
    assert kinds(stream) == ["content", "content", "content", "finish"]


def test_segments_that_repeat_deltas_add_nothing():
    stream = load(delta("Hi", segment_id="seg"), delta(" you", segment_id="seg"), segment(" Hi you"), done("Hi you"))
    assert stream.text() == "Hi you"
    assert kinds(stream) == ["content", "content", "other", "finish"]


def test_a_transcription_that_is_only_sent_whole_is_read():
    stream = load(done("whole"))
    assert (stream.text(), stream.complete) == ("whole", True)


@pytest.mark.parametrize("fields", [{"usage": USAGE}, {"task": "transcribe", "duration": 3.2, "language": "english"}])
def test_a_transcription_that_was_not_streamed_is_an_answer(fields):
    answer = read_answer(Interaction(Request(), Response(body=json.dumps({"text": "whole", **fields}).encode())))
    assert (answer.protocol, answer.text) == ("openai-audio", "whole")
    assert (answer.usage is None) == ("usage" not in fields)


@pytest.mark.parametrize(
    "payload", [{"text": "a"}, {"text": 7, "usage": USAGE}, {"text": "a", "usage": [], "task": []}]
)
def test_a_text_alone_is_not_a_transcription(payload):
    assert read_answer(Interaction(Request(), Response(body=json.dumps(payload).encode()))) is None


def test_speech_is_audio_without_text():
    usage = {"input_tokens": 10, "output_tokens": 93, "total_tokens": 103}
    audio = {"type": "speech.audio.delta", "audio": "//PExABa"}
    stream = load(audio, audio, {"type": "speech.audio.done", "usage": usage}, "[DONE]")
    assert stream.protocol == "openai-audio"
    assert kinds(stream) == ["audio", "audio", "finish", "usage", "other"]
    assert (stream.text("audio"), stream.text(), stream.complete) == ("", "", True)
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (10, 93, 103)


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"message": "too long", "type": "invalid_request_error", "code": "x"}},
        {"type": "error", "error": {"message": "too long", "type": "invalid_request_error", "code": "x"}},
    ],
)
@pytest.mark.parametrize("before", [[], [delta("so far")]])
def test_an_error_keeps_what_came_before(payload, before):
    stream = load(*before, payload, url="https://api.openai.com/v1/audio/transcriptions")
    assert stream.protocol == "openai-audio"
    assert stream.error == StreamError("too long", "invalid_request_error", "x")
    assert (stream.text(), stream.complete) == ("so far" if before else "", False)


def test_an_error_event_that_holds_the_message_itself_is_an_error():
    stream = load(delta("so far"), {"type": "error", "message": "too long", "code": "x"})
    assert (str(stream.error), stream.error.code) == ("too long", "x")


def test_an_event_named_error_is_an_error():
    body = b'data: {"type":"transcript.text.delta","delta":"a"}\n\nevent: error\ndata: {"message":"broken"}\n\n'
    assert str(viewer.load(body).streams[0].error) == "broken"


def test_other_events_on_the_same_path_are_not_recognised():
    url = "https://example.org/v1/audio/transcriptions"
    assert load({"type": "transcription.text.delta", "text": "a"}, url=url).protocol == "generic"


def test_a_truncated_stream_is_shown_and_reported():
    stream = load(delta("so far"), '{"type":"transcript.text.del', end="\n\n")
    assert (stream.text(), stream.complete) == ("so far", False)
    assert stream.problems


NESTED = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize("odd", [None, 7, 1e300, True, "text", [], [7, None], {}, {"a": []}])
def test_a_malformed_event_does_not_affect_others(odd):
    payloads = [delta(odd), segment(odd), done(odd, usage=odd), done("", usage={"input_tokens": odd}), {"type": odd}]
    payloads += [{"type": "speech.audio.delta", "audio": odd}, {"type": "speech.audio.done", "usage": odd}, odd]
    payloads += [{"error": odd}, f'{{"type":"transcript.text.delta","delta":{NESTED}}}']
    stream = load(delta("still"), *payloads, delta(" here"))
    assert stream.protocol == "openai-audio"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    if not isinstance(odd, str):
        assert stream.text() == "still here"


def test_text_of_an_unknown_event_is_kept_and_named_in_one_problem():
    stream = load(delta("Hi"), {"type": "transcript.text.mood", "text": "calm"}, {"type": "transcript.text.done"})
    assert (stream.text(), stream.text("other")) == ("Hi", "calm")
    assert ["'transcript.text.mood'" in problem.message for problem in stream.problems] == [True]
