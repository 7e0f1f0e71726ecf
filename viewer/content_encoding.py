"""Bodies that a recorder kept as they were compressed for the wire."""

import zlib

from viewer.http import Response

MAX_DECODED_BYTES = 1 << 30
GZIP = b"\x1f\x8b"
_CHUNK_BYTES = 1 << 20


def decode_body(response: Response, max_decoded_bytes: int = MAX_DECODED_BYTES) -> tuple[bytes, str]:
    """Return a response's body decoded, and what went wrong, or "".

    A recorder may have decompressed the body and kept the header, so that the body's first bytes decide.
    """
    body = response.body
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if body.startswith(GZIP):
        return inflate(body, zlib.MAX_WBITS | 16, max_decoded_bytes)
    if encoding == "deflate" and body[:1] == b"\x78":
        return inflate(body, zlib.MAX_WBITS, max_decoded_bytes)
    return body, ""


def inflate(
    body: bytes, window_bits: int = zlib.MAX_WBITS | 16, max_decoded_bytes: int = MAX_DECODED_BYTES
) -> tuple[bytes, str]:
    """Decompress as far as the data goes; a body that ends early gives what it holds."""
    inflater = zlib.decompressobj(window_bits)
    parts: list[bytes] = []
    size_bytes = 0
    data = body
    try:
        while data and not inflater.eof:
            parts.append(inflater.decompress(data, _CHUNK_BYTES))
            size_bytes += len(parts[-1])
            data = inflater.unconsumed_tail
            if size_bytes > max_decoded_bytes:
                return b"".join(
                    parts
                ), f"It decompresses to more than {max_decoded_bytes:,} bytes; the rest is left out."
    except zlib.error as error:
        return b"".join(parts), f"The compression is damaged ({error}); what came before is shown."
    return b"".join(parts), "" if inflater.eof else "The compressed data is cut off; what came before is shown."
