"""Bodies that a recorder kept as they were compressed for the wire.

gzip and deflate are always read; Brotli and Zstandard where their libraries are installed, `cassette-viewer[codecs]`.
"""

import zlib
from collections.abc import Iterator

from viewer.text.json import is_utf_8
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
# Less is no danger, however well it was packed.
HARMLESS_BYTES = 16 << 20
# How much is fed at a time to what limits no output: four bytes can stand for 128 kB.
_ZSTANDARD_BYTES = 64

_ERRORS: tuple[type[Exception], ...] = (
    zlib.error,
    *((brotli.error,) if brotli else ()),
    *((zstandard.ZstdError,) if zstandard else ()),
)


def decode_body(response: Response, limits: Limits = DEFAULT_LIMITS, decoded_before: int = 0) -> tuple[bytes, str]:
    """Return a response's body decoded, and what went wrong, or "".

    `decoded_before` bytes of other bodies count too, against the limit that is one for all.
    A recorder may have decompressed the body and kept the header, so that the body's first bytes decide; Brotli has no such
    mark, and there what is text has been decompressed.
    """
    body = response.body
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if body.startswith(GZIP):
        return inflate(body, limits, decoded_before)
    if encoding == "deflate" and body[:1] == b"\x78":
        return _joined(_inflated(body, zlib.MAX_WBITS), len(body), limits, decoded_before)
    if body.startswith(ZSTANDARD):
        if zstandard is None:
            return body, _missing("Zstandard")
        return _joined(_unpacked_zstandard(body), len(body), limits, decoded_before)
    if encoding == "br" and body and not is_utf_8(body):
        if brotli is None:
            return body, _missing("Brotli")
        return _joined(_unpacked_brotli(body), len(body), limits, decoded_before)
    return body, ""


def inflate(data: bytes, limits: Limits = DEFAULT_LIMITS, decoded_before: int = 0) -> tuple[bytes, str]:
    """Return gzip data decompressed as far as it goes, and what went wrong, or ""."""
    return _joined(_inflated(data, zlib.MAX_WBITS | 16), len(data), limits, decoded_before)


def _joined(pieces: Iterator[bytes], packed_bytes: int, limits: Limits, decoded_before: int) -> tuple[bytes, str]:
    """Return pieces joined as far as they go, and why they end too early, or ""."""
    parts: list[bytes] = []
    size_bytes = 0
    trouble = ""
    try:
        for piece in pieces:
            parts.append(piece)
            size_bytes += len(piece)
            if decoded_before + size_bytes > limits.decoded_bytes:
                exceeded = limits.exceeded("decoded_bytes")
                trouble = f"It decompresses to more than may be read {exceeded}; the rest is left out."
                break
            if size_bytes > max(HARMLESS_BYTES, packed_bytes * limits.decompression_ratio):
                exceeded = limits.exceeded("decompression_ratio")
                trouble = f"It decompresses to more than its size allows {exceeded}; the rest is left out."
                break
    except EOFError:
        trouble = "The compressed data is cut off; what came before is shown."
    except _ERRORS as error:
        trouble = f"The compression is damaged ({error}); what came before is shown."
    return b"".join(parts), trouble


def _inflated(data: bytes, window_bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(window_bits)
    while data and not inflater.eof:
        yield inflater.decompress(data, _CHUNK_BYTES)
        data = inflater.unconsumed_tail
        if inflater.eof and inflater.unused_data.startswith(GZIP):
            # A file may have several members, one after another.
            data, inflater = inflater.unused_data, zlib.decompressobj(window_bits)
    if not inflater.eof:
        raise EOFError


def _unpacked_brotli(data: bytes) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    piece = decompressor.process(data, output_buffer_limit=_CHUNK_BYTES)
    while piece:
        yield piece
        piece = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=_CHUNK_BYTES)
    if not decompressor.is_finished():
        raise EOFError


def _unpacked_zstandard(data: bytes) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    for place in range(0, len(data), _ZSTANDARD_BYTES):
        fed = data[place : place + _ZSTANDARD_BYTES]
        while fed:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(fed)
            fed = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise EOFError


def _missing(codec: str) -> str:
    return f"The body is compressed with {codec}, for which a library is needed: pip install 'cassette-viewer[codecs]'."
