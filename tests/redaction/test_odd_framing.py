"""Secrets in streams that are framed in another way than the standard says, and in YAML that libyaml refuses."""

import json

import pytest

import viewer
from viewer.redaction.rewriting.yaml_scalars import parse_scalars, replace_scalars

SECRET = "sk-proj-" + "Ab3" * 12


def chunk(text):
    return json.dumps({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]})


PAYLOADS = [chunk("key "), chunk(SECRET[:10]), chunk(SECRET[10:]), chunk(" ok")]


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"data: {payload}\n" for payload in PAYLOADS),
        " ".join(f"event: e data: {payload}" for payload in PAYLOADS),
        "".join(f"data: data: {payload}\n\n" for payload in PAYLOADS),
        f"data: {''.join(PAYLOADS)}\n\n",
        f"data: {PAYLOADS[0]}\n\nerror: {json.dumps({'message': SECRET})}\n\n",
        f"data: {PAYLOADS[0]}\n\n<html>\n<h1>{SECRET}</h1>\n\n</html>\n",
        f"data: {PAYLOADS[0]}\nnote: {SECRET}\n\n",
    ],
)
def test_a_secret_is_found_however_its_stream_is_framed(body):
    cassette = viewer.load(body.encode(), "x.sse")
    redacted, findings = viewer.redact(cassette)
    assert len(findings) == 1
    shown = redacted.interactions[0].response.body.decode() + str(redacted.problems) + str(redacted.streams[0].error)
    assert SECRET[10:] not in shown
    assert len(redacted.chunks) == len(cassette.chunks)
    assert SECRET[10:] not in viewer.report(cassette)


@pytest.mark.parametrize("text", ["a: 'x\x1by'\nb: z\n", "a: x\x80y\nb: z\n", "a: |\n  x\u2028y\nb: z\n"])
def test_a_scalar_is_replaced_in_yaml_with_raw_control_characters(text):
    scalars = parse_scalars(text).scalars
    assert scalars[1].value.rstrip("\n") in text
    assert replace_scalars(text, scalars, {3: "••"}) == text.replace("z", '"••"')
