import gzip
import zlib

import brotli
import pytest
import yaml
import zstandard

import viewer
from viewer.files import content_encoding
from viewer.files.content_encoding import decode_body
from viewer.types.http import Headers, Response
from viewer.types.limits import Limits

BODY = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'


def response(body, encoding=""):
    return Response(headers=Headers([("Content-Encoding", encoding)] if encoding else []), body=body)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (BODY, ""),
        (BODY, "gzip"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), ""),
        (zlib.compress(BODY), "deflate"),
        (BODY, "br"),
        (brotli.compress(BODY), "br"),
        (zstandard.compress(BODY), "zstd"),
        (zstandard.compress(BODY), ""),
        (BODY, "zstd"),
    ],
)
def test_the_bytes_of_a_body_decide_not_a_stale_header(body, encoding):
    assert decode_body(response(body, encoding)) == (BODY, "")


def test_a_body_that_is_cut_off_or_damaged_is_decoded_as_far_as_possible():
    long = BODY * 500
    packed = (
        (gzip.compress(long, mtime=0), "gzip"),
        (brotli.compress(bytes(range(256)) + long), "br"),
        (zstandard.ZstdCompressor(write_checksum=True).compress(bytes(range(256)) + long), "zstd"),
    )
    for compressed, encoding in packed:
        for bad in (compressed[:-20], compressed[:50] + b"\0" * 10 + compressed[60:]):
            decoded, problem = decode_body(response(bad, encoding))
            assert len(decoded) <= len(long) + 256
            assert problem


@pytest.mark.parametrize("packed", [gzip.compress, brotli.compress, zstandard.compress])
def test_a_bomb_stops_at_the_limit(packed):
    decoded, problem = decode_body(response(packed(bytes(50_000_000)), "br"), Limits(decoded_bytes=1_000_000))
    assert len(decoded) < 3_000_000
    assert "(limit decoded_bytes: 1,000,000)" in problem


@pytest.mark.parametrize(("packed", "name"), [(brotli.compress, "brotli"), (zstandard.compress, "zstandard")])
def test_a_codec_that_is_not_installed_is_named(monkeypatch, packed, name):
    monkeypatch.setattr(content_encoding, name, None)
    body = packed(BODY)
    kept, problem = decode_body(response(body, "br"))
    assert kept == body
    assert f"compressed with {name.title()}" in problem
    assert "pip install 'cassette-viewer[codecs]'" in problem


def test_a_compressed_body_of_a_cassette_is_read_as_a_stream():
    tree = {
        "version": 2,
        "interactions": [{"request": {"url": "u"}, "response": {"code": 200, "body": gzip.compress(BODY, mtime=0)}}],
    }
    cassette = viewer.load(yaml.safe_dump(tree).encode())
    assert cassette.interactions[0].response.body == BODY
    assert cassette.streams[0].text() == "a"


def raw_deflate(body, level=6):
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("body", [BODY, BODY * 500, '{"é": "日本"}'.encode()])
def test_deflate_without_the_header_of_zlib_is_decoded(body, level):
    assert decode_body(response(raw_deflate(body, level), "deflate")) == (body, "")


@pytest.mark.parametrize(
    ("body", "encoding", "decoded"),
    [
        (BODY, "deflate", BODY),
        (b'{"a": "\xe2\x80', "deflate", b'{"a": "\xe2\x80'),
        (b'{"a": "\xe9"}', "deflate", b'{"a": "\xe9"}'),
        (b"x\x9c plain", "deflate", b"x\x9c plain"),
        (zlib.compress(BODY), "gzip", BODY),
        (zlib.compress(BODY, 1), "gzip, deflate", BODY),
        (b'{"a": "\xe2\x80', "br", b'{"a": "\xe2\x80'),
        (BODY, "gzip", BODY),
    ],
)
def test_a_wrong_content_encoding_does_not_hide_the_body(body, encoding, decoded):
    assert decode_body(response(body, encoding)) == (decoded, "")


def test_a_binary_body_that_is_not_brotli_is_kept_and_said():
    body = b"\x00\x00\x00\x7a\x00\x00\x00\x4b\xff\xfe"
    kept, trouble = decode_body(response(body, "br"))
    assert kept == body
    assert "not Brotli" in trouble


def test_raw_deflate_that_is_cut_off_is_decoded_as_far_as_possible():
    decoded, trouble = decode_body(response(raw_deflate(BODY * 500)[:200], "deflate"))
    assert decoded.startswith(BODY)
    assert "cut off" in trouble
