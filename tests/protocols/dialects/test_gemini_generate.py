"""Gemini generateContent: a small stream for each rule, in both framings."""

import json

import pytest

import viewer

URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent"


def sse(*chunks):
    return "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in chunks)


def recorded(body, url=URL):
    interaction = {
        "request": {"method": "POST", "uri": url},
        "response": {"status": {"code": 200, "message": "OK"}, "body": {"string": body}},
    }
    return viewer.load(json.dumps({"version": 1, "interactions": [interaction]}).encode())


def load(*chunks):
    return viewer.load(sse(*chunks).encode(), "stream.sse").streams[0]


def candidate(*parts, index=None, **fields):
    found = {"content": {"role": "model", "parts": list(parts)}, **fields}
    return found if index is None else {**found, "index": index}


def chunk(*parts, usage=None, **fields):
    found = {"candidates": [candidate(*parts, **fields)], "modelVersion": "gemini-2.5-flash"}
    return found if usage is None else {**found, "usageMetadata": usage}


def call(**fields):
    return {"functionCall": fields}


def kinds(stream):
    return list(stream.chunks["kind"])


CHUNKS = [chunk({"text": "Olá"}, usage={"promptTokenCount": 1}), chunk({"text": " mundo"}, finishReason="STOP")]


@pytest.mark.parametrize("body", [sse(*CHUNKS), json.dumps(CHUNKS), json.dumps(CHUNKS, indent=2)])
def test_both_framings_give_the_same_stream(body):
    [stream] = recorded(body).streams
    assert (stream.protocol, stream.model, stream.provider) == ("gemini-generate", "gemini-2.5-flash", "google")
    assert stream.text() == "Olá mundo"
    assert kinds(stream) == ["content", "usage", "content", "finish"]
    assert stream.finish_reason == "STOP"
    assert stream.complete


def test_an_interrupted_array_is_read_and_incomplete():
    stream = recorded(json.dumps(CHUNKS)[:-40]).streams[0]
    assert stream.text() == "Olá"
    assert not stream.complete


def test_chunks_wrapped_by_code_assist_are_read():
    assert load({"response": chunk({"text": "a"}), "traceId": "x"}).text() == "a"


def test_thought_parts_are_reasoning():
    stream = load(chunk({"text": "hm", "thought": True}, {"text": "yes"}), chunk({"text": "!", "thought": False}))
    assert (stream.text("reasoning"), stream.text()) == ("hm", "yes!")


def test_a_signature_alone_is_silent_and_one_with_text_adds_nothing():
    stream = load(
        chunk({"text": "", "thoughtSignature": "c2ln"}),
        chunk({"thoughtSignature": "c2ln"}),
        chunk({"text": "a", "thoughtSignature": "c2ln"}),
    )
    assert kinds(stream) == ["silent", "silent", "content"]


def test_whole_function_calls_have_their_arguments_as_json():
    stream = load(
        chunk(call(name="add", args={"a": 1, "b": "é"}), call(id="c2", name="now")),
        chunk(call(name="add", args={}), finishReason="STOP"),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("", "add", '{"a":1,"b":"é"}', 0),
        viewer.ToolCall("c2", "now", "{}", 0),
        viewer.ToolCall("", "add", "{}", 0),
    ]
    assert list(stream.chunks["tool"].dropna()) == [0, 1, 2]


def piece(path, **value):
    return call(partialArgs=[{"jsonPath": path, **value}], willContinue=True)


def arguments(*parts):
    return [found.arguments for found in load(*(chunk(part) for part in parts)).tool_calls]


def test_streamed_arguments_are_written_as_growing_json():
    stream = load(
        chunk(call(name="cook", willContinue=True)),
        chunk(piece("$.dish", stringValue='a "la', willContinue=True)),
        chunk(piece("$.dish", stringValue="sagna\n", willContinue=True)),
        chunk(piece("$.dish", stringValue="")),
        chunk(call(willContinue=True)),
        chunk(piece("$.items[0].name", stringValue="egg"), piece("$.items[0].n", numberValue=2)),
        chunk(piece("$.items[1]['x.y'][0]", boolValue=False), piece("$.items[1]['x.y'][1]", nullValue="NULL_VALUE")),
        chunk(call()),
        chunk(finishReason="STOP"),
    )
    [found] = stream.tool_calls
    assert json.loads(found.arguments) == {
        "dish": 'a "lasagna\n',
        "items": [{"name": "egg", "n": 2}, {"x.y": [False, None]}],
    }
    assert list(stream.chunks["text"][:4]) == ["", '{"dish":"a \\"la', "sagna\\n", ""]


@pytest.mark.parametrize("after", [call(name="next"), call(name="next", args={})])
def test_an_open_streamed_call_ends_at_the_next_call(after):
    assert arguments(call(name="f", willContinue=True), piece("$.a", stringValue="x"), after) == ['{"a":"x"}', "{}"]


def test_an_open_streamed_call_ends_at_the_finish():
    stream = load(chunk(call(name="f", willContinue=True), piece("$.a[0]", numberValue=0.5), finishReason="STOP"))
    assert stream.tool_calls[0].arguments == '{"a":[0.5]}'
    assert kinds(stream)[-2:] == ["tool_call", "finish"]


def test_a_streamed_call_at_the_end_of_a_truncated_recording_stays_open():
    stream = load(chunk(call(name="f", willContinue=True)), chunk(piece("$.a", stringValue="x")))
    assert stream.tool_calls[0].arguments == '{"a":"x'
    assert any("not JSON" in problem.message for problem in stream.problems)


def test_pieces_without_a_call_or_a_path_are_not_calls():
    assert arguments(call(), piece("$.a", stringValue="x")) == []
    assert arguments(call(name="f", willContinue=True), piece("", stringValue="x"), call()) == ["{}"]


def test_candidates_are_choices_and_a_missing_index_is_the_position():
    stream = load(
        {"candidates": [candidate({"text": "a"}), candidate({"text": "b"}, index=1)]},
        {"candidates": [candidate({"text": "B"}, index=1, finishReason="MAX_TOKENS")]},
        {"candidates": [candidate({"text": "A"}, finishReason="STOP")]},
    )
    assert (stream.text(), stream.text(choice=1)) == ("aA", "bB")
    assert stream.finish_reason == "STOP"


def test_code_run_by_the_provider_is_neither_content_nor_a_call():
    stream = load(
        chunk({"executableCode": {"language": "PYTHON", "code": "print(1)"}}),
        chunk({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}}),
        chunk({"toolCall": {"toolType": "FILE_SEARCH"}}),
    )
    assert kinds(stream) == ["other"] * 3
    assert stream.text("other") == "print(1)1\n"
    assert (stream.text(), stream.tool_calls) == ("", [])


def test_sound_is_audio_and_other_media_is_not():
    stream = load(
        chunk({"inlineData": {"mimeType": "audio/L16;rate=24000", "data": "AQI="}}),
        chunk({"inlineData": {"mimeType": "image/png", "data": "AQI="}}),
    )
    assert kinds(stream) == ["audio", "other"]


def test_sources_are_citations_and_empty_grounding_adds_nothing():
    source = {"groundingChunks": [{"web": {"uri": "https://example.com", "title": "x"}}]}
    stream = load(
        chunk({"text": "a"}, groundingMetadata={}),
        chunk({"text": "b"}, groundingMetadata={"webSearchQueries": ["q"]}),
        chunk({"text": "c"}, groundingMetadata=source, citationMetadata={"citations": [{"uri": "u"}]}),
    )
    assert kinds(stream) == ["content", "content", "content", "citation", "citation"]
    assert json.loads(stream.chunks["text"][3]) == source


def test_usage_is_cumulative_and_counts_that_later_chunks_omit_stay():
    stream = load(
        chunk({"text": "a"}, usage={"promptTokenCount": 9, "thoughtsTokenCount": 5, "totalTokenCount": 14}),
        chunk({"text": "b"}, usage={"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": None}),
        chunk(usage={"totalTokenCount": 16}, finishReason="STOP"),
    )
    usage = stream.usage
    assert (usage.input, usage.output, usage.reasoning, usage.total) == (9, 7, 5, 16)
    assert usage.reported["thoughtsTokenCount"] == 5
    [check] = usage.checks
    assert (check.name, check.passed, check.figures) == (
        "total = prompt + candidates + thoughts",
        True,
        "16 = 9 + 2 + 5",
    )


def test_tool_results_are_input_and_cache_is_part_of_the_prompt():
    reported = {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 80,
        "candidatesTokenCount": 10,
        "toolUsePromptTokenCount": 30,
        "totalTokenCount": 150,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 60}, {"modality": "AUDIO", "tokenCount": 40}],
        "candidatesTokensDetails": [{"modality": 4, "tokenCount": 3}],
    }
    usage = load(chunk({"text": "a"}, usage=reported)).usage
    assert (usage.input, usage.output, usage.cache_read) == (130, 10, 80)
    assert (usage.audio_input, usage.audio_output) == (40, 3)
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = prompt + candidates + tool use", False),
        ("cached ≤ prompt", True),
    ]


def test_a_blocked_prompt_is_a_finish_with_its_reason():
    usage = {"promptTokenCount": 4, "totalTokenCount": 4}
    stream = load({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage})
    assert stream.finish_reason == "PROHIBITED_CONTENT"
    assert kinds(stream) == ["finish", "usage"]
    assert stream.complete
    assert "PROHIBITED_CONTENT" in stream.problems[0].message


@pytest.mark.parametrize("fields", [{}, {"usageMetadata": {"promptTokenCount": 8}}, {"responseId": "r"}])
def test_a_blocked_prompt_is_recognised_without_a_url(fields):
    stream = load({"promptFeedback": {"blockReason": "SAFETY"}, **fields})
    assert (stream.protocol, stream.finish_reason) == ("gemini-generate", "SAFETY")
    assert "The provider blocked the prompt: SAFETY." in [problem.message for problem in stream.problems]


@pytest.mark.parametrize(
    ("reason", "message", "problem"),
    [
        ("MALFORMED_FUNCTION_CALL", "Tried print(x)", "The answer ends with MALFORMED_FUNCTION_CALL: Tried print(x)"),
        ("MALFORMED_FUNCTION_CALL", None, "The answer ends with MALFORMED_FUNCTION_CALL."),
        ("UNEXPECTED_TOOL_CALL", None, "The answer ends with UNEXPECTED_TOOL_CALL."),
        ("SAFETY", "It was cut.", "The answer ends with SAFETY: It was cut."),
        ("MAX_TOKENS", "It was cut.", None),
        ("STOP", None, None),
        ("SAFETY", None, None),
    ],
)
def test_what_the_provider_says_about_the_finish_is_shown(reason, message, problem):
    stream = load(chunk({"text": "a"}, finishReason=reason, finishMessage=message))
    assert [found.message for found in stream.problems] == ([problem] if problem else [])
    assert (stream.finish_reason, stream.text("other")) == (reason, message or "")


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        (
            [chunk(usage={"promptTokenCount": 9}), chunk(usage={"promptTokenCount": 0})],
            "The last usage object has fewer tokens than one before it: promptTokenCount 9, then 0.",
        ),
        ([chunk(usage={"promptTokenCount": 9}), chunk(usage={"thoughtsTokenCount": 0})], None),
        (
            [chunk(finishReason="STOP"), chunk(finishReason="SAFETY")],
            "The stream has two finish reasons: first 'STOP', then 'SAFETY'.",
        ),
        ([chunk(finishReason="STOP"), chunk(finishReason="STOP")], None),
    ],
)
def test_what_contradicts_an_earlier_chunk_is_a_problem(chunks, message):
    problems = [
        problem.message
        for problem in load(
            *chunks, chunk(finishReason=chunks[-1]["candidates"][0].get("finishReason", "STOP"))
        ).problems
    ]
    assert problems == ([message] if message else [])


def test_media_is_described_and_code_of_the_model_has_tokens():
    png = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}
    file = {"fileData": {"mimeType": "application/pdf", "fileUri": "https://example.org/a"}}
    code = {"executableCode": {"language": "PYTHON", "code": "1+1"}}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}}
    stream = load(chunk(png, file, code, result, usage={"promptTokenCount": 1, "candidatesTokenCount": 7}))
    others = stream.chunks[stream.chunks["kind"] == "other"]
    assert others["text"].tolist() == ["image/png, 8 bytes", "application/pdf, https://example.org/a", "1+1", "2"]
    assert others["tokens"].fillna(0).tolist() == [0, 0, 7, 0]


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (chunk({"mood": {"text": "calm"}}), "mood"),
        (chunk({"text": "", "mood": "calm down"}), "mood"),
        (chunk(output="calm"), "output"),
        ({"candidates": [{"content": {"text": "calm"}}]}, "text"),
        ({**chunk(), "answer": "calm"}, "answer"),
    ],
)
def test_text_of_an_unknown_field_is_kept_and_named_in_one_problem(payload, name):
    stream = load(chunk({"text": "Hi"}), payload, payload, chunk(finishReason="STOP"))
    assert stream.text() == "Hi"
    assert stream.text("other").startswith("calm")
    assert [repr(name) in problem.message for problem in stream.problems] == [True]


def test_an_error_in_the_stream_keeps_what_came_before():
    error = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
    stream = load(chunk({"text": "so far"}), error)
    assert (stream.error.message, stream.error.type, stream.error.code) == ("overloaded", "UNAVAILABLE", "503")
    assert (stream.text(), kinds(stream)) == ("so far", ["content", "error"])


def test_an_array_with_only_an_error_is_recognised_by_its_path():
    [stream] = recorded(json.dumps([{"error": {"code": 400, "message": "API key not valid."}}])).streams
    assert (stream.protocol, str(stream.error)) == ("gemini-generate", "API key not valid.")


def test_numeric_enums_are_kept_as_numbers():
    assert load(chunk({"text": "a"}, finishReason=1)).finish_reason == "1"


def test_the_create_time_of_vertex_is_the_stamp():
    stream = load({**chunk({"text": "a"}), "createTime": "2026-03-12T18:06:04.5Z"}, {**chunk(), "createTime": 7})
    assert stream.chunks["stamp"][0] == 1773338764.5
    assert stream.chunks["stamp"].isna()[1]


def test_a_malformed_chunk_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        {"candidates": 3, "usageMetadata": 4, "promptFeedback": 5, "createTime": []},
        {"candidates": [4, {"content": 5}, {"content": {"parts": 6}}, {"content": {"parts": [7, {"text": 8}]}}]},
        {"candidates": [candidate(call(name=[], args=9, partialArgs={}), call(partialArgs=[1], willContinue=True))]},
        {"candidates": [candidate({"inlineData": 1, "executableCode": {"code": {}}}, index=10**9, finishReason={})]},
        {"candidates": [candidate(groundingMetadata=1, citationMetadata=[[]], index=-1)]},
        {"promptFeedback": {"blockReason": []}, "usageMetadata": {"promptTokensDetails": [1, {"modality": {}}]}},
    ]
    stream = load(*odd, chunk({"text": "still here"}, index=3))
    assert stream.text(choice=3) == "still here"
    assert stream.chunks["event"].nunique() == len(odd) + 1
