"""Every stream of the corpus of a recorder and a protocol that are read, against what the official SDK made of it.

The corpus lies beside the repository; two programs that are not this one say what is in it: `facts.jsonl` counts the
events, and `oracle.jsonl` holds what the provider's own SDK assembled from the same bytes.
"""

import hashlib
import json

import pytest

import viewer

FORMATS = {
    "go-vcr-v2": {"go-vcr"},
    "raw-sse": {"sse", "ndjson"},
    "raw-sse(chunks.txt)": {"ndjson"},
    "vcrpy-yaml": {"vcrpy"},
    "vcrpy-gz": {"vcrpy"},
    "ruby-vcr": {"ruby-vcr"},
    "polly-har": {"polly"},
    "other-seinfeld": {"seinfeld"},
    "other-dd-test-agent": {"dd-test-agent"},
    "other-azure-test-proxy": {"azure-test-proxy"},
    "other-nock": {"nock"},
    "wiremock": {"wiremock"},
    "other-status-headers-body": {"http-json"},
}
"""What each recorder is called in the corpus, and what it is called here."""

PROTOCOLS = {
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic-messages",
    "vertex-anthropic": "anthropic-messages",
    "bedrock-converse-stream": "bedrock-converse-stream",
    "bedrock-invoke-stream": "bedrock-invoke-stream",
    "bedrock-agent": "bedrock-agent",
    "mistral-chat": "mistral-chat",
    "openai-completions": "openai-completions",
    "ollama-chat": "ollama-chat",
    "ollama-generate": "ollama-generate",
    "cohere-v2": "cohere-v2",
    "gemini-generate(sse)": "gemini-generate",
    "vertex-gemini(sse)": "gemini-generate",
    "gemini-interactions": "gemini-interactions",
}
"""What each protocol is called in the corpus, and what it is called here."""

OTHER_EVENTS = {
    "ruby-vcr/crmne__ruby_llm/spec/fixtures/vcr_cassettes/"
    "chat_with_extended_thinking_gpustack_qwen3_streams_thinking_content_when_available.yml": (
        "llama.cpp ends it with a line `error: {…}`, a field that no event knows: a unit here, none in the facts"
    ),
}
"""Paths of streams whose events are counted otherwise, each with the reason."""

OTHER_PROTOCOL = {
    "raw-sse/chunks-txt/vercel__ai/packages/google/src/speech-translation/__fixtures__/google-live-speech-translation.chunks.txt": (
        "Gemini Live, which the facts count with generateContent"
    ),
}
"""Paths of streams whose protocol the facts name wrongly, each with the reason."""

OTHER_REPRESENTATION = {
    "raw-sse/prism-php__prism/tests/Fixtures/openai/stream-multiple-output-items-1.json": (
        "the body lacks the blank line after its last event, so that the SDK drops response.completed"
    ),
    **dict.fromkeys(
        (
            "vcrpy-yaml/DataDog__dd-trace-py/tests/contrib/botocore/bedrock_cassettes/cohere_invoke_stream_multi_output.yaml",
            "vcrpy-yaml/DataDog__dd-trace-py/tests/contrib/botocore/bedrock_cassettes/cohere_invoke_stream_multiple_output.yaml",
        ),
        "the request asks for two generations, which `index` numbers: two choices here, one text in the oracle",
    ),
}
"""Paths of streams that disagree, each with the reason why the SDK is wrong."""


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(arguments):
    try:
        return digest(json.dumps(json.loads(arguments), sort_keys=True, separators=(",", ":")))
    except ValueError:
        return None


@pytest.fixture(scope="module")
def read_streams(corpus, facts):
    """Each fact of a recorder that is read, with the stream at its place, or None."""
    wanted = [fact for fact in facts if fact["format"] in FORMATS]
    cassettes = {path: viewer.load(corpus / path) for path in sorted({fact["path"] for fact in wanted})}
    streams = {(path, stream.interaction): stream for path, opened in cassettes.items() for stream in opened.streams}
    return cassettes, [(fact, streams.get((fact["path"], fact["i"]))) for fact in wanted]


def is_beside(cassette, interaction):
    """Whether a problem says that the body lies in a file of its own, which the corpus leaves out."""
    return any(
        problem.interaction == interaction and "but in a file" in problem.message for problem in cassette.problems
    )


def test_every_file_is_recognised_as_its_recorders(read_streams, facts):
    cassettes, _ = read_streams
    formats = {fact["path"]: FORMATS[fact["format"]] for fact in facts if fact["format"] in FORMATS}
    for path, opened in cassettes.items():
        assert opened.format in formats[path], path


def test_events_protocol_and_errors_are_those_of_the_facts(read_streams):
    cassettes, pairs = read_streams
    for fact, stream in pairs:
        if fact["proto"] not in PROTOCOLS or fact["path"] in OTHER_PROTOCOL:
            continue
        where = fact["path"], fact["i"]
        if stream is None and is_beside(cassettes[fact["path"]], fact["i"]):
            continue
        assert stream is not None, where
        assert stream.protocol == PROTOCOLS[fact["proto"]], where
        if fact["path"] not in OTHER_EVENTS:
            assert stream.chunks["event"].nunique() == fact["n_events"] + fact["n_comments"], where
        assert bool(stream.error) == bool(fact["error"]), where


def test_text_tool_calls_and_finish_reason_are_those_of_the_official_sdk(read_streams, oracle):
    _, pairs = read_streams
    compared = dict.fromkeys(PROTOCOLS, 0)
    for fact, stream in pairs:
        where = fact["path"], fact["i"]
        truth = oracle.get(where)
        if fact["proto"] not in PROTOCOLS or truth is None or truth["status"] != "ok" or truth.get("ambiguous"):
            continue
        if fact["path"] in OTHER_REPRESENTATION or fact["path"] in OTHER_PROTOCOL or stream is None:
            continue
        compared[fact["proto"]] += 1
        right = [truth, *(truth.get("alt") or [])]
        assert digest(stream.text()) in {row.get("content_sha256") for row in right}, where
        reasoning = {row.get("reasoning_sha256") for row in right}
        reasoning |= {entry[1] for entry in (truth.get("reasoning_all") or {}).values()}
        assert digest(stream.text("reasoning")) in reasoning, where
        assert stream.finish_reason in {row.get("finish_reason") for row in right} | {truth.get("finish_detail")}, where
        assert any(same_calls(stream, row["tool_calls"]) for row in right if "tool_calls" in row), where
    assert all(compared.values()), compared


CLIENT_TYPES = {"function", "tool_use", "function_call(legacy)", None}


def same_calls(stream, expected):
    """Whether the tool calls of choice 0 are those expected, server-side ones counted or not."""
    ours = [call for call in stream.tool_calls if call.choice == 0]
    client = [call for call in expected if call.get("type") in CLIENT_TYPES]
    return any(
        len(ours) == len(calls) and all(same_call(*pair) for pair in zip(ours, calls, strict=True))
        for calls in (expected, client)
    )


def same_call(ours, expected):
    if ours.name != (expected["name"] or ""):
        return False
    if digest(ours.arguments) == expected.get("arguments_sha256"):
        return True
    empty = {digest(""), digest("{}")}
    if {digest(ours.arguments), canonical(ours.arguments)} & empty:
        return bool({expected.get("arguments_sha256"), expected.get("arguments_canonical_sha256")} & empty)
    return canonical(ours.arguments) == expected.get("arguments_canonical_sha256")
