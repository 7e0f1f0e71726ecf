import gzip
import zlib

import pytest
import yaml

import viewer
from viewer.content_encoding import decode_body
from viewer.http import Headers, Response

BODY = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'


def response(body, encoding=""):
    return Response(headers=Headers([("Content-Encoding", encoding)] if encoding else []), body=body)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (BODY, ""),
        (BODY, "gzip"),
        (gzip.compress(BODY), "gzip"),
        (gzip.compress(BODY), ""),
        (zlib.compress(BODY), "deflate"),
        (BODY, "br"),
    ],
)
def test_a_body_is_decoded_by_its_bytes_and_not_by_a_stale_header(body, encoding):
    assert decode_body(response(body, encoding)) == (BODY, "")


def test_a_body_that_is_cut_off_or_damaged_gives_what_it_holds():
    long = BODY * 500
    compressed = gzip.compress(long)
    for bad in (compressed[:-200], compressed[:100] + b"\0" * 50 + compressed[150:]):
        decoded, problem = decode_body(response(bad))
        assert long.startswith(decoded[:50])
        assert problem


def test_a_bomb_stops_at_the_limit():
    decoded, problem = decode_body(response(gzip.compress(bytes(50_000_000))), max_decoded_bytes=1_000_000)
    assert len(decoded) < 3_000_000
    assert "more than" in problem


def test_a_compressed_body_of_a_cassette_is_its_stream():
    tree = {
        "version": 2,
        "interactions": [{"request": {"url": "u"}, "response": {"code": 200, "body": gzip.compress(BODY)}}],
    }
    cassette = viewer.load(yaml.safe_dump(tree).encode())
    assert cassette.interactions[0].response.body == BODY
    assert cassette.streams[0].text() == "a"
