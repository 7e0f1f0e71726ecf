"""Recordings that are rewritten in the recorder's own format, and agree with the redacted cassette."""

import json
import re
from dataclasses import replace
from io import BytesIO

import pytest

import viewer
from tests.support import planted
from tests.support.planting.recorders import Exchange, har_entry, har_file
from tests.support.planting.run import Plan, carry_out
from viewer.redaction import Redaction, SecretPattern, redact, redact_bytes
from viewer.types.http import Headers

SECRET = planted.secrets_of("openai-key")[0]


@pytest.mark.parametrize(
    ("kind", "place", "seed"),
    [
        ("stripe-webhook", "stream-in-threes", 5),  # Bedrock's packed events, in VCR.py
        ("anthropic-oauth", "bedrock-frame-in-base64", 5),
        ("gitlab-personal", "tool-arguments-nested", 5),  # Responses API, in base64 of WireMock
        ("client-secret", "tool-arguments-nested", 5),  # Responses API, as text of VCR
        ("azure-openai-legacy", "tool-arguments-nested", 5),  # events of no known protocol
        ("helicone", "text-hex-escapes", 5),
        ("password-of-ten", "har-post-params", 5),
        ("azure-openai", "bare-json-lines", 5),
        ("password-foreign", "text-dockerfile", 11),  # a stream of one event
        ("npm", "file-name", 5),
    ],
)
def test_a_recording_with_a_secret_is_rewritten_in_place(kind, place, seed):
    assert carry_out(Plan(kind, place, ("file",), seed)) == []


def test_a_value_that_only_the_file_gives_away_is_removed_from_the_cassette_too():
    entry = har_entry(Exchange())
    value = "tr0ub4dor-and-3"
    text = entry["response"]["content"]["text"]
    entry["response"]["content"]["text"] = text.replace("there.", f"so {value} and")
    entry["_meta"] = {"password": value}
    data = har_file(entry)
    written = redact_bytes(data, "a.har")
    assert value.encode() not in written
    assert viewer.load(written, "a.har").streams[0].text() == f"Hello so {'•' * len(value)} and"
    assert value not in viewer.report(viewer.load(data, "a.har"), data=data)


def test_what_counts_the_bytes_of_a_blanked_body_fits_it():
    """The caller's pattern redacts the type by which the protocol is decoded."""
    events = [
        {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": {}}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}} for text in "abc"),
    ]
    parts = [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in events]
    body = b"".join(parts)
    cassette = viewer.load(body, "a.sse")
    [interaction] = cassette.interactions
    ends = tuple(sum(map(len, parts[: index + 1])) for index in range(len(parts)))
    arrivals = viewer.types.http.Arrivals(s=(0.0, 0.1, 0.2, 0.3), ends=ends)
    headers = Headers([*interaction.response.headers.items(), ("Content-Length", str(len(body)))])
    interaction = replace(
        interaction,
        response=replace(interaction.response, headers=headers),
        times=replace(interaction.times, arrivals=arrivals),
    )
    ours = SecretPattern("ours", ("content_block_delta",), re.compile("content_block_delta"))
    redacted, _ = redact(replace(cassette, interactions=[interaction]), Redaction(extra_patterns=(ours,)))
    response = redacted.interactions[0].response
    assert len(response.body) > len(body)
    assert response.headers["content-length"] == str(len(response.body))
    moved = redacted.interactions[0].times.arrivals.ends
    assert moved == tuple(match.end() for match in re.finditer(rb"\n\n", response.body))


def test_responses_loads_its_redacted_recording(tmp_path):
    """https://github.com/getsentry/responses#replay-responses-populate-registry-from-files."""
    import responses
    import yaml
    from responses._recorder import _dump

    recorded = BytesIO()
    address = "https://a.example/v1/chat"
    body = f'data: {{"choices": [{{"index": 0, "delta": {{"content": "so {SECRET}"}}}}]}}\n\n'
    one = responses.Response(
        "POST", address, body=body, headers={"X-Api-Key": SECRET}, content_type="text/event-stream"
    )
    _dump([one], recorded, lambda tree, file: file.write(yaml.safe_dump(tree).encode()))
    path = tmp_path / "a.yaml"
    path.write_bytes(redact_bytes(recorded.getvalue(), "a.yaml"))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock._add_from_file(path)
        [loaded] = mock.registered()
    assert loaded.url == address
    assert loaded.body == body.replace(SECRET, "•" * len(SECRET))
    assert loaded.headers["X-Api-Key"] == "•••"
