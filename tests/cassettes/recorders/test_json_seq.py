"""A saved stream of a Mastra workflow."""

import json

import pytest

import viewer

STEP = {"type": "text-delta", "runId": "r", "from": "AGENT", "payload": {"id": "t", "text": "Calm lake."}}
CHUNKS = [
    {"type": "workflow-start", "runId": "r", "from": "WORKFLOW", "payload": {"workflowId": "w"}},
    {"type": "workflow-step-output", "runId": "r", "from": "WORKFLOW", "payload": {"output": STEP}},
    {"type": "workflow-finish", "runId": "r", "from": "WORKFLOW", "payload": {"workflowStatus": "success"}},
]
BODY = "".join(json.dumps(chunk) + "\x1e" for chunk in CHUNKS)


def test_records_are_a_stream():
    loaded = viewer.load(BODY.encode())
    [stream] = loaded.streams
    assert (loaded.format, stream.protocol, stream.text()) == ("json-seq", "mastra", "Calm lake.")
    assert (stream.finish_reason, stream.complete, stream.problems) == ("success", True, [])


def test_a_body_in_a_har_is_read_whatever_its_media_type():
    request = {"method": "POST", "url": "http://example.org/api/workflows/w/stream", "headers": []}
    content = {"mimeType": "text/plain", "text": BODY}
    response = {"status": 200, "headers": [], "content": content}
    entry = {
        "startedDateTime": "2026-05-03T10:00:00Z",
        "time": 1,
        "request": request,
        "response": response,
        "timings": {},
    }
    [stream] = viewer.load(json.dumps({"log": {"version": "1.2", "entries": [entry]}}).encode()).streams
    assert stream.text() == "Calm lake."


@pytest.mark.parametrize("text", ["a\x1eb\x1e", '{"a":1}\x1e'])
def test_similar_text_is_not_recognised(text):
    with pytest.raises(viewer.CassetteError):
        viewer.load(text.encode())
