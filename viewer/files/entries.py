"""What a folder or an archive contains: recordings that are opened on demand, files that cannot be opened, and skipped ones.

Names from a recording or an archive are only shown. Content is read in memory, and no name becomes a path.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from viewer.files.content_encoding import GZIP, inflate
from viewer.files.sidecars import DirectorySidecars, Sidecars, no_sidecars
from viewer.text.safe import safe_path
from viewer.types.limits import Limits, NamedLimits
from viewer.types.problems import CassetteError

RATIO_FROM_BYTES = 1 << 20
"""The ratio is checked only above this size: a small file does no harm, however well it was packed."""


@dataclass(frozen=True, slots=True)
class FolderLimits(NamedLimits):
    """Upper limits on what is found and unpacked. Each message names the limit that was exceeded."""

    members: int = 20_000
    """Files in one source, recordings or not."""
    total_bytes: int = 1 << 30
    """The total size of everything unpacked from archives."""
    member_bytes: int = 256 << 20
    """The size of one file, unpacked."""
    ratio: int = 300
    """The size of a file of more than 1 MiB as a multiple of its packed size. Text rarely exceeds 30."""
    name_length: int = 1_000
    """Characters in a name."""


DEFAULT_LIMITS = FolderLimits()


@dataclass(frozen=True, slots=True)
class Named:
    """A file given as bytes, with its name."""

    data: bytes = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """The bytes of a recording, and the files next to it."""

    data: bytes = field(repr=False)
    beside: Sidecars = no_sidecars


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One recording, read on demand. Can be sent to another process."""

    name: str
    """Its place, with "/" between folders and after an archive. Safe to show, and not a path."""
    read: Callable[[], Content] = field(repr=False)
    """Raises `CassetteError` if the file cannot be read or exceeds a limit."""
    size_bytes: int = 0
    """The size as far as it is known before reading."""
    unpacked_bytes: int = 0
    """What it already holds in memory; 0 for a file that is read from disk."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be opened, and why."""

    name: str
    reason: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a whole folder, that is not a recording."""

    name: str
    reason: str


Found = Member | Refused | Skipped

BODY_OF_ANOTHER = "the body of a recording next to it"
"""Why a sidecar is skipped: it is read with its recording."""


class Refusal(NamedTuple):
    """Why a file is refused, and what to do about it."""

    reason: str
    advice: str = ""


def with_unique_names(entries: Iterable[Found]) -> Iterator[Found]:
    """Yield the entries, with a number after each name that was used before."""
    times: dict[str, int] = {}
    taken: set[str] = set()
    for entry in entries:
        name, count = entry.name, times.get(entry.name, 1)
        while name in taken:
            count += 1
            name = f"{entry.name} ({count})"
        times[entry.name] = count
        taken.add(name)
        yield entry if name == entry.name else replace(entry, name=name)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """Read a recording from disk, with the files next to it."""

    path: str
    size_bytes: int
    limits: FolderLimits

    def __call__(self) -> Content:
        """Return the content. Raise `CassetteError` if it cannot be read or exceeds a limit."""
        path = Path(self.path)
        name = safe_path(path.name, self.limits.name_length)
        try:
            if (size_bytes := path.stat().st_size) > self.limits.member_bytes:
                raise CassetteError(name, *too_large(size_bytes, self.limits))
            data = path.read_bytes()
        except OSError as error:
            raise CassetteError(name, f"cannot be read: {system_reason(error)}.") from error
        return Content(check_size(data, name, self.limits), DirectorySidecars(path.parent))


def check_size(data: bytes, name: str, limits: FolderLimits) -> bytes:
    """Return a file's bytes. Raise `CassetteError` if they, or what they decompress to, exceed a limit."""
    if len(data) > limits.member_bytes:
        raise CassetteError(name, *too_large(len(data), limits))
    if data.startswith(GZIP):
        max_bytes = max_unpacked_bytes(len(data), limits)
        if len(inflate(data, unpacking_limits(max_bytes)).data) > max_bytes:
            raise CassetteError(name, *unpacks_to_too_much(max_bytes, limits))
    return data


def max_unpacked_bytes(packed_bytes: int, limits: FolderLimits) -> int:
    """Return how large a file may be once unpacked, given its packed size."""
    return min(limits.member_bytes, max(RATIO_FROM_BYTES, limits.ratio * packed_bytes))


def unpacking_limits(max_bytes: int) -> Limits:
    """Return the limits under which decompression stops at most one piece after `max_bytes`."""
    return Limits(decoded_bytes=max_bytes, decompression_ratio=max_bytes)


def unpacks_to_too_much(max_bytes: int, limits: FolderLimits) -> Refusal:
    """Return why a file that unpacks to more than `max_bytes` is refused."""
    limit = "member_bytes" if max_bytes >= limits.member_bytes else "ratio"
    return Refusal(what_is_exceeded(max_bytes, limit, limits), "Unpack it yourself and open the files in it.")


def what_is_exceeded(max_bytes: int, limit: str, limits: FolderLimits) -> str:
    """Return in words which limit an unpacked size exceeds."""
    to_its_size = ", too much for its packed size" if limit == "ratio" else ""
    return f"unpacks to more than {max_bytes:,} bytes{to_its_size} {limits.exceeded(limit)}."


def too_large(size_bytes: int, limits: FolderLimits) -> Refusal:
    """Return why a file of this size is refused."""
    return Refusal(f"is {size_bytes:,} bytes {limits.exceeded('member_bytes')}.", "Raise the limit.")


def system_reason(error: Exception) -> str:
    """Return why the operating system refused, without the path that it appends."""
    return str(getattr(error, "strerror", None) or error)
