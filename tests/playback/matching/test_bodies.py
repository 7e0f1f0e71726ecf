import base64
import gzip
import time

import pytest

from tests.support.asked_requests import JSON, nested, places, request
from viewer.comparison.request_diff import Change
from viewer.playback.matching.index import DATES_DIFFER, PLACEHOLDERS, index_requests
from viewer.types.http import Headers, Request


def test_a_body_of_unknown_form_is_compared_as_json():
    def query(text, **variables):
        return request({"query": text, "variables": variables}, url="https://a/graphql?Op")

    recorded = [query("{ a }", n=1), query("{ a }", n=2), query("{ b }")]
    assert places(recorded, query("{ a }", n=2)) == (1,)
    assert places(recorded, query("{ a }", n=3)) is None
    assert places(recorded, request({"query": "{ b }"}, url="/graphql?Other")) is None


def test_a_call_of_mcp_matches_whatever_its_id():
    def call(number, name):
        return request(
            {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": name}}, url="https://a/mcp"
        )

    recorded = [call(1, "add"), call(2, "sum"), call(3, "add")]
    assert places(recorded, call(3, "add")) == (2,)
    found = index_requests(recorded).find(call(9, "add"))
    assert (found.places, found.note) == ((0, 2), DATES_DIFFER)


def upload(boundary, *, sound=b"\x00\xffsound", model="whisper-1", folder="", **fields):
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in {"model": model, **fields}.items()]
    parts.append(f'name="file"; filename="{folder}a.wav"\r\nContent-Type: audio/wav\r\n\r\n'.encode() + sound)
    body = b"".join(b"--%s\r\nContent-Disposition: form-data; %s\r\n" % (boundary, part) for part in parts)
    headers = [("Content-Type", f"multipart/form-data; boundary={boundary.decode()}")]
    return Request("POST", "https://a/v1/audio/transcriptions", Headers(headers), body + b"--%s--\r\n" % boundary)


def test_an_upload_matches_whatever_its_boundary_and_folder():
    index = index_requests([upload(b"abc", temperature="0")])
    assert index.find(upload(b"xyz", folder="C:\\\\music\\\\", temperature="0")).settings == ()
    assert index.find(upload(b"xyz", temperature="1")).settings == (Change("temperature", '"0"', '"1"'),)
    assert index.find(upload(b"xyz", sound=b"other")) is None
    assert index.find(upload(b"xyz", model="whisper-2")) is None
    assert index.find(upload(b"xyz", stream="true")) is None


def test_a_large_upload_matches_whatever_its_boundary():
    sound = bytes(range(256)) * 20_000
    index = index_requests([upload(b"abc", sound=sound)])
    assert index.find(upload(b"xyz", sound=sound)).places == (0,)
    assert index.find(upload(b"xyz", sound=sound + b"!")) is None


def test_an_upload_that_was_recorded_as_base64_is_the_upload_itself():
    recorded = upload(b"abc", sound=b"b64:" + base64.b64encode(b"\x00\xffsound"))
    assert places([recorded], upload(b"xyz")) == (0,)
    assert places([recorded], upload(b"xyz", sound=b"other")) is None


def test_a_form_matches_whatever_the_order_of_its_fields():
    headers = [("content-type", "application/x-www-form-urlencoded")]
    recorded = request(
        b"grant_type=refresh_token&refresh_token=<GOOGLE_REFRESH_TOKEN>", url="https://a/token", headers=headers
    )
    index = index_requests([recorded])
    found = index.find(request(b"refresh_token=1//x&grant_type=refresh_token", url="/token", headers=headers))
    assert found.note == PLACEHOLDERS
    assert index.find(request(b"refresh_token=1//x&grant_type=code", url="/token", headers=headers)) is None


@pytest.mark.parametrize("body", [b"plain text", b"\xff\xfe\x00binary", "Grüße".encode("latin-1"), b'{"cut": '])
def test_another_body_is_compared_by_its_bytes(body):
    assert places([request(body)], request(body)) == (0,)
    assert places([request(body)], request(body + b"!")) is None


def test_a_compressed_request_is_compared_by_what_it_holds():
    packed = request(gzip.compress(request().body), headers=[*JSON, ("Content-Encoding", "gzip")])
    assert places([request()], packed) == (0,)


@pytest.mark.parametrize(
    "hostile",
    [
        request(nested(200)),
        request(nested(100_000)),
        request(b"[" * 100_000 + b"]" * 100_000),
        request(b'{"model": "\\ud800", "messages": [{"role": "\\udfff", "content": "\\ud800"}]}'),
        request(b'{"messages": [NaN, 1e999, ' + b"9" * 400 + b', {"role": 7}, null], "tools": 3, "model": ["a"]}'),
        request(b"{}", headers=[("content-type", 'multipart/form-data; boundary="')]),
        request(
            b"--a\r\nContent-Disposition: ;;;=\r\n\r\n", headers=[("content-type", "multipart/form-data; boundary=a")]
        ),
        request(b"not gzip", headers=[("content-encoding", "gzip, br, x")]),
        request(gzip.compress(b"cut off")[:-9], headers=[("content-encoding", "gzip")]),
        request(url="http://[::1/%ff%00/?a=%ff&" + "b&" * 5000),
        request(url="/" * 100_000),
        Request("", "", Headers([("content-type", "\x00")]), b"\x00"),
    ],
    ids=lambda one: f"{one.url[:20]} {one.body[:20]}",
)
def test_a_hostile_request_never_raises_and_finds_itself(hostile):
    index = index_requests([request(), hostile])
    assert index.find(hostile).places == (1,)
    assert index.find(request()).places == (0,)


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": [' + b"1," * 8_000_000 + b"1]}",
        b'{"a":' * 2_000_000,
        b"\xff" * 40_000_000,
        b"[" + b'"a",' * 4_000_000,
    ],
    ids=["values", "depth", "bytes", "cut"],
)
def test_a_huge_request_is_compared_in_a_bounded_time(body):
    index = index_requests([request(), request(body)])
    start_s = time.process_time()
    assert index.find(request(body)).places == (1,)
    assert index.find(request(body[:-1])) is None
    assert time.process_time() - start_s < 2


def test_a_decompression_bomb_is_read_up_to_a_limit():
    bomb = gzip.compress(b"0" * (100 << 20))
    start_s = time.process_time()
    assert index_requests([request()]).find(request(bomb, headers=[("content-encoding", "gzip")])) is None
    assert time.process_time() - start_s < 2
