import json

import pytest
from botocore.parsers import create_parser

from viewer.playback.fault_errors import error_of
from viewer.types.http import Request


def error(status, path):
    made = error_of(status, Request("POST", path), "status=1")
    return dict(made.headers), json.loads(made.body)


@pytest.mark.parametrize(
    "path",
    ["/v1/chat/completions", "/v1/responses", "/v1beta/openai/chat/completions", "/chat/completions", "/anything"],
)
def test_openai_and_servers_that_speak_its_language(path):
    headers, body = error(429, path)
    assert headers == {"content-type": "application/json"}
    assert body["error"].keys() == {"message", "type", "code", "param"}
    assert (body["error"]["type"], body["error"]["code"]) == ("requests", "rate_limit_exceeded")
    assert error(500, path)[1]["error"]["type"] == "server_error"
    assert error(401, path)[1]["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("path", ["/v1/messages", "/anthropic/v1/messages?beta=true", "/v1/messages/count_tokens"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (529, "overloaded_error"),
        (418, "invalid_request_error"),
    ],
)
def test_anthropic(path, status, kind):
    _, body = error(status, path)
    assert (body["type"], body["error"]["type"]) == ("error", kind)
    assert body["error"]["message"].endswith("This is not the provider: cassette-viewer was asked for status=1.")


@pytest.mark.parametrize(
    "path",
    [
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        "/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent",
    ],
)
@pytest.mark.parametrize(("status", "name"), [(429, "RESOURCE_EXHAUSTED"), (503, "UNAVAILABLE"), (500, "INTERNAL")])
def test_gemini(path, status, name):
    _, body = error(status, path)
    assert (body["error"]["code"], body["error"]["status"]) == (status, name)


@pytest.mark.parametrize("action", ["converse-stream", "invoke-with-response-stream", "converse"])
@pytest.mark.parametrize(
    ("status", "name"),
    [
        (429, "ThrottlingException"),
        (503, "ServiceUnavailableException"),
        (500, "InternalServerException"),
        (400, "ValidationException"),
    ],
)
def test_bedrock_as_botocore_reads_it(action, status, name):
    made = error_of(status, Request("POST", f"/model/amazon.nova-lite-v1%3A0/{action}"), "status=1")
    response = {"status_code": status, "headers": dict(made.headers), "body": made.body}
    parsed = create_parser("rest-json").parse(response, None)
    assert parsed["Error"]["Code"] == name
    assert "cassette-viewer was asked for status=1" in parsed["Error"]["Message"]


def test_ollama_and_cohere():
    assert error(503, "/api/chat")[1].keys() == {"error"}
    assert error(503, "/v2/chat")[1].keys() == {"message"}


def test_each_status_has_an_error():
    paths = ["/v1/x", "/v1/messages", "/models/m:generateContent", "/model/m/converse", "/api/chat", "/v2/chat"]
    for status in range(400, 600):
        for path in paths:
            assert error(status, path)[1]
