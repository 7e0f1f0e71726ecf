"""Usage of streams and answers alike: counts as text, counts of 0, tiers and tools from elsewhere in the reply."""

import json

import pytest

import viewer
from tests.support.har_files import asked, entry, har

CHAT = "https://api.openai.com/v1/chat/completions"
RESPONSES = "https://api.openai.com/v1/responses"
CREATED = 1_760_000_000  # 2025-10-09
COUNTS = {"input_tokens": 10, "output_tokens": 30, "total_tokens": 40}


def stream(*payloads):
    return viewer.load("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode(), "stream.sse")


def answer(payload):
    recorded = entry(asked(), json.dumps(payload), content_type="application/json")
    return viewer.load(har(recorded), "answer.har").answers[0]


def chunk(**fields):
    choice = {"index": 0, "delta": {"content": "a"}, "finish_reason": None}
    return {"object": "chat.completion.chunk", "created": CREATED, "model": "gpt-5", "choices": [choice], **fields}


def last(usage, **fields):
    choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
    return chunk(choices=[choice], usage=usage, **fields)


def chat_counts(prompt, completion, total):
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


def messages(cassette):
    return [problem.message for problem in cassette.problems if problem.severity != "note"]


def test_counts_written_as_text_are_read_and_reported():
    cassette = stream(chunk(), last(chat_counts("10", "5", "15")))
    usage = cassette.streams[0].usage
    assert (usage.input, usage.output, usage.total) == (10, 5, 15)
    assert usage.reported["prompt_tokens"] == "10"
    assert messages(cassette) == [
        "The usage has counts that are text instead of numbers: prompt_tokens, completion_tokens, total_tokens."
    ]


def test_counts_written_as_text_are_read_in_every_protocol_and_in_details():
    usage = {"input_tokens": "7", "output_tokens": "2", "cache_creation": {"ephemeral_1h_input_tokens": "3"}}
    message = {"type": "message", "role": "assistant", "model": "claude-x", "content": [], "usage": usage}
    read = answer(message).usage
    assert (read.input, read.output, read.cache_write_1h) == (10, 2, 3)


@pytest.mark.parametrize("text", ["", "ten", "1e3", "-5", "5.5", "9" * 400, "\u0663"])
def test_text_that_is_not_a_whole_number_is_not_a_count(text):
    cassette = stream(chunk(), last(chat_counts(text, 5, 15)))
    assert cassette.streams[0].usage.input is None
    assert messages(cassette) == []


def test_text_that_is_no_count_raises_no_alarm():
    assert messages(stream(chunk(), last({**chat_counts(10, 5, 15), "request": "42", "cost": "1"}))) == []


def test_a_last_object_of_zeros_is_reported_and_not_priced():
    cassette = stream(chunk(), last(chat_counts(10, 1, 11)), chunk(choices=[], usage=chat_counts(0, 0, 0)))
    assert messages(cassette) == [
        (
            "The last usage object has fewer tokens than one before it: completion_tokens 1, then 0; prompt_tokens 10, then 0;"
            " total_tokens 11, then 0."
        )
    ]
    assert cassette.streams[0].cost.usd is None


def test_an_answer_without_text_may_have_no_tokens():
    assert messages(stream(chunk(choices=[]), chunk(choices=[], usage=chat_counts(0, 0, 0)), last(None))) == []


@pytest.mark.parametrize("place", [0, 1])
def test_the_tier_of_a_chat_is_read_wherever_it_stands(place):
    tiers = [{}, {}]
    tiers[place] = {"service_tier": "flex"}
    cassette = stream(chunk(**tiers[0]), last(chat_counts(9, 4, 13), **tiers[1]))
    assert cassette.streams[0].usage.service_tier == "flex"


def response(status, **fields):
    whole = {"object": "response", "created_at": CREATED, "status": status, "model": "gpt-5", "output": [], **fields}
    return {"type": f"response.{'created' if status == 'in_progress' else status}", "response": whole}


def item(index, kind, **fields):
    return {"type": kind, "id": f"i{index}", "status": "completed", **fields}


def done(index, content):
    return {"type": "response.output_item.done", "output_index": index, "item": content}


ITEMS = [
    item(0, "web_search_call", action={"type": "search", "query": "x"}),
    item(1, "web_search_call"),
    item(2, "web_search_call", action={"type": "open_page", "url": "x"}),
    item(3, "web_search_call", status="failed"),
    item(4, "file_search_call"),
    item(5, "code_interpreter_call"),
]
USES = {"web_search": 2, "file_search": 1, "code_execution": 1}


@pytest.mark.parametrize("repeated", [True, False])
def test_the_tools_of_a_response_are_counted_once(repeated):
    events = [done(index, content) for index, content in enumerate(ITEMS)]
    # A resumed stream repeats events, and the final response may repeat all items or none.
    final = response("completed", usage=COUNTS, output=ITEMS if repeated else [], service_tier="default")
    cassette = stream(response("in_progress", service_tier="auto"), *events, *(events if repeated else []), final)
    usage = cassette.streams[0].usage
    assert usage.tool_uses == USES
    assert usage.service_tier == "default"


def test_an_answer_and_a_stream_of_the_same_response_cost_the_same():
    final = response("completed", usage=COUNTS, output=ITEMS, service_tier="priority")
    streamed = stream(response("in_progress"), final).streams[0]
    whole = answer(final["response"])
    assert streamed.usage == whole.usage
    assert streamed.cost == whole.cost
    assert streamed.cost.usd == pytest.approx(0.000625 + 0.0225)
    assert [caveat.split(",")[0] for caveat in whole.cost.caveats] == [
        "The price of service tier priority is that of 2026-10-12",
        "Left out: 1 × code_execution",
    ]


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {"type": {}}, {"type": "web_search_call", "action": 5, "status": []}]
)
def test_an_item_of_the_wrong_type_is_no_exception(odd):
    cassette = stream(response("in_progress"), done([], odd), response("completed", usage=COUNTS, output=[odd, odd]))
    assert cassette.streams[0].usage.input == 10


def test_gemini_reports_searches_and_the_tier_of_the_traffic():
    grounding = {"webSearchQueries": ["a", "b"]}
    usage = {
        "promptTokenCount": 10,
        "candidatesTokenCount": 5,
        "totalTokenCount": 15,
        "trafficType": "ON_DEMAND_FLEX",
        "promptTokensDetails": [{"modality": "IMAGE", "tokenCount": 4}, {"modality": "DOCUMENT", "tokenCount": 2}],
        "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 3}],
    }
    candidate = {"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP", "groundingMetadata": grounding}
    read = (
        stream({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-2.5-pro"}).streams[0].usage
    )
    assert (read.tool_uses, read.service_tier) == ({"web_search": 2}, "ON_DEMAND_FLEX")
    assert (read.image_input, read.audio_cache_read) == (6, 3)


def test_bedrock_reports_its_tier_and_splits_its_cache_writes():
    usage = {
        "inputTokens": 10,
        "outputTokens": 5,
        "totalTokens": 45,
        "cacheWriteInputTokens": 30,
        "cacheDetails": [{"ttl": "5m", "inputTokens": 10}, {"ttl": "1h", "inputTokens": 20}, 5, {"ttl": []}],
    }
    content = {"output": {"message": {"content": [{"text": "a"}]}}, "stopReason": "end_turn", "usage": usage}
    read = answer({**content, "serviceTier": {"type": "flex"}}).usage
    assert (read.input, read.cache_write, read.cache_write_1h, read.service_tier) == (40, 30, 20, "flex")


def test_anthropic_s_fast_mode_is_a_tier():
    usage = {"input_tokens": 7, "output_tokens": 2, "service_tier": "standard", "speed": "fast"}
    message = {"type": "message", "role": "assistant", "model": "claude-x", "content": [], "usage": usage}
    assert answer(message).usage.service_tier == "fast"
