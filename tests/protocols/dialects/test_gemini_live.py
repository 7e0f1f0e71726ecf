"""Gemini Live: a small stream for each rule."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError, ToolCall


def load(*payloads, url=""):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    headers = Headers([("Content-Type", "application/x-ndjson")])
    body = "".join(f"{text}\n" for text in texts).encode()
    return read_stream(Interaction(Request("GET", url), Response(101, headers=headers, body=body)), 0)


def content(**fields):
    return {"serverContent": fields}


def turn(*parts, **fields):
    return content(modelTurn={"parts": list(parts)}, **fields)


def said(text):
    return content(outputTranscription={"text": text})


def counted(message, prompt, answer, total, **fields):
    usage = {"promptTokenCount": prompt, "responseTokenCount": answer, "totalTokenCount": total, **fields}
    return {**message, "usageMetadata": usage}


SETUP = {"setupComplete": {}}
AUDIO = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "AAAA"}}
END = content(turnComplete=True)


def kinds(stream):
    return list(stream.chunks["kind"])


def test_a_spoken_turn_is_its_transcription_and_audio_without_text():
    stream = load(
        SETUP,
        turn({"text": "Greet them.", "thought": True}),
        content(),
        turn(AUDIO, outputTranscription={"text": "Olá"}),
        turn(AUDIO),
        said(" mundo"),
        content(outputTranscription={"finished": True}),
        content(generationComplete=True),
        counted(END, 5, 7, 12),
    )
    assert (stream.protocol, stream.text("audio"), stream.text("reasoning")) == (
        "gemini-live",
        "Olá mundo",
        "Greet them.",
    )
    expected = ["start", "reasoning", "silent", "audio", "audio", "audio", "audio", "other", "other", "finish", "usage"]
    assert kinds(stream) == expected
    assert (stream.text(), stream.finish_reason, stream.complete, stream.problems) == ("", None, True, [])


def test_a_written_turn_is_content():
    stream = load(SETUP, turn({"text": "Olá"}), turn({"text": " mundo"}, turnComplete=True))
    assert (stream.text(), kinds(stream)) == ("Olá mundo", ["start", "content", "content", "finish"])


def test_what_the_user_said_is_of_kind_other():
    stream = load(SETUP, content(inputTranscription={"text": "Hello"}), content(inputTranscription={}), said("Hi"), END)
    assert (stream.text("other"), stream.text("audio")) == ("Hello", "Hi")


def test_code_run_by_the_model_and_its_output_are_of_kind_other():
    code = {"executableCode": {"language": "PYTHON", "code": "print(2)"}}
    stream = load(SETUP, turn(code, {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}}))
    assert (kinds(stream), stream.text("other")) == (["start", "other", "other"], "print(2)2")


def test_whole_tool_calls_are_numbered_in_order():
    calls = [{"name": "add", "args": {"a": 1}, "id": "c0"}, {"name": "now", "id": "c1"}]
    stream = load(
        SETUP,
        {"toolCall": {"functionCalls": calls}},
        {"toolCallCancellation": {"ids": ["c1"]}},
        said("Done."),
        END,
        {"toolCall": {"functionCalls": [{"name": "add", "args": {}, "id": "c2"}]}},
    )
    assert stream.tool_calls == [
        ToolCall("c0", "add", '{"a":1}', 0),
        ToolCall("c1", "now", "{}", 0),
        ToolCall("c2", "add", "{}", 0),
    ]
    assert kinds(stream) == ["start", "tool_call", "tool_call", "other", "audio", "finish", "tool_call"]


def test_the_turns_of_a_connection_are_joined_and_usage_is_that_of_the_last_turn():
    stream = load(
        SETUP,
        said("First."),
        counted(END, 10, 2, 12, thoughtsTokenCount=5),
        said("Second."),
        counted(END, 20, 3, 23),
    )
    assert (stream.text("audio"), stream.complete) == ("First.Second.", True)
    assert (stream.usage.input, stream.usage.output, stream.usage.reasoning, stream.usage.total) == (20, 3, None, 23)


@pytest.mark.parametrize("begun", [said("more"), turn(AUDIO), {"toolCall": {"functionCalls": [{"name": "add"}]}}])
def test_a_turn_without_an_end_is_not_complete(begun):
    assert load(SETUP, said("First."), END).complete
    stream = load(SETUP, said("First."), END, begun)
    assert not stream.complete
    assert "without a finish reason" in stream.problems[0].message


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("RESPONSE_REJECTED", "RESPONSE_REJECTED"), ("TURN_COMPLETE_REASON_UNSPECIFIED", None), (None, None)],
)
def test_the_reason_a_turn_ends_is_the_finish_reason(reason, expected):
    assert load(SETUP, content(turnComplete=True, turnCompleteReason=reason)).finish_reason == expected


def test_an_interrupted_turn_continues_to_its_end():
    stream = load(SETUP, said("so f"), content(interrupted=True), END)
    assert (kinds(stream), stream.complete) == (["start", "audio", "other", "finish"], True)


DETAILS = {
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}, {"modality": "AUDIO", "tokenCount": 1}],
    "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 7}],
}


@pytest.mark.parametrize(
    ("total", "name"), [(17, "total = prompt + response"), (20, "total = prompt + response + thoughts")]
)
def test_thoughts_are_added_to_the_response_whether_the_total_includes_them_or_not(total, name):
    usage = load(SETUP, said("a"), counted(END, 10, 7, total, thoughtsTokenCount=3, **DETAILS)).usage
    assert (usage.input, usage.output, usage.reasoning, usage.total) == (10, 10, 3, total)
    assert (usage.audio_input, usage.audio_output) == (1, 7)
    assert usage.reported["responseTokenCount"] == 7
    assert "candidatesTokenCount" not in usage.reported
    assert [(check.name, check.passed) for check in usage.checks] == [(name, True)]


def test_the_name_vertex_uses_for_the_response_count_is_read():
    reported = {
        "promptTokenCount": 12,
        "candidatesTokenCount": 3,
        "totalTokenCount": 16,
        "cachedContentTokenCount": 4,
        "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}],
    }
    usage = load(SETUP, {**END, "usageMetadata": reported}).usage
    assert (usage.input, usage.output, usage.audio_output, usage.cache_read) == (12, 3, 2, 4)
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = prompt + candidates", False),
        ("cached ≤ prompt", True),
    ]


def test_sources_are_citations():
    grounding = {"groundingChunks": [{"web": {"uri": "https://example.org/"}}]}
    stream = load(SETUP, content(groundingMetadata={}), content(groundingMetadata=grounding))
    assert json.loads(stream.text("citation")) == grounding
    assert kinds(stream) == ["start", "other", "citation"]


def test_session_messages_are_of_kind_other():
    update = {"sessionResumptionUpdate": {"newHandle": "h", "resumable": True}}
    assert kinds(load(update, {"goAway": {"timeLeft": "10s"}}, {"voiceActivity": {}})) == ["other"] * 3


def test_an_error_keeps_what_came_before():
    stream = load(SETUP, said("so far"), {"error": {"code": 1008, "message": "closed", "status": "ABORTED"}})
    assert stream.error == StreamError("closed", "ABORTED", "1008")
    assert (stream.text("audio"), stream.complete) == ("so far", False)


def test_messages_are_recognised_by_their_names_or_by_the_method():
    url = "wss://example.org/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k"
    assert load({"error": {"message": "no"}}, url=url).protocol == "gemini-live"
    assert load({"toolCall": {"functionCalls": []}}).protocol == "gemini-live"
    assert load({"toolCall": {"name": "add"}}, {"serverContent": 7}).protocol == "generic"
    assert load({"candidates": [], "usageMetadata": {"promptTokenCount": 1}}).protocol == "gemini-generate"


def test_a_truncated_stream_is_shown_and_reported():
    stream = load(SETUP, said("so far"), '{"serverContent":{"outp')
    assert (stream.text("audio"), stream.complete) == ("so far", False)
    assert stream.problems


NESTED = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize("odd", [None, 7, 1e300, True, "text", [], [7, None], {}, {"a": []}])
def test_a_malformed_message_does_not_affect_others(odd):
    names = ("modelTurn", "outputTranscription", "inputTranscription", "turnComplete", "turnCompleteReason")
    payloads = [
        odd,
        dict.fromkeys(("setupComplete", "serverContent", "toolCall", "usageMetadata", "goAway"), odd),
        content(**dict.fromkeys(names, odd)),
        content(turnComplete=True, turnCompleteReason=odd, groundingMetadata=odd, urlContextMetadata=odd),
        content(modelTurn={"parts": odd}, outputTranscription={"text": odd}, inputTranscription={"text": odd}),
        turn(odd, {"text": odd}, {"inlineData": odd}, {"executableCode": odd}, {"functionCall": odd}),
        {"toolCall": {"functionCalls": odd}},
        {"toolCall": {"functionCalls": [odd, {"name": odd, "args": odd, "id": odd}]}},
        counted({}, odd, odd, odd, thoughtsTokenCount=odd, promptTokensDetails=odd, responseTokensDetails=odd),
        {"error": odd},
        f'{{"serverContent":{NESTED}}}',
    ]
    stream = load(SETUP, turn({"text": "still"}), *payloads, turn({"text": " here"}))
    assert stream.protocol == "gemini-live"
    assert stream.chunks["event"].nunique() == len(payloads) + 3
    if not isinstance(odd, str):
        assert (stream.text(), stream.text("audio")) == ("still here", "")


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (turn({"mood": {"text": "calm"}}), "mood"),
        (content(mood={"text": "calm"}), "mood"),
        ({"mood": {"text": "calm"}}, "mood"),
    ],
)
def test_text_of_an_unknown_field_is_kept_and_named_in_one_problem(payload, name):
    stream = load(SETUP, payload, payload, END)
    assert (stream.text(), stream.text("other")) == ("", "calmcalm")
    assert [repr(name) in problem.message for problem in stream.problems] == [True]
