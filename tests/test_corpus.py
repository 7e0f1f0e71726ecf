"""Every stream of the corpus, compared with the result of the official SDK.

The corpus is next to the repository. Two independent programs describe it: `facts.jsonl` counts the events, and
`oracle.jsonl` holds what the provider's own SDK assembled from the same bytes.
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
    "other-ws-yaml": {"ws-yaml"},
    "other-xai-grpc-yaml": {"xai-grpc-yaml"},
}
"""The possible formats of each recorder in the corpus."""

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
    "vertex-gemini(json-array)": "gemini-generate",
    "openai-realtime(ws)": "openai-realtime",
    "openai-assistants": "openai-assistants",
    "openai-audio": "openai-audio",
    "gemini-live(ws)": "gemini-live",
    "xai-grpc": "xai-grpc",
    "sourcegraph-completions": "sourcegraph-completions",
    "mcp-jsonrpc": "mcp-jsonrpc",
    "anthropic-completions(legacy)": "anthropic-completions",
}
"""The viewer's name for each protocol in the corpus."""

NO_ORACLE = {
    "vertex-gemini(json-array)",
    "openai-realtime(ws)",
    "openai-audio",
    "gemini-live(ws)",
    "xai-grpc",
    "sourcegraph-completions",
    "mcp-jsonrpc",
    "anthropic-completions(legacy)",
}
"""Protocols whose official SDK cannot be fed a body. Their streams are compared with the facts only."""

EMPTY = {
    "vcrpy-yaml/pydantic__pydantic-ai/tests/models/cassettes/test_multimodal_tool_returns/"
    "test_multimodal_tool_return_matrix[direct-uploaded_file-audio-xai].xai.yaml": "has no interactions",
}
"""Paths of files that hold nothing, and the error message for each."""

NO_STREAM = {"empty", "unknown::|"}
"""Responses without an event, and one that the SDK itself cannot read."""

OTHER_EVENTS = {
    "ruby-vcr/crmne__ruby_llm/spec/fixtures/vcr_cassettes/"
    "chat_with_extended_thinking_gpustack_qwen3_streams_thinking_content_when_available.yml": (
        "llama.cpp ends it with a line `error: {…}`, a field that the standard does not know: an error here, nothing in the facts"
    ),
}
"""Paths of streams whose events and errors the facts count differently, each with the reason."""

OTHER_PROTOCOL = {
    "raw-sse/chunks-txt/vercel__ai/packages/google/src/speech-translation/__fixtures__/google-live-speech-translation.chunks.txt": (
        "Gemini Live, which the facts count with generateContent"
    ),
}
"""Paths of streams for which the facts name the wrong protocol, each with the reason."""

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
"""Paths of streams that differ from the SDK, each with the reason why the SDK is wrong."""

_OPENAI = "raw-sse/chunks-txt/vercel__ai/packages/openai/src/responses/__fixtures__"
CLIENT_CALLS = {
    (f"{_OPENAI}/openai-apply-patch-tool-delete.1.chunks.txt", 0): ["apply_patch"],
    (f"{_OPENAI}/openai-apply-patch-tool.1.chunks.txt", 0): ["apply_patch"],
    (f"{_OPENAI}/openai-client-tool-search.1.chunks.txt", 0): ["tool_search"],
    (f"{_OPENAI}/openai-local-shell-tool.1.chunks.txt", 0): ["local_shell"],
    (f"{_OPENAI}/openai-mcp-tool-approval.1.chunks.txt", 0): ["create_short_url"],
    (f"{_OPENAI}/openai-mcp-tool-approval.3.chunks.txt", 0): ["create_short_url"],
    (
        "vcrpy-yaml/pydantic__pydantic-ai/tests/cassettes/test_tool_search/test_openai_client_tool_search_streaming.yaml",
        0,
    ): ["tool_search"],
}
"""By path and interaction, the calls of OpenAI's own tools that the client must answer. The oracle lists only functions, MCP and custom tools."""


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(arguments):
    try:
        return digest(json.dumps(json.loads(arguments), sort_keys=True, separators=(",", ":")))
    except ValueError:
        return None


@pytest.fixture(scope="module")
def read_streams(cassettes, facts):
    """Each fact with its stream, or None."""
    streams = {(path, stream.interaction): stream for path, opened in cassettes.items() for stream in opened.streams}
    return [(fact, streams.get((fact["path"], fact["i"]))) for fact in facts]


def test_every_file_opens_except_the_empty_ones(cassettes, catalog):
    assert {row["path"] for row in catalog} - set(cassettes) == set(EMPTY)


def test_every_file_is_recognised_as_its_recorder(cassettes, facts):
    formats = {fact["path"]: FORMATS[fact["format"]] for fact in facts}
    wrong = {path: cassettes[path].format for path, known in formats.items() if cassettes[path].format not in known}
    assert wrong == {}


def test_every_protocol_and_recorder_of_the_facts_is_known(facts):
    assert {fact["proto"] for fact in facts} == set(PROTOCOLS) | NO_STREAM
    assert {fact["format"] for fact in facts} == set(FORMATS)


def test_every_file_opens_with_the_interactions_that_the_catalog_counts(cassettes, catalog):
    for row in catalog:
        if row["path"] not in EMPTY:
            assert len(cassettes[row["path"]].interactions) == int(row["interactions"]), row["path"]


def test_every_body_is_decompressed(cassettes):
    for path, opened in cassettes.items():
        packed = [one for one in opened.interactions if one.response.body.startswith((b'["', b"\x1f\x8b"))]
        assert packed == [], path


def test_there_is_no_stream_that_the_facts_do_not_list(cassettes, facts):
    known = {(fact["path"], fact["i"]) for fact in facts}
    found = {(path, stream.interaction) for path, opened in cassettes.items() for stream in opened.streams}
    assert found - known == set()


def test_a_file_that_cannot_be_shown_says_why(corpus):
    for path, reason in EMPTY.items():
        with pytest.raises(viewer.CassetteError, match=reason):
            viewer.load(corpus / path)


def test_events_protocol_and_errors_agree_with_the_facts(read_streams):
    for fact, stream in read_streams:
        if fact["proto"] in NO_STREAM or fact["path"] in OTHER_PROTOCOL:
            continue
        where = fact["path"], fact["i"]
        assert stream is not None, where
        assert stream.protocol == PROTOCOLS[fact["proto"]], where
        if fact["path"] not in OTHER_EVENTS:
            assert stream.chunks["event"].nunique() == fact["n_events"] + fact["n_comments"], where
            assert bool(stream.error) == bool(fact["error"]), where


def test_the_finish_reason_is_one_that_the_facts_list(read_streams):
    for fact, stream in read_streams:
        # For Responses the facts have the event's name, which is the status with a prefix.
        reasons = {reason.removeprefix("response.") for reason in fact["finish"]}
        if reasons and fact["proto"] not in NO_STREAM and fact["path"] not in OTHER_PROTOCOL:
            assert stream.finish_reason in reasons, (fact["path"], fact["i"])


def counts_of(usage, prefix=""):
    """Every number in a usage object, by its path."""
    counts = {}
    for name, value in (usage or {}).items():
        if isinstance(value, dict):
            counts |= counts_of(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            counts[prefix + name] = value
    return counts


def test_every_usage_number_equals_the_official_sdk(read_streams, oracle):
    compared = 0
    for fact, stream in read_streams:
        truth = oracle[fact["path"], fact["i"]]
        if truth["status"] != "ok" or truth.get("ambiguous") or fact["path"] in OTHER_PROTOCOL:
            continue
        rows = [truth, *(truth.get("alt") or [])]
        right = [counts_of(row.get("usage")) for row in rows] + [counts_of(truth.get("usage_plain"))]
        ours = counts_of(stream.usage.reported) if stream.usage else {}
        assert any(counts.items() <= ours.items() for counts in right), (fact["path"], fact["i"])
        compared += bool(ours)
    assert compared > 1000


def test_text_tool_calls_and_finish_reason_equal_the_official_sdk(read_streams, oracle):
    compared = dict.fromkeys(set(PROTOCOLS) - NO_ORACLE, 0)
    for fact, stream in read_streams:
        where = fact["path"], fact["i"]
        truth = oracle[where]
        if truth["status"] != "ok" or truth.get("ambiguous"):
            continue
        if fact["path"] in OTHER_REPRESENTATION or fact["path"] in OTHER_PROTOCOL:
            continue
        compared[fact["proto"]] += 1
        right = [truth, *(truth.get("alt") or [])]
        assert digest(stream.text()) in {row.get("content_sha256") for row in right}, where
        reasoning = {row.get("reasoning_sha256") for row in right}
        reasoning |= {entry[1] for entry in (truth.get("reasoning_all") or {}).values()}
        assert digest(stream.text("reasoning")) in reasoning, where
        assert stream.finish_reason in {row.get("finish_reason") for row in right} | {truth.get("finish_detail")}, where
        calls = without(CLIENT_CALLS.get(where, []), stream.tool_calls)
        assert any(same_calls(calls, row["tool_calls"]) for row in right if "tool_calls" in row), where
    assert all(compared.values()), compared


CLIENT_TYPES = {"function", "tool_use", "function_call(legacy)", None}


def without(names, calls):
    """The calls except one of each name. All of them must be there."""
    left = list(calls)
    for name in names:
        left.remove(next(call for call in left if call.name == name))
    return left


def same_calls(calls, expected):
    """Whether the tool calls of choice 0 are as expected, with or without server-side ones."""
    ours = [call for call in calls if call.choice == 0]
    client = [call for call in expected if call.get("type") in CLIENT_TYPES]
    return any(
        len(ours) == len(theirs) and all(same_call(*pair) for pair in zip(ours, theirs, strict=True))
        for theirs in (expected, client)
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


def test_the_raw_slices_of_the_chunks_add_up_to_every_body(cassettes):
    for path, opened in cassettes.items():
        for stream in opened.streams:
            body = opened.interactions[stream.interaction].response.body
            units = stream.chunks.drop_duplicates("event")[["offset", "size"]].to_numpy()
            assert b"".join(body[offset : offset + size] for offset, size in units) == body, (path, stream.interaction)
