"""What tools returned within a stream, as agents that run them write it."""

import json
import re

import pytest

import viewer
from tests.support import planted
from viewer.redaction import Redaction, SecretPattern, redact

SECRET = planted.secrets_of("openai-key")[0]
OURS = SecretPattern("ours", ("gemini",), re.compile("gemini"))


def chat(output):
    result = [{"functionResponse": {"response": {"output": output}}}]
    call = {"id": "t", "name": "look", "args": {"at": "sky"}, "status": "success", "result": result}
    line = {"id": "g", "timestamp": "2026-02-03T04:05:06Z", "type": "gemini", "content": "Dry.", "toolCalls": [call]}
    return viewer.load(f"data: {json.dumps(line)}\n\n".encode(), "a.sse")


@pytest.mark.parametrize(
    "what",
    [Redaction(), Redaction(extra_patterns=(OURS,)), Redaction(metrics_only=True)],
    ids=["decoded again", "not decodable again", "metrics only"],
)
def test_a_secret_that_a_tool_returned_is_removed_from_every_place(what):
    cassette = chat(f"the key is {SECRET}")
    assert SECRET in cassette.streams[0].tool_steps[0].text
    redacted, _ = redact(cassette, what)
    stream = redacted.streams[0]
    everywhere = [step.text for step in stream.tool_steps] + stream.chunks["text"].tolist()
    assert not any(SECRET in text for text in everywhere)
    assert SECRET.encode() not in redacted.interactions[0].response.body
    assert [len(step.text) for step in stream.tool_steps] == [len(cassette.streams[0].tool_steps[0].text)]
    assert SECRET not in viewer.report(cassette, redact=True)
