"""Damaged and odd recordings are redacted without exceptions. Each was an exception, or left a secret."""

import json
from contextlib import suppress

import pytest

import viewer
from tests.support.aws_frames import frame
from tests.support.planted import core, secrets_of
from viewer.redaction import Redaction, redact_file
from viewer.redaction.bodies import redact_body
from viewer.redaction.cassette import rules_for
from viewer.redaction.json_keys.strings import find_leaves
from viewer.redaction.streams import redact_stream

SECRET = secrets_of("openai-key")[0]
LONE = "\\ud83d"


def event(**fields):
    return f"data: {json.dumps(fields)}\n\n"


def chat(text):
    return event(choices=[{"index": 0, "delta": {"content": text}}])


def go_vcr(body, request=""):
    response = {"status": "200 OK", "code": 200, "headers": {"Content-Type": ["text/event-stream"]}, "body": body}
    sent = {"method": "POST", "url": "https://api.example/v1", "headers": {}, "body": request}
    return json.dumps({"version": 2, "interactions": [{"id": 0, "request": sent, "response": response}]})


GO_VCR = go_vcr(chat(f"LONE {SECRET}"), "LONE").replace('"headers": {}', '"headers": {"X-Note": ["LONE"]}')
BETAMAX = json.dumps(
    {
        "recorded_with": "betamax/0.9.0",
        "http_interactions": [
            {
                "recorded_at": "2026-01-01T00:00:00",
                "request": {
                    "body": {"encoding": "utf-8", "string": "LONE"},
                    "headers": {"X-Note": ["LONE"]},
                    "method": "POST",
                    "uri": "https://api.example/LONE",
                },
                "response": {
                    "body": {"encoding": "utf-8", "string": chat(f"LONE {SECRET}")},
                    "headers": {"Content-Type": ["text/event-stream"]},
                    "status": {"code": 200, "message": "OK LONE"},
                    "url": "https://api.example/LONE",
                },
            }
        ],
    }
)
WIREMOCK = json.dumps(
    {
        "mappings": [
            {
                "request": {"url": "/v1/LONE", "method": "POST"},
                "response": {
                    "status": 200,
                    "body": chat(f"LONE {SECRET}"),
                    "headers": {"Content-Type": "text/event-stream", "X-Note": "LONE"},
                },
            }
        ]
    }
)


@pytest.mark.parametrize("text", [BETAMAX, WIREMOCK, GO_VCR], ids=["betamax", "wiremock", "go-vcr"])
@pytest.mark.parametrize("options", [Redaction(), Redaction(metrics_only=True)], ids=["secrets", "metrics only"])
def test_half_a_surrogate_pair_is_written_as_a_replacement_character(text, options):
    data = text.replace("LONE", LONE).encode()
    written, _ = redact_file(data, "x", options, as_go_vcr=True)
    assert core(SECRET) not in written.decode()
    assert len(viewer.load(written).interactions) == 1


@pytest.mark.parametrize("text", [BETAMAX, WIREMOCK, GO_VCR], ids=["betamax", "wiremock", "go-vcr"])
def test_half_a_surrogate_pair_is_kept_in_a_file_that_is_rewritten(text):
    written, _ = redact_file(text.replace("LONE", LONE).encode(), "x")
    assert core(SECRET) not in written.decode()
    assert LONE.encode() in written


@pytest.mark.parametrize("written_as", ["|\n      {}", '"{}"'])
def test_a_binary_scalar_that_is_not_base64_is_rewritten_as_text(written_as):
    body = "!!binary " + written_as.format(f"not base64: {SECRET}")
    data = (
        f"version: 1\ninteractions:\n- request:\n    body: {body}\n    headers: {{}}\n    method: POST\n"
        "    uri: https://api.example/v1\n  response:\n    body: {string: 'hi'}\n    headers: {}\n"
        "    status: {code: 200, message: OK}\n"
    )
    written, findings = redact_file(data.encode(), "x.yaml")
    assert [finding.rule for finding in findings] == ["openai-key"]
    assert viewer.load(written).interactions[0].request.body.decode().strip() == "not base64: " + "•" * len(SECRET)


@pytest.mark.parametrize("media_type", ["text/event-stream", "application/vnd.amazon.eventstream", ""])
def test_frames_among_events_of_another_framing_are_redacted(media_type):
    frames = frame(json.dumps({"text": SECRET}).encode(), "chunk")
    for body in (frames + chat(SECRET).encode(), chat(SECRET).encode() + frames, frames[:40] + chat(SECRET).encode()):
        assert core(SECRET).encode() not in redact_body(media_type, body, rules_for(Redaction()), "body")


def test_texts_between_nul_characters_do_not_share_a_layout():
    """The pieces of both joined by NUL characters are equal."""
    two, none = '{"a":"b""c""d"}', '{"a":"b"\0\0}'
    assert find_leaves([two, none]).text == ["b", "c", "d", "b"]
    assert find_leaves([none, two]).text == ["b", "b", "c", "d"]


def test_a_secret_that_extends_over_several_values_of_a_yaml_file_is_redacted_or_refused():
    key = "-----BEGIN RSA PRIVATE KEY-----", *("A1b2C3d4" * 8,) * 3, "-----END RSA PRIVATE KEY-----"
    data = go_vcr(chat("hi")).replace('"id": 0', f'"id": 0, "{key[0]}": {json.dumps(key[1:])}')
    for text in (data, f"# a comment\n{data}\n"):
        with suppress(viewer.CassetteError):
            assert key[1].encode() not in redact_file(text.encode(), "x.yaml")[0]


@pytest.mark.parametrize("text", [SECRET, f'{{"password": "{SECRET}"}}', f'd"}}]}},{{"data: {SECRET}'])
def test_a_stream_of_single_characters_under_two_keys_is_redacted(text):
    """Only the chunks hold the secret together. Marks in the events may change how many there are."""
    keys = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")
    events = [{"type": keys[index % 2], "output_index": 0, "delta": one} for index, one in enumerate(text)]
    events += [{"type": "response.reasoning_text.done", "output_index": 0, "text": text}]
    for body in ("".join(event(**one) for one in events), json.dumps(events)):
        for options in (Redaction(), Redaction(metrics_only=True)):
            redacted, _ = viewer.redact(viewer.load(body.encode()), options)
            assert SECRET not in "".join(redacted.chunks["text"]) + str(redacted.interactions)


@pytest.mark.parametrize("options", [Redaction(), Redaction(metrics_only=True)], ids=["secrets", "metrics only"])
@pytest.mark.parametrize("unit", ['{{"{}": 1, "choices": []}}', '{{"choices": [{}]}}', '{{"choices": [], "a: "{}'])
def test_no_token_is_left_in_keys_and_outside_of_strings(unit, options):
    data = go_vcr(chat("hi") + f"data: {unit.format(SECRET)}\n\n")
    assert core(SECRET) not in redact_file(data.encode(), "x", options, as_go_vcr=True)[0].decode()


def test_no_token_is_left_in_the_keys_of_a_body_that_no_longer_decodes_to_its_chunks():
    cassette = viewer.load(go_vcr(chat("hi") + event(**{SECRET: 1, "choices": []})).encode())
    [before], [stream] = cassette.interactions, cassette.streams
    other = viewer.load(go_vcr("data: other\n\n").encode()).interactions[0]
    after, redacted = redact_stream(stream, before, other, rules_for(Redaction()), "body")
    assert core(SECRET).encode() not in after.response.body
    assert len(redacted.chunks) == len(stream.chunks)
