"""The official SDKs read the served corpus, and understand what the viewer understands.

Every recorded stream whose provider has a Python SDK is served on this machine. The SDK sends the recorded request again and reads the
response with its own HTTP stack, decoder and models.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.routing import Router

import viewer
from tests.support.servers import serving
from viewer.playback.app import playback_app
from viewer.playback.playable import playables_of

_PRISM = "raw-sse/prism-php__prism/tests/Fixtures"
_DOTNET = "other-azure-test-proxy/openai__openai-dotnet/tests/SessionRecords/TranscriptionTests"
EXCEPTIONS = {
    f"{_PRISM}/gemini/stream-with-tools-1.json": "its thoughtSignature is no Base64, which google-genai refuses",
    f"{_PRISM}/openai/stream-multiple-output-items-1.json": (
        "the body lacks the blank line after its last event, so that the SDK drops response.completed"
    ),
    f"{_PRISM}/mistral/stream-reasoning-model-1-1.sse": (
        "Mistral's stream without its request: content is a list, which OpenAI's SDK hands on as it is"
    ),
    f"{_PRISM}/gemini/stream-basic-text-1.sse": "no blank lines close its events, so that they are one event without JSON for google-genai",
    "vcrpy-yaml/Arize-ai__openinference/python/instrumentation/openinference-instrumentation-langchain/tests/cassettes/"
    "test_instrumentor/test_gemini_token_counts_streaming.yaml": "recorded as a JSON array; google-genai asks for `alt=sse`",
    **dict.fromkeys(
        (
            f"{_DOTNET}/StreamingIncludesWork.json",
            f"{_DOTNET}/StreamingIncludesWorkAsync.json",
            f"{_DOTNET}/StreamingTranscriptionWorks(UsingFilePath).json",
            f"{_DOTNET}/StreamingTranscriptionWorks(UsingFilePath)Async.json",
        ),
        "its file name has a backslash that is not escaped, which OpenAI's Python SDK cannot send",
    ),
}
"""Paths of streams that an SDK reads otherwise or not at all, each with the reason."""

MIN_READ = {
    "anthropic-messages": 205,
    "bedrock-agent": 10,
    "bedrock-converse-stream": 60,
    "bedrock-invoke-stream": 50,
    "cohere-v2": 15,
    "gemini-generate": 105,
    "gemini-interactions": 5,
    "mistral-chat": 35,
    "ollama-chat": 10,
    "ollama-generate": 2,
    "openai-assistants": 8,
    "openai-audio": 10,
    "openai-chat": 480,
    "openai-completions": 10,
    "openai-responses": 270,
}
"""The least number of streams of each protocol that an SDK has to read, so that none passes because nothing was asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One recorded stream, and what an SDK made of it."""

    path: str
    interaction: int
    stream: viewer.Stream
    heard: Any = None
    error: Exception | None = None


def is_unframed(path, stream):
    """Tell whether a file lists the payloads of events without the framing that was on the wire, as some test suites keep them."""
    return path.endswith(".chunks.txt") and not stream.protocol.startswith("ollama")


@pytest.fixture(scope="module")
def asked(cassettes):
    """Every stream that an SDK can ask for, as the SDK read it."""
    # Together they take five seconds to import.
    from tests.support.judges.sdks.readers import READERS
    from tests.support.judges.sdks.recorded import Recorded

    streams = [
        (path, stream)
        for path, cassette in cassettes.items()
        for stream in cassette.streams
        if stream.protocol in READERS and not is_unframed(path, stream)
    ]
    playables = {path: list(playables_of(cassettes[path], None)) for path, _ in streams}
    # Each behind a base URL of its own, so that no recording can answer for another.
    apps = [playback_app([playables[path][stream.interaction]], speed=math.inf) for path, stream in streams]

    async def dispatch(scope, receive, send):
        await apps[int(scope["path"].split("/")[1])](scope, receive, send)

    found = []
    with serving(Router(default=dispatch)) as address:
        for number, (path, stream) in enumerate(streams):
            request = cassettes[path].interactions[stream.interaction].request
            read = READERS[stream.protocol]
            try:
                heard = read(Recorded.of(request, f"{address}/{number}"))
                found.append(Asked(path, stream.interaction, stream, heard=heard))
            except Exception as error:  # noqa: BLE001 - an SDK may raise anything
                found.append(Asked(path, stream.interaction, stream, error=error))
    return found


def canonical(arguments):
    """Return arguments of a call as JSON in one form. An empty text is what an SDK parses to an empty object."""
    try:
        value = json.loads(arguments or "{}") if isinstance(arguments, str) else arguments
    except ValueError:
        return arguments
    return json.dumps(value, sort_keys=True)


def counts_of(usage, prefix=""):
    """Return every number in a usage object, by its path."""
    counts = {}
    for name, value in usage.items():
        if isinstance(value, dict):
            counts |= counts_of(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            counts[prefix + name] = value
    return counts


def differences(one):
    """Return what an SDK read otherwise than the viewer."""
    stream, heard = one.stream, one.heard
    if one.error is not None:
        is_told = type(one.error).__name__ == "ProviderError" and stream.error is not None
        return [] if is_told and str(one.error) == stream.error.message else [repr(one.error)]
    ours = {
        "content": stream.text(),
        "reasoning": stream.text("reasoning"),
        "calls": [(call.name, canonical(call.arguments)) for call in stream.tool_calls if not call.choice],
        "finish reason": stream.finish_reason,
    }
    theirs = {
        "content": heard.content,
        "reasoning": heard.reasoning,
        "calls": [(name, canonical(arguments)) for name, arguments in heard.calls],
        "finish reason": heard.finish_reason,
    }
    differing = [name for name, value in ours.items() if value != theirs[name]]
    reported = counts_of(stream.usage.reported) if stream.usage else {}
    return differing if counts_of(heard.usage).items() <= reported.items() else [*differing, "usage"]


def test_every_sdk_reads_what_the_viewer_reads_with_named_exceptions(asked):
    differing = {(one.path, one.interaction): found for one in asked if (found := differences(one))}
    assert {path: found for (path, _), found in differing.items() if path not in EXCEPTIONS} == {}
    assert len(differing) / len(asked) < 0.01


def test_every_exception_is_still_one(asked):
    assert {one.path for one in asked if one.path in EXCEPTIONS and differences(one)} == set(EXCEPTIONS)


def test_each_protocol_was_read_by_its_sdk(asked):
    read = dict.fromkeys(MIN_READ, 0)
    for one in asked:
        read[one.stream.protocol] += one.error is None
    assert {name: count for name, count in read.items() if count < MIN_READ[name]} == {}


def test_the_sdks_report_usage_and_calls_of_most_streams_that_have_them(asked):
    heard = [one for one in asked if one.heard is not None]
    assert sum(bool(one.heard.usage) for one in heard) > 1000
    assert sum(bool(one.heard.calls) for one in heard) > 400
    assert sum(bool(one.heard.reasoning) for one in heard) > 200
