import pytest

import viewer
from tests.conftest import SAMPLES

FILES = sorted(path for path in SAMPLES.iterdir() if path.name != "README.md")

SHOWS = {
    "claude-sonnet-4_overloaded.json": ("vcrpy", "anthropic-messages", "paced"),
    "gemini-2.5-flash_function-call.httprr": ("httprr", "gemini-generate", "paced"),
    "gemma-3-270m_anthropic.sse": ("sse", "anthropic-messages", "paced"),
    "gemma-3-270m_curl.trace": ("curl-trace", "openai-chat", "measured"),
    "gemma-3-270m_japanese.yml": ("ruby-vcr", "openai-chat", "bounded"),
    "gemma-3-270m_list.sse": ("sse", "openai-chat", "bounded"),
    "gemma-3-270m_reel.jsonl": ("reel-vcr", "openai-chat", "measured"),
    "gemma-3-270m_responses.yaml": ("vcrpy", "openai-responses", "paced"),
    "gemma-3-270m_short.har": ("har", "openai-chat", "measured"),
    "grok-code-fast-1_simple_streaming.yaml": ("go-vcr", "openai-chat", "bounded"),
    "nova-lite_bedrock.yaml": ("vcrpy", "bedrock-converse-stream", "span"),
    "qwen3_ollama.ndjson": ("ndjson", "ollama-chat", "stamped"),
    "rain-gauge_claude-code.jsonl": ("claude-code", "claude-code", "stamped"),
    "weather-agent_tool-calls.yaml": ("go-vcr", "openai-chat", "paced"),
}
"""What the README says about each sample: recorder, protocol, and grade of its times."""

# One error inside a stream, one instead of a stream.
WITH_ERRORS = {"claude-sonnet-4_overloaded.json", "weather-agent_tool-calls.yaml"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_shows_what_the_readme_says(path):
    cassette = viewer.load(path)
    stream = cassette.streams[0]
    assert (cassette.format, stream.protocol, stream.timing.grade) == SHOWS[path.name]
    assert stream.text() or stream.tool_calls
    errors = [problem for problem in cassette.problems if problem.severity == "error"]
    assert bool(errors) == (path.name in WITH_ERRORS)


def test_there_are_a_dozen_samples_or_more_and_each_is_listed_with_its_origin():
    rows = [line.split("|") for line in (SAMPLES / "README.md").read_text().splitlines() if line.startswith("| `")]
    listed = {row[1].strip().strip("`"): row[3].strip() for row in rows}
    assert set(listed) == {path.name for path in FILES} == set(SHOWS)
    assert set(listed.values()) == {"recorded", "synthetic"}
    assert len(FILES) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_synthetic_sample_with_headers_says_that_it_is_synthetic(path):
    interactions = viewer.load(path).interactions
    marked = any("synthetic" in one.response.headers.get("x-sample", "") for one in interactions)
    headless = all(not one.response.headers or path.suffix in (".ndjson", ".jsonl") for one in interactions)
    assert marked or headless or path.name.startswith(("gemma", "grok"))
