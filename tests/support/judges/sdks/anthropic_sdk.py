"""The official SDK of Anthropic, for its own API, Vertex and Bedrock."""

from functools import cache
from typing import Any

import anthropic
from anthropic.lib.streaming import MessageStream
from anthropic.types import Message, RawMessageStreamEvent

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded

_CALLS = {"tool_use", "server_tool_use", "mcp_tool_use"}


def messages(recorded: Recorded) -> Heard:
    """Read a stream of messages, which the SDK assembles to one message."""
    return _read(_client(), recorded)


def bedrock(recorded: Recorded) -> Heard:
    """Read the same from AWS, whose event stream the SDK decodes too."""
    return _read(_bedrock_client(), recorded)


def _read(client: Any, recorded: Recorded) -> Heard:
    raw = client.post(
        recorded.url("/v1/messages"),
        body=recorded.json,
        cast_to=Message,
        stream=True,
        stream_cls=anthropic.Stream[RawMessageStreamEvent],
    )
    arguments: dict[int, str] = {}
    with MessageStream(raw, output_format=anthropic.NOT_GIVEN) as stream:
        for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "input_json_delta":
                arguments[event.index] = arguments.get(event.index, "") + event.delta.partial_json
        message = stream.current_message_snapshot
    return Heard(
        "".join(block.text for block in message.content if block.type == "text"),
        "".join(block.thinking for block in message.content if block.type == "thinking"),
        [
            (block.name, arguments.get(index) or block.input)
            for index, block in enumerate(message.content)
            if block.type in _CALLS
        ],
        message.stop_reason,
        message.usage.to_dict(),
    )


@cache
def _client() -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="none", base_url="http://127.0.0.1", max_retries=0)


@cache
def _bedrock_client() -> anthropic.AnthropicBedrock:
    return anthropic.AnthropicBedrock(
        api_key="none", aws_region="us-east-1", base_url="http://127.0.0.1", max_retries=0
    )
