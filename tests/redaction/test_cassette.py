"""What is redacted from a cassette and what stays: every kind of secret, in every place, written in every way."""

import base64
import json
import re
import time
from dataclasses import replace

import pytest
import yaml

import viewer
from tests.support import planted
from tests.support.aws_frames import frame as aws_frame
from viewer.redaction import Redaction, SecretPattern, find_secrets, redact
from viewer.streams.reader import read_stream
from viewer.types.problems import Problem

SECRET = planted.secrets_of("openai-key")[0]


def sse(payloads, names=None):
    events = zip(names or [""] * len(payloads), payloads, strict=True)
    return "".join(
        (f"event: {name}\n" if name else "") + f"data: {json.dumps(one)}\n\n" for name, one in events
    ).encode()


def chat(deltas):
    return sse(
        [
            *(
                {
                    "id": "chatcmpl-1",
                    "object": "chat.completion.chunk",
                    "model": "m",
                    "choices": [{"index": 0, "delta": delta}],
                }
                for delta in deltas
            ),
            {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {
                "object": "chat.completion.chunk",
                "choices": [],
                "usage": {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12},
            },
        ]
    )


def anthropic(texts, field="text", kind="text_delta"):
    block = (
        {"type": "tool_use", "id": "toolu_1", "name": "t", "input": {}}
        if field == "partial_json"
        else {"type": "text", "text": ""}
    )
    payloads = [
        {
            "type": "message_start",
            "message": {
                "id": "msg_01",
                "type": "message",
                "role": "assistant",
                "model": "claude",
                "content": [],
                "usage": {"input_tokens": 1, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": kind, field: text}} for text in texts),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
    return sse(payloads, [one["type"] for one in payloads])


def responses(texts):
    payloads = [
        {
            "type": "response.created",
            "sequence_number": 0,
            "response": {"id": "resp_1", "object": "response", "model": "m", "status": "in_progress", "output": []},
        },
        *(
            {
                "type": "response.output_text.delta",
                "sequence_number": 1 + number,
                "item_id": "msg_1",
                "output_index": 0,
                "content_index": 0,
                "delta": text,
            }
            for number, text in enumerate(texts)
        ),
        {
            "type": "response.output_text.done",
            "item_id": "msg_1",
            "output_index": 0,
            "content_index": 0,
            "text": "".join(texts),
        },
        {
            "type": "response.completed",
            "response": {
                "id": "resp_1",
                "object": "response",
                "model": "m",
                "status": "completed",
                "output": [
                    {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": "".join(texts)}]}
                ],
                "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
            },
        },
    ]
    return sse(payloads, [one["type"] for one in payloads])


def gemini(texts):
    parts = [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}], "modelVersion": "g"}
        for text in texts
    ]
    return sse(
        [
            *parts,
            {
                "candidates": [{"finishReason": "STOP", "index": 0}],
                "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3},
            },
        ]
    )


def bedrock(texts):
    payloads = [("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}) for text in texts]
    frames = [("messageStart", {"role": "assistant"}), *payloads, ("messageStop", {"stopReason": "end_turn"})]
    return b"".join(aws_frame(json.dumps(one).encode(), name) for name, one in frames)


def invoke(texts):
    payloads = [line[6:] for line in anthropic(texts).split(b"\n") if line.startswith(b"data: ")]
    return b"".join(aws_frame(b'{"bytes":"' + base64.b64encode(one) + b'","p":"abc"}', "chunk") for one in payloads)


def ollama(texts):
    lines = [
        {
            "model": "m",
            "created_at": "2025-01-01T00:00:00.1Z",
            "message": {"role": "assistant", "content": text},
            "done": False,
        }
        for text in texts
    ]
    return "".join(
        json.dumps(one) + "\n"
        for one in [
            *lines,
            {
                "model": "m",
                "created_at": "2025-01-01T00:00:02Z",
                "message": {"content": ""},
                "done": True,
                "done_reason": "stop",
            },
        ]
    ).encode()


def split_everywhere(secret, wrap=""):
    """Return texts of chunks that hold the secret once for each position at which it can be split."""
    texts = []
    for place in range(1, len(secret)):
        texts += [f"{wrap} so {secret[:place]}", f"{secret[place:]} and"]
    return texts


STREAMS = {
    "chat content": lambda texts: chat([{"content": text} for text in texts]),
    "chat reasoning, sent twice": lambda texts: chat(
        [
            {"reasoning": text, "reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0}]}
            for text in texts
        ]
    ),
    "chat refusal": lambda texts: chat([{"refusal": text} for text in texts]),
    "chat tool call": lambda texts: chat(
        [
            {
                "tool_calls": [
                    {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": texts[0]}}
                ]
            }
        ]
        + [{"tool_calls": [{"index": 0, "function": {"arguments": text}}]} for text in texts[1:]]
    ),
    "anthropic text": anthropic,
    "anthropic thinking": lambda texts: anthropic(texts, "thinking", "thinking_delta"),
    "anthropic tool": lambda texts: anthropic(texts, "partial_json", "input_json_delta"),
    "responses": responses,
    "gemini": gemini,
    "bedrock converse": bedrock,
    "bedrock invoke": invoke,
    "ollama": ollama,
}


def loaded(shape, texts):
    """Return a cassette with one stream of these texts."""
    body = STREAMS[shape](texts)
    if not shape.startswith("bedrock"):
        return viewer.load(body, "a.bin")
    item = {"request": {"method": "POST", "url": "https://bedrock.example/", "headers": {}, "body": ""}}
    item["response"] = {"code": 200, "status": "200 OK", "headers": {}, "body": body}
    return viewer.load(yaml.safe_dump({"version": 2, "interactions": [item]}, sort_keys=False).encode(), "a.yaml")


def everything_in(cassette):
    """Return all texts of a cassette, joined."""
    parts = [cassette.name]
    for one in cassette.interactions:
        parts += [one.request.url, *one.request.headers.values(), *one.response.headers.values()]
        parts += [one.request.body.decode("utf-8", "replace"), one.response.body.decode("utf-8", "replace")]
    for stream in cassette.streams:
        parts += [
            *stream.chunks["text"],
            stream.model or "",
            str(stream.error),
            str(stream.usage and stream.usage.reported),
        ]
        parts += [f"{call.id} {call.name} {call.arguments}" for call in stream.tool_calls]
        parts += [stream.text(kind) for kind in ("content", "reasoning", "refusal", "tool_call", "citation", "error")]
    parts += [problem.message for problem in cassette.problems]
    return "\n".join(parts)


def is_absent(secret, text):
    return all(form not in text for form in planted.forms(secret))


def every_third_pair(kinds, others):
    """Return pairs in which each kind has a third of the others, and each of the others a third of the kinds."""
    return [
        (kind, other)
        for row, kind in enumerate(kinds)
        for column, other in enumerate(others)
        if (row + column) % 3 == 0
    ]


@pytest.mark.planted
@pytest.mark.parametrize(("kind", "shape"), every_third_pair(planted.KINDS, STREAMS))
def test_a_secret_split_over_chunks_at_any_position_is_redacted_in_all_of_them(kind, shape):
    secret = planted.secrets_of(kind)[3]
    cassette = loaded(shape, split_everywhere(secret))
    [stream] = cassette.streams
    redacted, findings = redact(cassette)
    [after] = redacted.streams
    assert secret in "".join(stream.chunks["text"])
    assert is_absent(secret, everything_in(redacted))
    kept = ["event", "kind", "choice", "t", "t_low", "t_high", "tokens", "offset", "size"]
    assert after.chunks[kept].equals(stream.chunks[kept])
    assert after.chunks["text"].str.len().tolist() == stream.chunks["text"].str.len().tolist()
    assert [finding.count >= len(secret) - 1 for finding in findings] == [True]
    assert redact(redacted)[1] == []


@pytest.mark.parametrize("shape", STREAMS)
def test_text_around_a_secret_stays(shape):
    texts = ["before ", SECRET[:9], SECRET[9:30], SECRET[30:] + " aft", "er é 😀"]
    redacted, _ = redact(loaded(shape, texts))
    after = [text for text in redacted.streams[0].chunks["text"] if text]
    assert after[:5] == ["before ", "•" * 9, "•" * 21, "•" * (len(SECRET) - 30) + " aft", "er é 😀"]


@pytest.mark.parametrize("shape", STREAMS)
def test_the_redacted_body_decodes_to_the_redacted_stream(shape):
    redacted, _ = redact(loaded(shape, split_everywhere(SECRET)))
    again = read_stream(redacted.interactions[0], 0)
    assert again.chunks["text"].tolist() == redacted.streams[0].chunks["text"].tolist()
    assert again.tool_calls == redacted.streams[0].tool_calls
    assert not [problem for problem in again.problems if "damaged" in problem.message]


WRITTEN = {
    "plainly": str,
    "json": planted.json_escaped,
    "json in json": lambda text: planted.json_escaped(planted.json_escaped(text)),
    "u": planted.unicode_escaped,
    "u in json": lambda text: planted.json_escaped(planted.unicode_escaped(text)),
    "base64": planted.packed,
    "base64 of base64": lambda text: planted.packed(planted.packed(text)),
    "percent": planted.percent,
    "every character percent": planted.all_percent,
    "percent twice": lambda text: planted.percent(planted.all_percent(text)),
}


@pytest.mark.planted
@pytest.mark.parametrize(("kind", "way"), every_third_pair(planted.KINDS, WRITTEN))
def test_a_secret_is_redacted_however_it_is_written(kind, way):
    for secret in planted.secrets_of(kind, 3):
        written = WRITTEN[way](secret)
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"look: {written} ok"}]}).encode()
        recorded = go_vcr(
            body=body, url=f"https://a.example/v1?x={planted.percent(written)}", headers={"X-Note": [f"a {written} b"]}
        )
        cassette = viewer.load(recorded, "a.yaml")
        redacted, findings = redact(cassette)
        assert is_absent(secret, everything_in(redacted)), way
        assert json.loads(redacted.interactions[0].request.body)["messages"][0]["content"].startswith("look: ")
        assert json.loads(redacted.interactions[0].request.body)["messages"][0]["content"].endswith(" ok")
        assert findings


def go_vcr(*, body=b"", url="https://a.example/v1", headers=None, response=b"{}", response_headers=None):
    item = {
        "request": {"method": "POST", "url": url, "headers": headers or {}, "body": body.decode()},
        "response": {"code": 200, "status": "200 OK", "headers": response_headers or {}, "body": response.decode()},
    }
    return yaml.safe_dump({"version": 2, "interactions": [item]}, sort_keys=False, allow_unicode=True).encode()


HEADERS = [
    "authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "proxy-authorization",
    "www-authenticate",
    "x-goog-api-key",
    "x-amz-security-token",
]
IDENTITIES = [
    "openai-organization",
    "openai-project",
    "anthropic-organization-id",
    "x-request-id",
    "request-id",
    "cf-ray",
    "x-ms-client-request-id",
    "x-amzn-requestid",
    "apim-request-id",
]


@pytest.mark.parametrize("name", HEADERS + IDENTITIES)
def test_the_whole_value_of_a_header_that_holds_a_secret_or_an_identity_is_masked(name):
    recorded = go_vcr(headers={name.title(): ["plain-words"]}, response_headers={name: ["plain-words"]})
    redacted, findings = redact(viewer.load(recorded, "a.yaml"), Redaction(identities=True))
    [one] = redacted.interactions
    assert (one.request.headers[name], one.response.headers[name]) == ("•••", "•••")
    assert sum(finding.count for finding in findings) == 2


@pytest.mark.parametrize("name", IDENTITIES)
def test_ids_of_requests_and_accounts_stay_unless_asked_for(name):
    recorded = go_vcr(
        headers={name: ["req-0123"], "accept": [f"{name}=req-0123"]}, response_headers={name: ["req-0123"]}
    )
    redacted, findings = redact(viewer.load(recorded, "a.yaml"))
    [one] = redacted.interactions
    assert (one.request.headers[name], one.response.headers[name], findings) == ("req-0123", "req-0123", [])


def test_ids_in_the_headers_of_a_quoted_response_stay_unless_asked_for():
    quoted = json.dumps({"headers": {"x-request-id": "req_0123abcd4567"}, "list": [["cf-ray", "8c1f2e3d4a5b6c7d-FRA"]]})
    recorded = go_vcr(body=json.dumps({"text": f"It says: {quoted}"}).encode(), response=chat([{"content": quoted}]))
    cassette = viewer.load(recorded, "a.yaml")
    redacted, findings = redact(cassette)
    assert (redacted.interactions[0].request.body, redacted.streams[0].text(), findings) == (
        cassette.interactions[0].request.body,
        quoted,
        [],
    )
    asked, _ = redact(cassette, Redaction(identities=True))
    assert "req_0123abcd4567" not in asked.streams[0].text()


def test_a_secret_in_the_header_of_an_identity_is_redacted():
    secret = planted.secrets_of("openai-key")[0]
    redacted, findings = redact(viewer.load(go_vcr(headers={"x-request-id": [secret]}), "a.yaml"))
    assert secret not in redacted.interactions[0].request.headers["x-request-id"]
    assert [finding.rule for finding in findings] == ["openai-key"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", "application/json"),
        ("x-ratelimit-remaining-tokens", "149984"),
        ("x-ratelimit-limit-project-requests", "100"),
        ("openai-processing-ms", "412"),
        ("Authorization", "REDACTED"),
        ("Authorization", "Bearer <token>"),
        ("x-api-key", "**********"),
        ("set-cookie", "•••"),
    ],
)
def test_a_header_without_a_secret_or_with_a_placeholder_stays(name, value):
    redacted, findings = redact(viewer.load(go_vcr(headers={name: [value]}), "a.yaml"))
    assert redacted.interactions[0].request.headers[name] == value
    assert findings == []


@pytest.mark.parametrize(
    "body",
    [
        {"api_key": "plain"},
        {"config": {"openai_api_key": "plain"}},
        {"password": "plain"},
        {"mcp": {"authorization": "plain", "headers": {"X-Auth": "plain"}}},
        {"aws": {"secretAccessKey": "plain"}},
        {"oauth": {"refresh_token": "plain", "client_secret": "plain"}},
        {"arguments": '{"password": "plain"}'},
        {"deep": '{"inner": "{\\"password\\": \\"plain\\"}"}'},
        {"passwords": [], "credentials": ["plain", "plain"]},
    ],
)
def test_the_whole_value_under_a_secret_name_is_redacted(body):
    recorded = go_vcr(body=json.dumps(body).encode(), response=json.dumps(body).encode())
    redacted, _ = redact(viewer.load(recorded, "a.yaml"))
    for text in (redacted.interactions[0].request.body, redacted.interactions[0].response.body):
        assert b"plain" not in text
        assert json.loads(text).keys() == body.keys()


@pytest.mark.parametrize("first", [[], [""], ["", " "]], ids=["nothing", "empty", "empty-and-blank"])
def test_a_password_in_tool_arguments_is_redacted_wherever_the_chunks_split_it(first):
    # Every stream of OpenAI and Anthropic begins a tool call with an empty piece.
    arguments = json.dumps({"user": "ada", "password": 'horse "battery" staple', "n": 3})
    for place in range(1, len(arguments)):
        for shape in ("chat tool call", "anthropic tool"):
            redacted, _ = redact(loaded(shape, [*first, arguments[:place], arguments[place:]]))
            [call] = redacted.streams[0].tool_calls
            arguments_read = json.loads(call.arguments)
            assert (arguments_read["user"], arguments_read["n"], set(arguments_read["password"])) == (
                "ada",
                3,
                {"•"},
            )


@pytest.mark.parametrize(
    "body",
    [
        {"max_tokens": 1024, "max_completion_tokens": "4096", "stream": True},
        {"usage": {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}},
        {"logprobs": {"content": [{"token": "internationalization", "logprob": -0.1, "bytes": [1]}]}},
        {"token": {"id": 5, "text": " hello", "special": False}, "tokens": ["a", "b"]},
        {"prompt_cache_key": "conversation-of-2025-01-01-number-17", "cache_key": "abcdef0123456789abcdef01"},
        {"next_page_token": "abc", "safety_identifier": "user-1", "key": "value", "keys": ["a"]},
        {"tools": [{"parameters": {"properties": {"password": {"type": "string", "description": "the password"}}}}]},
        {"id": "chatcmpl-BqpT9yLrDhx0hVwYr2n3yAqk9Tn1M", "system_fingerprint": "fp_34a54ae93c"},
        {"id": "msg_01XFDUDYJgAACzvnptvVoYEL", "tool": "toolu_01A09q90qw90lq917835lq9"},
        {
            "id": "resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41",
            "item": "rs_67ccd3acc8d48190a77525dc6de64b4104becb25c45c1d41",
        },
        {"id": "123e4567-e89b-12d3-a456-426614174000", "call": "call_9cJm2CdXnNbOQQp1zKFzKxTQ"},
        {"text": "A task-oriented risk-averse desk-bound disk-based mask-and-ask-1234567890123456 approach"},
        {"text": "class sk-estimator-doc-link, sk-toggleable__content, hf_hub_download(repo_id), npm_config_registry"},
        {"text": "The basic arithmetic of a bearer of authentication-tokens, AIza is how they begin."},
        {
            "text": "for i in range(10): tokens = encoder.encode(text)[:max_tokens]; api_key=os.environ['OPENAI_API_KEY']"
        },
        {"sha": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        {"url": "https://example.com/a?page=2&sort=key#fragment"},
        {"image": "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 8).decode()},
        {"encrypted_content": "gAAAAABo" + "Qz3x" * 40, "signature": "EqQBCgIYAhIM" + "1gbc" * 30},
    ],
)
def test_ordinary_text_and_counts_are_never_redacted(body):
    recorded = go_vcr(body=json.dumps(body).encode(), response=json.dumps(body).encode())
    cassette = viewer.load(recorded, "a.yaml")
    redacted, findings = redact(cassette)
    assert findings == []
    assert redacted.interactions[0].request.body == cassette.interactions[0].request.body


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("https://ada:horse@a.example/v1?alt=sse", "https://•••@a.example/v1?alt=sse"),
        ("https://a.example/v1?key=plain&alt=sse", "https://a.example/v1?key=•••&alt=sse"),
        (f"https://a.example/{planted.secrets_of('groq-key')[0]}/x", f"https://a.example/{'•' * 56}/x"),
        (
            "https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/abcdefghijklmnopqrstuvwx",
            f"https://hooks.slack.com/services/{'•' * 44}",
        ),
    ],
)
def test_only_the_secrets_of_a_url_are_redacted(url, after):
    redacted, findings = redact(viewer.load(go_vcr(url=url, response_headers={"Location": [url]}), "a.yaml"))
    assert redacted.interactions[0].request.url == after
    assert redacted.interactions[0].response.headers["location"] == after
    assert findings


@pytest.mark.parametrize(
    "body",
    [
        f"grant_type=refresh_token&client_secret=plain&refresh_token={SECRET}",
        f"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n{SECRET}\r\n--x--",
        f"<html>Authorization: Bearer {SECRET}</html>",
        f'half of JSON {{"a": "{SECRET}',
    ],
)
def test_secrets_in_bodies_that_are_not_json_are_redacted(body):
    redacted, _ = redact(viewer.load(go_vcr(body=body.encode(), response=body.encode()), "a.yaml"))
    text = everything_in(redacted)
    assert is_absent(SECRET, text)
    assert "client_secret=plain" not in redacted.interactions[0].request.body.decode()


def test_secrets_in_the_error_the_model_the_tool_and_the_file_name_are_redacted():
    body = sse(
        [
            {
                "object": "chat.completion.chunk",
                "model": f"ft:{SECRET}",
                "choices": [{"index": 0, "delta": {"content": "a"}}],
            },
            {
                "object": "chat.completion.chunk",
                "choices": [
                    {
                        "index": 0,
                        "delta": {
                            "tool_calls": [{"index": 0, "id": SECRET, "function": {"name": SECRET, "arguments": "{"}}]
                        },
                    }
                ],
            },
            {
                "object": "chat.completion.chunk",
                "choices": [],
                "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 9, "note": SECRET},
            },
            {"error": {"message": f"Incorrect API key provided: {SECRET}.", "code": SECRET}},
        ]
    )
    cassette = viewer.load(
        body + f": {SECRET}\n\nevent: {SECRET}\ndata: not JSON {SECRET}\n\n".encode(), f"{SECRET}.sse"
    )
    assert SECRET in everything_in(cassette)
    redacted, [finding] = redact(cassette)
    assert is_absent(SECRET, everything_in(redacted))
    assert is_absent(SECRET, repr(redacted) + repr(redacted.streams) + repr(redacted.streams[0].problems))
    assert redacted.streams[0].usage.reported["prompt_tokens"] == 1
    assert len(redacted.streams[0].chunks) == len(cassette.streams[0].chunks)
    assert finding.rule == "openai-key"


def test_a_secret_split_over_two_content_blocks_is_redacted_in_both():
    payloads = [
        {
            "type": "message_start",
            "message": {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": [], "usage": {}},
        },
        *(
            event
            for index, text in enumerate(["key " + SECRET[:20], SECRET[20:] + " end"])
            for event in (
                {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}},
                {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}},
                {"type": "content_block_stop", "index": index},
            )
        ),
        {"type": "message_stop"},
    ]
    redacted, _ = redact(viewer.load(sse(payloads, [one["type"] for one in payloads]), "a.sse"))
    assert redacted.streams[0].text() == f"key {'•' * len(SECRET)} end"
    assert read_stream(redacted.interactions[0], 0).text() == redacted.streams[0].text()


def test_a_secret_split_over_events_of_an_unknown_protocol_is_redacted():
    body = b"".join(f"data: {text}\n\n".encode() for text in ("first ", SECRET[:10], SECRET[10:], " last"))
    redacted, _ = redact(viewer.load(body, "a.sse"))
    assert is_absent(SECRET, everything_in(redacted))


def test_only_findings_to_keep_stay():
    other = planted.secrets_of("groq-key")[1]
    cassette = viewer.load(chat([{"content": f"{SECRET} {other} "}, {"content": SECRET}]), "a.sse")
    found = find_secrets(cassette)
    assert [(one.id, one.count) for one in found] == [("openai-key-1", 2), ("groq-key-1", 1)]
    redacted, findings = redact(cassette, Redaction(keep=frozenset({"openai-key-1"})))
    assert redacted.streams[0].text() == f"{SECRET} {'•' * len(other)} {SECRET}"
    assert findings == found


def test_previews_and_ids_reveal_no_secret():
    for kind, secret in planted.ALL:
        [finding] = find_secrets(viewer.load(chat([{"content": f"{secret} x"}]), "a.sse"))
        assert finding.preview in (f"{secret[:3]}•••", "•••"), kind
        assert all(piece not in f"{finding}" for piece in (secret[3:9], planted.core(secret)))
    [finding] = find_secrets(viewer.load(go_vcr(body=b'{"password": "a very long password of mine"}'), "a.yaml"))
    assert (finding.preview, finding.where) == ("•••", "request 0 body")


def test_the_place_of_a_finding_reveals_no_secret_in_the_name_of_a_header():
    named, held = planted.secrets_of("openai-key")[:2]
    findings = find_secrets(viewer.load(go_vcr(headers={f"X-{named}": [held]})))
    assert len(findings) == 2
    assert all(planted.core(named).lower() not in finding.where.lower() for finding in findings)


def test_personal_paths_and_emails_are_redacted_only_on_request():
    text = "see /home/ada/a.py, /Users/grace.h/x, C:\\Users\\alan\\y and write to ada.l@mail.example.org"
    cassette = viewer.load(chat([{"content": text[:12]}, {"content": text[12:]}]), "a.sse")
    assert redact(cassette)[1] == []
    both, _ = redact(cassette, Redaction(personal_paths=True, emails=True))
    assert both.streams[0].text() == (
        "see /home/•••/a.py, /Users/•••••••/x, C:\\Users\\••••\\y and write to " + "•" * 22
    )
    paths, _ = redact(cassette, Redaction(personal_paths=True))
    assert "ada.l@mail.example.org" in paths.streams[0].text()


def test_a_pattern_of_the_caller_is_redacted_like_any_other():
    ours = SecretPattern("house-key", ("acme_",), re.compile(r"acme_[0-9]{6}"))
    cassette = viewer.load(chat([{"content": "acme_12"}, {"content": "3456, acme_1"}]), "a.sse")
    redacted, [finding] = redact(cassette, Redaction(extra_patterns=(ours,)))
    assert redacted.streams[0].text() == "•••••••••••, acme_1"
    assert (finding.id, finding.count) == ("house-key-1", 1)


@pytest.mark.parametrize("shape", STREAMS)
def test_metrics_only_keeps_sizes_times_and_tokens_but_no_text(shape):
    cassette = loaded(shape, ["Some ", "words of ", "a poem"])
    redacted, _ = redact(cassette, Redaction(metrics_only=True))
    before, after = cassette.streams[0], redacted.streams[0]
    text = everything_in(redacted)
    assert not any(word in text for word in ("Some", "words", "poem"))
    kept = ["event", "kind", "t", "tokens", "size"]
    assert after.chunks[kept].equals(before.chunks[kept])
    assert after.chunks["text"].str.len().tolist() == before.chunks["text"].str.len().tolist()
    assert after.usage == before.usage or after.usage.total == before.usage.total
    assert (after.protocol, after.finish_reason, after.metrics) == (
        before.protocol,
        before.finish_reason,
        before.metrics,
    )


@pytest.mark.parametrize("shape", ["anthropic text", "anthropic tool"])
def test_a_body_that_cannot_be_decoded_again_is_blanked_and_its_chunks_are_redacted_by_themselves(shape):
    """The caller's pattern redacts what the protocol is decoded by."""
    ours = SecretPattern("ours", ("content_block_delta",), re.compile("content_block_delta"))
    cassette = loaded(shape, ["a ", SECRET[:20], SECRET[20:], ' {"password": "named only"}'])
    redacted, _ = redact(cassette, Redaction(extra_patterns=(ours,)))
    before, after = cassette.streams[0], redacted.streams[0]
    text = everything_in(redacted)
    assert is_absent(SECRET, text)
    assert "named only" not in text or shape == "anthropic text"
    kept = ["event", "kind", "t", "tokens", "offset", "size"]
    assert after.chunks[kept].equals(before.chunks[kept])
    assert after.chunks["text"].str.len().tolist() == before.chunks["text"].str.len().tolist()


def test_a_cassette_without_secrets_keeps_every_byte(seed):
    redacted, findings = redact(seed)
    assert redacted.interactions[0].response.body == seed.interactions[0].response.body
    assert redacted.streams[0].chunks.equals(seed.streams[0].chunks)
    assert {finding.rule for finding in findings} <= {"header-identity", "header-secret"}


@pytest.mark.process
def test_a_hundred_thousand_chunks_are_redacted_in_seconds():
    body = chat(
        [{"content": f"word{number} "} for number in range(50_000)]
        + [{"content": SECRET[:30]}, {"content": SECRET[30:]}]
        + [{"content": f"word{number} "} for number in range(50_000)]
    )
    cassette = viewer.load(body, "a.sse")
    began = time.process_time()
    redacted, _ = redact(cassette)
    elapsed_s = time.process_time() - began
    assert len(redacted.streams[0].chunks) == len(cassette.streams[0].chunks)
    assert SECRET[30:] not in redacted.streams[0].text()
    # About 4 s on an idle machine of 2025. A quadratic loop would take hours.
    assert elapsed_s < 60


@pytest.mark.process
@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----",
        "sk-",
        "-eyJ",
        "SG.a-",
        "://a:",
        "Bearer a",
        "xoxb-",
        '{"a":',
        '["',
        "\\\\",
        "%25",
        "AAAAAAAA",
        "a@a.",
        "?sig=",
        "/home/",
    ],
)
def test_a_text_crafted_to_be_slow_is_redacted_quickly(text):
    body = text * (100_000 // len(text))
    cassette = viewer.load(go_vcr(body=body.encode(), response=json.dumps({"a": body}).encode()), "a.yaml")
    began = time.process_time()
    redact(cassette, Redaction(emails=True, personal_paths=True))
    assert time.process_time() - began < 20


def test_a_problem_that_quotes_two_overlapping_secrets_keeps_its_length():
    body = json.dumps({"password": "hunter2-sekret", "api_key": "sekret-or-not1"}).encode()
    cassette = viewer.load(go_vcr(body=body), "a.yaml")
    quoting = replace(cassette, problems=[Problem("note", "it says hunter2-sekret-or-not1 there")])
    [problem] = redact(quoting)[0].problems
    assert problem.message == f"it says {'•' * 22} there"
