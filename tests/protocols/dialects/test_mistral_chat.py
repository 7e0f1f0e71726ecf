"""Mistral chat: recognised by its host, and read like OpenAI's."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

CHAT = "https://api.mistral.ai/v1/chat/completions"


def load(*payloads, url=CHAT):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    body = "".join(f"data: {text}\n\n" for text in texts).encode()
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def chunk(content=None, finish=None, padding="abc", **more):
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return {
        "object": "chat.completion.chunk",
        "model": "magistral-small-latest",
        "choices": [choice],
        "p": padding,
    } | more


def thinking(text):
    return [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]


@pytest.mark.parametrize(
    "url",
    [
        CHAT,
        CHAT + "#stream",
        "https://api.mistral.ai/v1/fim/completions",
        "https://api.mistral.ai/v1/agents/completions?x=1",
    ],
)
def test_chat_chunks_from_mistrals_host_are_mistral_chat(url):
    stream = load(chunk("a"), url=url)
    assert (stream.protocol, stream.provider) == ("mistral-chat", "mistral")


@pytest.mark.parametrize(
    "url", ["https://api.openai.com/v1/chat/completions", "", "http://localhost/v1/chat/completions"]
)
def test_the_same_chunks_from_elsewhere_are_openai_chat_and_read_the_same(url):
    chunks = [chunk(thinking("hm")), chunk([{"type": "text", "text": "yes"}]), chunk("", "stop")]
    elsewhere, here = load(*chunks, url=url), load(*chunks)
    assert elsewhere.protocol == "openai-chat"
    assert list(elsewhere.chunks["text"]) == list(here.chunks["text"])


def test_other_streams_from_mistrals_host_are_not_chat():
    stream = load({"type": "message.output.delta", "content": "a"}, url="https://api.mistral.ai/v1/conversations")
    assert stream.protocol == "generic"


@pytest.mark.parametrize("path", ["chat", "fim", "agents"])
def test_a_stream_with_only_an_error_is_recognised_by_its_path(path):
    stream = load({"error": {"message": "overloaded"}}, url=f"https://api.mistral.ai/v1/{path}/completions")
    assert (stream.protocol, str(stream.error)) == ("mistral-chat", "overloaded")


def test_thinking_parts_are_reasoning_text_parts_are_content_and_padding_is_neither():
    stream = load(
        chunk(thinking("The user")),
        chunk(thinking(" asks.")),
        chunk([{"type": "thinking", "thinking": [], "closed": True}]),
        chunk([{"type": "text", "text": "2 + 2"}]),
        chunk(" = 4"),
        chunk("", "stop", usage={"prompt_tokens": 10, "completion_tokens": 46, "total_tokens": 56}),
        "[DONE]",
    )
    assert (stream.text("reasoning"), stream.text()) == ("The user asks.", "2 + 2 = 4")
    assert list(stream.chunks["kind"]) == [
        "reasoning", "reasoning", "silent", "content", "content", "finish", "usage", "other"
    ]  # fmt: skip
    assert (stream.finish_reason, stream.usage.total, stream.complete) == ("stop", 56, True)
    assert [check.passed for check in stream.usage.checks] == [True]


def test_a_whole_tool_call_without_an_index_is_read():
    call = {"id": "gSIMJiOkT", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    choice = {"index": 0, "delta": {"content": "", "tool_calls": [call]}, "finish_reason": "tool_calls"}
    [read] = load(chunk(""), chunk(choices=[choice])).tool_calls
    assert (read.id, read.name, read.arguments) == ("gSIMJiOkT", "weather", '{"city": "Oslo"}')


def test_malformed_parts_do_not_affect_others():
    odd = [[7, None, {"type": []}, {"type": "thinking", "thinking": 3}, {"type": "text", "text": {}}], {}, 5]
    stream = load(*[chunk(content) for content in odd], chunk([{"type": "text", "text": "still here"}]))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == 4
