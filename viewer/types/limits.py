"""How much of a recording is read: a cassette is hostile input, and may ask for more than a machine has.

What goes beyond a limit of the file as a whole is refused, with a `CassetteError`; where the rest can be shown it is, with a
problem that names the limit.
"""

from dataclasses import dataclass

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """State how much is read at most. The defaults are far beyond what any recorder is known to have written."""

    file_bytes: int = 1024 * _MEBIBYTE
    """Of the file as it lies on disk. More is refused."""
    decoded_bytes: int = 1024 * _MEBIBYTE
    """Of a packed file once unpacked, and of all bodies together that were recorded compressed. The rest is left out."""
    decompression_ratio: int = 1000
    """How many bytes one compressed byte may stand for, once they are more than 16 MiB. The rest is left out."""
    beside_bytes: int = 1024 * _MEBIBYTE
    """Of one file beside the cassette. A larger one is passed over."""
    beside_total_bytes: int = 1024 * _MEBIBYTE
    """Of all files beside the cassette. What would go beyond is passed over."""
    depth: int = 500
    """How deeply lists and mappings of YAML and JSON5 may be nested. What stands before is read."""
    alias_nodes: int = 1_000_000
    """How many nodes the aliases of a YAML file may repeat. What stands before is read."""
    interactions: int = 100_000
    """In one file. The rest is left out."""
    events: int = 5_000_000
    """In one stream. The rest is left out."""
    event_bytes: int = 64 * _MEBIBYTE
    """Of one event, and so of its longest line. A longer one is shown as one that cannot be read."""

    def exceeded(self, name: str) -> str:
        """Return in words which limit was exceeded, to be put behind what exceeds it."""
        return f"(limit {name}: {getattr(self, name):,})"


DEFAULT_LIMITS = Limits()
