"""No place of any recorder's file keeps a secret: it is removed, or the file is refused and go-vcr is offered.

`recorders.json` has a small made-up recording for each recorder, in the layout of its own writer.
"""

import base64
import json
from pathlib import Path

import pytest

import viewer
from tests.redaction.test_cassette import everything_in, go_vcr
from tests.support import planted_places
from tests.support.planted_places import SECRETS, left
from viewer.redaction import redact, redact_file

RECORDINGS = json.loads((Path(__file__).parents[1] / "support/recordings/recorders.json").read_text())
PASSWORD, TOKEN = SECRETS["request"], SECRETS["message"]
PART = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


@pytest.mark.parametrize("recorder", RECORDINGS)
def test_no_place_of_a_recording_keeps_a_secret(recorder):
    recorded = planted_places.plant(RECORDINGS[recorder].encode())
    assert left(recorded)
    cassette = viewer.load(recorded, "a")
    redacted, _ = redact(cassette)
    assert left(everything_in(redacted).encode("utf-8", "replace")) == []
    written, _ = redact_file(recorded, "a", cassette=cassette)
    assert left(written) == []
    assert viewer.load(written, "a").format == cassette.format
    assert left(redact_file(recorded, "a", as_go_vcr=True, cassette=cassette)[0]) == []


BODIES = {
    "multipart": "--b\r\n"
    + PART.format("model", "m")
    + "--b\r\n"
    + PART.format("client_secret", PASSWORD)
    + "--b--\r\n",
    "multipart with line feeds": ("--b\r\n" + PART.format("password", PASSWORD) + "--b--").replace("\r\n", "\n"),
    "multipart, cut off": "--b\r\n" + PART.format("api_key", PASSWORD).rstrip(),
    "multipart in JSON": json.dumps({"raw": "--b\r\n" + PART.format("api_key", PASSWORD) + "--b--"}),
    "form": f"grant_type=refresh&client_secret={PASSWORD}",
    "form, encoded name": f"client%5Fsecret={PASSWORD}&a=1",
    "form, nested name": f"user%5Blogin%5D%5Bpassword%5D={PASSWORD}",
    "form, semicolons": f"a=b;password={PASSWORD};c=d",
    "form with JSON": f"payload=%7B%22a%22%3A1%2C+%22password%22%3A%22{PASSWORD}%22%7D&b=1",
    "base64": base64.b64encode(json.dumps({"password": PASSWORD}).encode()).decode(),
    "hexadecimal": json.dumps({"password": PASSWORD}).encode().hex(),
    "JSON after a byte order mark": "\ufeff" + json.dumps({"password": PASSWORD}),
}


@pytest.mark.parametrize("shape", BODIES)
def test_no_shape_of_a_body_keeps_a_secret(shape):
    recorded = go_vcr(body=BODIES[shape].encode())
    assert left(recorded)
    redacted, [*findings] = redact(viewer.load(recorded))
    assert findings
    assert left(everything_in(redacted).encode()) == []
    assert left(redact_file(recorded, "a.yaml")[0]) == []


YAML = {
    "a comment": ("version: 2", f"# recorded with {TOKEN}\nversion: 2"),
    "a comment after a value": ("method: POST", f"method: POST # {TOKEN}"),
    "the header of a block": ("method: POST", f"method: |- # {TOKEN}\n        POST"),
    "an anchor": ("method: POST", f"method: &{TOKEN} POST"),
    "a key": ("method: POST", f"method: POST\n    {TOKEN}: 1"),
    "an alias": ("method: POST", f"method: POST\n    a: &a {PASSWORD}\n    password: *a"),
    "a folded text": ("method: POST", f'method: POST\n    a: "key {TOKEN[:9]}\\\n      {TOKEN[9:]}"'),
    "a path": ("method: POST", f"method: POST\n    request_uri: /v1?api_key={PASSWORD}"),
    "a form": ("method: POST", f"method: POST\n    form:\n      client_secret:\n      - {PASSWORD}"),
}


@pytest.mark.parametrize("place", YAML)
def test_no_place_of_a_yaml_file_keeps_a_secret(place):
    text = go_vcr(body=b"{}").decode()
    recorded = (
        text.replace(*YAML[place]) if YAML[place][0] in text else f"{YAML[place][1].partition(chr(10))[0]}\n{text}"
    )
    written, findings = redact_file(recorded.encode(), "a.yaml")
    assert findings
    assert left(written) == []
    assert viewer.load(written, "a.yaml").interactions[0].request.method == "POST"


def test_marks_in_the_head_of_a_message_are_ascii():
    head = f"POST /v1?api_key={PASSWORD} HTTP/1.1\r\nHost: a.example\r\nX-Api-Key: {PASSWORD}\r\n"
    answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n"
    recorded = f"{head}X-Note: {TOKEN[:30]}\r\n {TOKEN[30:]}\r\n\r\n{{}}\r\n\r\n{answer}"
    written, _ = redact_file(recorded.encode(), "a.txt")
    assert written.isascii()
    assert left(written) == []
    assert TOKEN[20:].encode() not in written
