"""Decompression of bodies that a recorder kept as the server compressed them.

gzip and deflate are always supported. Brotli and Zstandard need `cassette-viewer[codecs]`.
"""

import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import NamedTuple

from viewer.types.http import Response
from viewer.types.limits import DEFAULT_LIMITS, Limits

try:
    import brotli
except ImportError:
    brotli = None
try:
    import zstandard
except ImportError:
    zstandard = None  # type: ignore[assignment]

GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"
_CHUNK_BYTES = 1 << 20
# Enough for the tables of the first block and some of its data.
_PROBE_BYTES = 4 << 10
_DEFLATE = frozenset({"deflate", "x-deflate", "gzip", "x-gzip"})
"""What servers call data that zlib can inflate."""
_NOT_BROTLI = "The content encoding is br, but the body is not Brotli, so it is shown unchanged."
HARMLESS_BYTES = 16 << 20
"""Output up to this size is accepted whatever the ratio: it fits any machine."""
# The decompressor cannot limit its output, and four bytes can expand to 128 kB. So it gets only a little at a time.
_ZSTANDARD_STEP_BYTES = 64

_ERRORS: tuple[type[Exception], ...] = (
    zlib.error,
    *((brotli.error,) if brotli else ()),
    *((zstandard.ZstdError,) if zstandard else ()),
)


class Decoded(NamedTuple):
    """Decompressed data, and what went wrong."""

    data: bytes
    trouble: str = ""
    """Why the data is not complete; "" if it is."""


def decode_body(response: Response, limits: Limits = DEFAULT_LIMITS, decoded_before: int = 0) -> Decoded:
    """Decompress a response's body.

    `decoded_before` is the size of the bodies decoded before it, which share one limit.
    A recorder may have decompressed the body and kept the header, so the first bytes of the body decide. Brotli and deflate
    without the header of zlib have no magic number: a body that is text has already been decompressed.
    """
    body = response.body
    encodings = [one.strip() for one in response.headers.get("content-encoding", "").lower().split(",")]
    if body.startswith(GZIP):
        return inflate(body, limits, decoded_before)
    if not _DEFLATE.isdisjoint(encodings) and (window_bits := _window_bits(body)):
        return _join(_inflate_pieces(body, window_bits), len(body), limits, decoded_before)
    if body.startswith(ZSTANDARD):
        if zstandard is None:
            return Decoded(body, _library_missing("Zstandard"))
        return _join(_zstandard_pieces(body), len(body), limits, decoded_before)
    if "br" in encodings and not _begins_as_text(body):
        if brotli is None:
            return Decoded(body, _library_missing("Brotli"))
        decoded = _join(_brotli_pieces(body), len(body), limits, decoded_before)
        # The header may be wrong, as for a binary body that a recorder has decompressed.
        return decoded if decoded.data else Decoded(body, decoded.trouble and _NOT_BROTLI)
    return Decoded(body)


def _window_bits(body: bytes) -> int:
    """Return how zlib must be told to inflate a body that is said to be deflated. Return 0 if it is not compressed.

    RFC 9110 requires the header of zlib, but some servers have always left it out.
    """
    has_zlib_header = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    if has_zlib_header and _inflated_head(body, zlib.MAX_WBITS) is not None:
        return zlib.MAX_WBITS
    if _begins_as_text(body):
        return 0
    # A few bytes of anything can be read as deflated, so the result must be text.
    head = _inflated_head(body, -zlib.MAX_WBITS)
    return -zlib.MAX_WBITS if head and _begins_as_text(head) else 0


def _inflated_head(body: bytes, window_bits: int) -> bytes | None:
    """Return the first bytes of an inflated body. Return None if it cannot be inflated."""
    try:
        return zlib.decompressobj(window_bits).decompress(body[:_PROBE_BYTES], _PROBE_BYTES)
    except zlib.error:
        return None


def _begins_as_text(data: bytes) -> bool:
    """Tell whether data is valid UTF-8, except that its last character may be cut off."""
    try:
        getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def inflate(data: bytes, limits: Limits = DEFAULT_LIMITS, decoded_before: int = 0) -> Decoded:
    """Decompress gzip data as far as possible."""
    return _join(_inflate_pieces(data, zlib.MAX_WBITS | 16), len(data), limits, decoded_before)


def _join(pieces: Iterator[bytes], packed_bytes: int, limits: Limits, decoded_before: int) -> Decoded:
    """Join the pieces until the data ends, is damaged, or exceeds a limit."""
    parts: list[bytes] = []
    size_bytes = 0
    trouble = ""
    try:
        for piece in pieces:
            parts.append(piece)
            size_bytes += len(piece)
            if decoded_before + size_bytes > limits.decoded_bytes:
                exceeded = limits.exceeded("decoded_bytes")
                trouble = f"The body decompresses to too many bytes {exceeded}; the rest is left out."
                break
            if size_bytes > max(HARMLESS_BYTES, packed_bytes * limits.decompression_ratio):
                exceeded = limits.exceeded("decompression_ratio")
                trouble = f"The body decompresses to too many bytes for its size {exceeded}; the rest is left out."
                break
    except EOFError:
        trouble = "The compressed data is cut off; what came before is shown."
    except _ERRORS as error:
        trouble = f"The compression is damaged ({error}); what came before is shown."
    return Decoded(b"".join(parts), trouble)


def _inflate_pieces(data: bytes, window_bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(window_bits)
    while data and not inflater.eof:
        yield inflater.decompress(data, _CHUNK_BYTES)
        data = inflater.unconsumed_tail
        if inflater.eof and inflater.unused_data.startswith(GZIP):
            # A file may have several members, one after another.
            data, inflater = inflater.unused_data, zlib.decompressobj(window_bits)
    if not inflater.eof:
        raise EOFError


def _brotli_pieces(data: bytes) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    piece = decompressor.process(data, output_buffer_limit=_CHUNK_BYTES)
    while piece:
        yield piece
        piece = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=_CHUNK_BYTES)
    if not decompressor.is_finished():
        raise EOFError


def _zstandard_pieces(data: bytes) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    for place in range(0, len(data), _ZSTANDARD_STEP_BYTES):
        fed = data[place : place + _ZSTANDARD_STEP_BYTES]
        while fed:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(fed)
            fed = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise EOFError


def _library_missing(codec: str) -> str:
    return f"The body is compressed with {codec}, which needs a library: pip install 'cassette-viewer[codecs]'."
