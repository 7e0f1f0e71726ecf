"""A hash that is equal for equal bytes only."""

from hashlib import blake2b


def hash_of(*pieces: bytes) -> bytes:
    """Return 16 bytes that are equal for equal pieces only."""
    lengths = ",".join(map(str, map(len, pieces)))
    return blake2b(b"".join((lengths.encode(), b"\0", *pieces)), digest_size=16).digest()
