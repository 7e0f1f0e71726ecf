"""Agents, flows and knowledge bases of Amazon Bedrock: a small synthetic stream for each rule."""

import base64
import json

import pytest

from tests.support.aws_frames import frame
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import ToolCall

HOST = "https://bedrock-agent-runtime.us-east-1.amazonaws.com"
URL = f"{HOST}/agents/A/agentAliases/B/sessions/C/text"


def load(*events, url=URL):
    body = b"".join(frame(json.dumps(payload).encode(), kind, *rest) for kind, payload, *rest in events)
    headers = Headers([("Content-Type", "application/vnd.amazon.eventstream")])
    return read_stream(Interaction(Request("POST", url), Response(200, "OK", headers, body)), 0)


def chunk(text, **fields):
    return "chunk", {"bytes": base64.b64encode(text.encode()).decode(), **fields}


def trace(time="2025-05-30T17:28:09.251741423Z"):
    return "trace", {
        "sessionId": "C",
        "eventTime": time,
        "trace": {"orchestrationTrace": {"rationale": {"text": "hm"}}},
    }


def kinds(stream):
    return list(stream.chunks["kind"])


def test_the_answer_is_the_decoded_pieces():
    stream = load(chunk("Olá"), chunk(" mundo"))
    assert (stream.protocol, stream.text(), kinds(stream)) == ("bedrock-agent", "Olá mundo", ["content", "content"])
    assert stream.complete
    assert stream.usage is None


def test_a_json_answer_is_not_mistaken_for_a_model_event():
    stream = load(chunk('{"generation":"a"}'))
    assert (stream.protocol, stream.text()) == ("bedrock-agent", '{"generation":"a"}')


def test_a_trace_is_silent_and_stamped():
    stream = load(trace(), trace("yesterday"), trace(7), chunk("a"))
    assert kinds(stream) == ["silent", "silent", "silent", "content"]
    assert stream.chunks["stamp"][0] == pytest.approx(1748626089.251741)
    assert stream.chunks["stamp"][1:].isna().all()


def test_without_a_url_a_trace_or_an_attribution_identifies_the_protocol():
    assert load(trace(), chunk("a"), url="").protocol == "bedrock-agent"
    assert load(chunk("a", attribution={"citations": []}), url="").protocol == "bedrock-agent"
    assert load(chunk("plain text"), url="").protocol == "bedrock-agent"


def test_citations_follow_the_answer():
    stream = load(chunk("a", attribution={"citations": [{"retrievedReferences": []}]}))
    assert kinds(stream) == ["content", "citation"]
    assert stream.text("citation") == '{"retrievedReferences":[]}'


def test_a_call_for_the_client_is_a_tool_call():
    parameters = [{"name": "city", "type": "string", "value": "Rome"}]
    call = {"functionInvocationInput": {"actionGroup": "g", "function": "weather", "parameters": parameters}}
    stream = load(("returnControl", {"invocationId": "i", "invocationInputs": [call]}), url="")
    assert stream.tool_calls == [ToolCall("i", "weather", '[{"name":"city","type":"string","value":"Rome"}]', 0)]
    assert stream.complete


def test_a_flow_has_an_answer_and_a_finish_reason():
    stream = load(
        ("flowTraceEvent", {"trace": {}}),
        ("flowOutputEvent", {"content": {"document": "text"}, "nodeName": "n"}),
        ("flowOutputEvent", {"content": {"document": {"a": 1}}}),
        ("flowCompletionEvent", {"completionReason": "SUCCESS"}),
        url=f"{HOST}/flows/F/aliases/A",
    )
    assert (stream.text(), stream.finish_reason) == ('text{"a":1}', "SUCCESS")


def test_a_knowledge_base_answers_with_text_and_citations():
    stream = load(
        ("output", {"text": "a"}),
        ("citation", {"retrievedReferences": []}),
        ("output", {"text": "b"}),
        ("guardrail", {"action": "NONE"}),
        url=f"{HOST}/retrieveAndGenerateStream",
    )
    assert stream.text() == "ab"
    assert kinds(stream) == ["content", "citation", "content", "other"]


def test_an_exception_keeps_what_came_before():
    stream = load(chunk("a"), ("dependencyFailedException", {"message": "no"}, "exception"))
    assert (stream.text(), str(stream.error), kinds(stream)) == ("a", "no", ["content", "error"])
    assert not stream.complete


@pytest.mark.parametrize(
    "kind",
    ["chunk", "trace", "returnControl", "flowOutputEvent", "flowCompletionEvent", "output", "citation", "files", "x"],
)
@pytest.mark.parametrize("odd", [7, [], None, "x", {"bytes": 5, "attribution": 6, "eventTime": []}])
def test_a_malformed_event_does_not_affect_others(kind, odd):
    stream = load((kind, odd), (kind, {"bytes": odd, "invocationInputs": [odd], "content": odd}), chunk("still here"))
    assert stream.text().endswith("still here")
    assert stream.chunks["event"].nunique() == 3


def test_bytes_that_are_not_base64_are_shown_unchanged():
    assert load(("chunk", {"bytes": "abc"})).text() == "abc"


def test_text_of_an_unknown_event_is_kept_and_named_in_one_problem():
    stream = load(chunk("Hi"), ("moodEvent", {"text": "calm"}))
    assert (stream.text(), stream.text("other")) == ("Hi", "calm")
    assert ["'moodEvent'" in problem.message for problem in stream.problems] == [True]
