"""Exchanges of the recorder made for tests."""

import json

from tests.support.streams import call, delta
from viewer.recorder.exchange import Exchange

ASKED = json.dumps({"model": "asked-model", "messages": [{"role": "user", "content": "Lima or <b>Oslo</b>?"}]})
USAGE = {"choices": [], "usage": {"prompt_tokens": 84, "completion_tokens": 3, "total_tokens": 87}}
EVENTS = [
    delta(model="gpt-4o-mini", reasoning_content="Hm. "),
    delta(model="gpt-4o-mini", content="Lima, "),
    delta(model="gpt-4o-mini", content="I think."),
    call("weather", '{"city"'),
    call(None, ': "Lima"}'),
    delta("tool_calls"),
    USAGE,
]


def exchange(blocks, *, status=200, content_type="text/event-stream", headers=()):
    body, ends = bytearray(), []
    for place, block in enumerate(blocks):
        body += block
        ends.append((len(body), round(0.2 + place / 10, 6)))
    given = [("content-type", content_type), *headers]
    url = "https://api.example/v1/chat/completions?key=k"
    return Exchange("POST", url, [], ASKED.encode(), 1.7e9, status, given, 0.15, body, ends)


def sse(events, end=b"data: [DONE]\n\n"):
    return [*(f"data: {json.dumps(event)}\n\n".encode() for event in events), *([end] if end else [])]
