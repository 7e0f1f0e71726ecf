"""The blocks of a transcript, and what stands beneath them."""

import json

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.hostile import HOSTILE
from tests.support.streams import call, delta, stream_of
from viewer.conversation.brought_results import brought_results
from viewer.display.citations import citations_in
from viewer.display.deck import make_tape
from viewer.display.lanes import choices_of, lanes_of
from viewer.display.transcript import blocks_of

_XAI = "corpus/other-xai-grpc-yaml/pydantic__pydantic-ai/tests/models/cassettes/test_xai"
_CORPUS = "corpus/raw-sse/chunks-txt/vercel__ai/packages"


def blocks(stream, choice=0, brought=()):
    return blocks_of(stream, choice, lanes_of(stream, choice), brought)


def text_of(block, stream, choice=0):
    if block.lane is None:
        return block.text
    rows = lanes_of(stream, choice)[block.lane].rows[block.start : block.stop]
    return "".join(stream.chunks["text"].iloc[rows])


def anthropic(*events):
    return viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]


def started(index, **block):
    return {"type": "content_block_start", "index": index, "content_block": block}


def test_the_blocks_of_the_seed_are_thinking_hidden_tokens_and_text(seed_stream):
    shown = blocks(seed_stream)
    assert [(block.kind, block.label, block.event) for block in shown] == [
        ("reasoning", "thinking", 0),
        ("hidden", "120 hidden tokens", 12),
        ("reasoning", "thinking", 102),
        ("content", "text", 133),
    ]
    assert "".join(text_of(block, seed_stream) for block in shown if block.kind == "reasoning") == seed_stream.text(
        "reasoning"
    )
    assert text_of(shown[3], seed_stream) == seed_stream.text()


def test_a_block_begins_where_the_kind_changes():
    stream = stream_of(delta(content="a"), call("add", "{}"), delta(content="b"), delta(content="c"))
    assert [(block.label, text_of(block, stream)) for block in blocks(stream)] == [
        ("text", "a"),
        ("add", "{}"),
        ("text", "bc"),
    ]


def test_pieces_of_parallel_calls_join_the_block_of_their_call():
    stream = stream_of(call("add", "{"), call("mul", "[", 1), call(None, "}"), call(None, "]", 1))
    assert [(block.label, text_of(block, stream)) for block in blocks(stream)] == [("add", "{}"), ("mul", "[]")]


def test_calls_beyond_the_lanes_keep_blocks_of_their_own():
    stream = stream_of(*(call(f"tool{index}", f"[{index}]", index) for index in range(15)))
    assert [(block.label, text_of(block, stream)) for block in blocks(stream)] == [
        (f"tool{index}", f"[{index}]") for index in range(15)
    ]


def test_a_stream_that_changes_its_kind_with_every_chunk_has_a_bounded_number_of_blocks():
    stream = stream_of(*(delta(content="c") if index % 2 else delta(reasoning_content="r") for index in range(5000)))
    shown = blocks(stream)
    assert len(shown) <= 1002
    assert sum(block.stop - block.start for block in shown) == 5000


def test_a_result_of_a_tool_of_the_server_stands_beneath_its_call():
    results = [{"type": "web_search_result", "title": "Lima", "url": "https://lima.example", "encrypted_content": "x"}]
    stream = anthropic(
        started(0, type="server_tool_use", id="a", name="web_search", input={"query": "one"}),
        started(1, type="server_tool_use", id="b", name="web_search", input={"query": "two"}),
        started(2, type="web_search_tool_result", tool_use_id="b", content=results),
        started(
            3,
            type="web_search_tool_result",
            tool_use_id="a",
            content={"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"},
        ),
    )
    first, second = blocks(stream)
    assert [(below.text, below.event, below.is_error) for below in second.below] == [
        ("Lima\nhttps://lima.example", 2, False)
    ]
    [failed] = first.below
    assert failed.is_error
    assert "max_uses_exceeded" in failed.text


def test_a_result_without_its_call_is_a_block_of_its_own():
    stream = anthropic(started(0, type="bash_code_execution_tool_result", tool_use_id="gone", content="4"))
    assert [(block.kind, block.label, block.text) for block in blocks(stream)] == [
        ("tool_result", "result of bash_code_execution", "4")
    ]


def test_citations_stand_beneath_the_text_that_they_divide():
    citation = {"type": "citations_delta", "citation": {"title": "T", "url": "https://t.example", "cited_text": "c"}}
    text = {"type": "content_block_delta", "index": 0}
    stream = anthropic(
        started(0, type="text", text=""),
        {**text, "delta": {"type": "text_delta", "text": "one "}},
        {**text, "delta": citation},
        {**text, "delta": {"type": "text_delta", "text": "two"}},
        {**text, "delta": citation},
    )
    [block] = blocks(stream)
    assert text_of(block, stream) == "one two"
    assert [(below.kind, below.label, below.text) for below in block.below] == [
        ("citation", "1 citation", "T\nhttps://t.example\nc")
    ]


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ('[{"type":"url_citation","url_citation":{"title":"A","url":"https://a.example"}}]', ["A\nhttps://a.example"]),
        ('["https://a.example","https://b.example"]', ["https://a.example", "https://b.example"]),
        ('{"span":{"start":1}}', ['{"span":{"start":1}}']),
        ("not JSON", ["not JSON"]),
    ],
)
def test_citations_are_lines_of_source_and_text(recorded, shown):
    assert citations_in(recorded) == shown


def test_results_that_the_next_request_brings_stand_beneath_their_calls():
    cassette = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    [stream] = [one for one in cassette.streams if len(one.tool_calls) == 2]
    found = brought_results(cassette, stream)
    assert [(one.call, one.interaction) for one in found] == [(0, 2), (1, 2)]
    assert [[(below.label, below.text) for below in block.below] for block in blocks(stream, brought=found)] == [
        [("result, sent back with request 2", '{"temperature":19,"sky":"overcast"}')],
        [("result, sent back with request 2", '{"temperature":2,"sky":"snow"}')],
    ]


def test_a_refusal_an_error_and_the_words_of_audio_have_blocks():
    stream = stream_of(
        delta(refusal="No."), delta(audio={"transcript": "Hi"}), {"error": {"message": "broken"}}, end=""
    )
    assert [(block.kind, text_of(block, stream)) for block in blocks(stream)] == [
        ("refusal", "No."),
        ("audio", "Hi"),
        ("error", "broken"),
    ]


def test_hostile_text_stays_what_it_is_in_the_tape():
    whole = "".join(HOSTILE) + "\ud800"
    stream = anthropic(
        started(0, type="server_tool_use", id="a", name=whole, input={}),
        started(1, type="web_fetch_tool_result", tool_use_id="a", content=whole),
    )
    [block] = make_tape([stream])["streams"][0]["blocks"]
    assert block["below"][0]["text"] == "".join(HOSTILE) + "\ufffd"
    json.dumps(block).encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{_CORPUS}/openai/src/responses/__fixtures__/openai-shell-container.1.chunks.txt", "Hello from container!"),
        (f"{_CORPUS}/google/src/interactions/__fixtures__/google-search.chunks.txt", "search_suggestions"),
        (f"{_CORPUS}/azure/src/__fixtures__/azure-code-interpreter-tool.1.chunks.txt", "Generated numbers"),
        ("corpus/go-vcr-v2/charmbracelet__fantasy/providertests/testdata/TestAnthropicWebSearch/stream.yaml", "Tokyo"),
        (f"{_XAI}/test_xai_builtin_code_execution_tool_stream.xai.yaml", '"stdout": "4\\n"'),
    ],
)
def test_recorded_results_of_providers_own_tools_stand_beneath_their_calls(shared, path, expected):
    stream = viewer.load(shared / path).streams[0]
    below = [one for block in blocks(stream) if block.kind == "tool_call" for one in block.below]
    assert any(expected in one.text for one in below if one.kind == "result")


def test_every_result_and_every_chunk_of_recorded_streams_is_shown_once(shared):
    with_results = 0
    for path in sorted((shared / "corpus" / "raw-sse").rglob("anthropic*.txt")):
        for stream in viewer.load(path).streams:
            for choice in choices_of(stream):
                shown = blocks(stream, choice)
                for index, lane in enumerate(lanes_of(stream, choice)):
                    chunks = sum(block.stop - block.start for block in shown if block.lane == index)
                    assert chunks == (len(lane.rows) if lane.has_text or lane.kind == "hidden" else 0), path
                results = [step for step in stream.tool_steps if not step.is_call and step.choice == choice]
                texts = {below.text for block in shown for below in block.below} | {block.text for block in shown}
                assert all(step.text in texts for step in results), path
                with_results += bool(results)
    assert with_results >= 16
