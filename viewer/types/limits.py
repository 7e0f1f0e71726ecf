"""How much of a recording is read. A cassette is hostile input and may demand more than a machine has.

A file that exceeds a limit as a whole is refused with a `CassetteError`. If the rest can be shown, it is, and a problem names
the limit.
"""

from dataclasses import dataclass

_MEBIBYTE = 1 << 20


class NamedLimits:
    """The base of classes whose fields are limits."""

    __slots__ = ()

    def exceeded(self, name: str) -> str:
        """Return the exceeded limit in words, to follow a description of what exceeds it."""
        return f"(limit {name}: {getattr(self, name):,})"


@dataclass(frozen=True, slots=True)
class Limits(NamedLimits):
    """Upper limits on what is read. The defaults are far above anything a recorder is known to have written."""

    file_bytes: int = 1024 * _MEBIBYTE
    """The size of the file on disk. A larger file is refused."""
    decoded_bytes: int = 1024 * _MEBIBYTE
    """The unpacked size of a packed file, and the total of all bodies that were recorded compressed. The rest is left out."""
    decompression_ratio: int = 1000
    """How many bytes one compressed byte may expand to, once the result exceeds 16 MiB. The rest is left out."""
    beside_bytes: int = 1024 * _MEBIBYTE
    """The size of one file next to the cassette. A larger one is ignored."""
    beside_total_bytes: int = 1024 * _MEBIBYTE
    """The total size of the files next to the cassette. The ones that would exceed it are ignored."""
    depth: int = 500
    """The nesting depth of YAML and JSON5. What comes before a deeper value is read."""
    alias_nodes: int = 1_000_000
    """How many nodes the aliases of a YAML file may repeat. What comes before is read."""
    interactions: int = 100_000
    """Interactions in one file. The rest is left out."""
    events: int = 5_000_000
    """Events in one stream. The rest is left out."""
    event_bytes: int = 64 * _MEBIBYTE
    """The size of one event. A larger one is shown as unreadable."""


DEFAULT_LIMITS = Limits()
