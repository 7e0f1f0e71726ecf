"""The official SDK of AWS, with its own decoder of event streams."""

import contextlib
import json
import urllib.parse
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded

_TEXTS = ("outputText", "generation", "completion", "text")
_ENDS = ("completionReason", "stop_reason", "finish_reason")


def converse(recorded: Recorded) -> Heard:
    """Read a stream of Converse."""
    return _assembled(_events(recorded, "bedrock-runtime", "converse_stream", "stream", messages=[]))


def invoke(recorded: Recorded) -> Heard:
    """Read a stream of InvokeModel, whose payloads are in the dialect of the model: Nova's is that of Converse."""
    operation = "invoke_model_with_response_stream"
    events = _events(recorded, "bedrock-runtime", operation, "body", body=b"{}")
    payloads = [json.loads(event["chunk"]["bytes"]) for event in events]
    # Cohere numbers the generations of one request.
    payloads = [payload for payload in payloads if not payload.get("index")]
    if any("messageStart" in payload for payload in payloads):
        return _assembled(iter(payloads))
    return Heard(
        "".join(payload.get(name) or "" for payload in payloads for name in _TEXTS),
        finish_reason=next((payload[name] for payload in payloads for name in _ENDS if payload.get(name)), None),
        usage=payloads[-1].get("amazon-bedrock-invocationMetrics", {}),
    )


def agent(recorded: Recorded) -> Heard:
    """Read a stream of InvokeAgent."""
    names = recorded.path.split("/")
    arguments = {
        argument: names[names.index(kind) + 1]
        for argument, kind in (("agentId", "agents"), ("agentAliasId", "agentAliases"), ("sessionId", "sessions"))
    }
    events = _events(recorded, "bedrock-agent-runtime", "invoke_agent", "completion", **arguments)
    return Heard(b"".join(event.get("chunk", {}).get("bytes", b"") for event in events).decode())


def _assembled(events: Iterator[dict[str, Any]]) -> Heard:
    blocks: dict[int, dict[str, str]] = {}
    finish_reason, usage = None, {}
    for event in events:
        if started := event.get("contentBlockStart"):
            tool = started.get("start", {}).get("toolUse", {})
            blocks.setdefault(started["contentBlockIndex"], {}).update(tool)
        elif changed := event.get("contentBlockDelta"):
            block, delta = blocks.setdefault(changed["contentBlockIndex"], {}), changed["delta"]
            block["text"] = block.get("text", "") + delta.get("text", "")
            block["thought"] = block.get("thought", "") + delta.get("reasoningContent", {}).get("text", "")
            block["input"] = block.get("input", "") + delta.get("toolUse", {}).get("input", "")
        elif ended := event.get("messageStop"):
            finish_reason = ended["stopReason"]
        elif told := event.get("metadata"):
            usage = told.get("usage", {})
    ordered = [block for _, block in sorted(blocks.items())]
    return Heard(
        "".join(block.get("text", "") for block in ordered),
        "".join(block.get("thought", "") for block in ordered),
        [(block["name"], block.get("input", "")) for block in ordered if "name" in block],
        finish_reason,
        usage,
    )


def _events(recorded: Recorded, service: str, operation: str, member: str, **given: Any) -> Iterator[dict[str, Any]]:
    """Call an operation, with the recorded body in place of the one that the SDK builds from the arguments."""
    client = _session().client(
        service,
        endpoint_url=recorded.base,
        region_name="us-east-1",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    if service == "bedrock-runtime":
        given["modelId"] = urllib.parse.unquote(recorded.path.split("/")[2]) if recorded.path else "model"

    def replace_body(params: dict[str, Any], **_context: Any) -> None:
        params["body"] = recorded.body or b"{}"

    client.meta.events.register(f"before-call.{service}", replace_body)
    with contextlib.closing(client):
        yield from getattr(client, operation)(**given)[member]


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106 - not a secret
