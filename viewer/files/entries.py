"""What is found in a folder or an archive: recordings that nobody has opened yet, what cannot be opened, and what is none.

Names that a recording or an archive gives are only shown: content is read in memory, and no name becomes a path.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from viewer.files.content_encoding import GZIP, inflate
from viewer.files.sidecars import Beside, Directory, nothing
from viewer.text.safe import safe_path
from viewer.types.limits import Limits
from viewer.types.problems import CassetteError

_RATIO_FROM_BYTES = 1 << 20
_NO_RECORDING = frozenset(
    [
        ".md",
        ".rst",
        ".adoc",
        ".html",
        ".htm",
        ".css",
        ".pdf",
        ".ipynb",
        ".csv",
        ".tsv",
        ".parquet",
        ".lock",
        ".py",
        ".pyi",
        ".pyc",
        ".rb",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".cs",
        ".swift",
        ".php",
        ".ts",
        ".tsx",
        ".jsx",
        ".mjs",
        ".cjs",
        ".sh",
        ".ps1",
        ".bat",
        ".c",
        ".h",
        ".cpp",
        ".so",
        ".dll",
        ".exe",
        ".jar",
        ".whl",
        ".class",
        ".o",
        ".a",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".svg",
        ".ico",
        ".bmp",
        ".tiff",
        ".mp3",
        ".wav",
        ".ogg",
        ".mp4",
        ".webm",
        ".mov",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".pem",
        ".crt",
        ".key",
        ".sqlite",
        ".db",
    ]
)
_NO_RECORDING_NAMES = frozenset(
    [
        "readme",
        "readme.txt",
        "license",
        "license.txt",
        "copying",
        "notice",
        "changelog",
        "makefile",
        "dockerfile",
        "gemfile",
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "pyproject.toml",
        "cargo.toml",
        "composer.json",
        "requirements.txt",
        "thumbs.db",
        "desktop.ini",
    ]
)
_NO_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "venv"})


@dataclass(frozen=True, slots=True)
class FolderLimits:
    """Bound what is found and unpacked; each message names the limit that was met."""

    members: int = 20_000
    """Files of one source, recordings or not."""
    total_bytes: int = 1 << 30
    """What all that is unpacked from archives may be together."""
    member_bytes: int = 256 << 20
    """What one file may be, unpacked."""
    ratio: int = 300
    """How many times its packed size a file of more than 1 MiB may be; text is rarely more than 30 times."""
    name_length: int = 1_000
    """Characters of a name."""


DEFAULT_LIMITS = FolderLimits()


@dataclass(frozen=True, slots=True)
class Named:
    """Hold a file that came as bytes, and what it is called."""

    data: bytes = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Hold the bytes of a recording, and how to find what stands beside it."""

    data: bytes = field(repr=False)
    beside: Beside = nothing


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """Name one recording, and read it on demand; it can be sent to another process."""

    name: str
    """Where it stands, "/" between folders and after an archive; safe_path to show, and no path."""
    read: Callable[[], Content] = field(repr=False)
    """Raises `CassetteError` where the file cannot be read or is over a limit."""
    size_bytes: int = 0
    """As far as it is known before it is read."""
    unpacked_bytes: int = 0
    """What it holds in memory already; 0 of a file that is read from where it lies."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Name a file that cannot be opened, and say why."""

    name: str
    reason: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Name a file, or a whole folder, that is no recording."""

    name: str
    why: str


Found = Member | Refused | PassedOver


def told_apart(every: Iterable[Found]) -> Iterator[Found]:
    """Yield what is found, with a number after a name that was there before."""
    times: dict[str, int] = {}
    taken: set[str] = set()
    for found in every:
        name, count = found.name, times.get(found.name, 1)
        while name in taken:
            count += 1
            name = f"{found.name} ({count})"
        times[found.name] = count
        taken.add(name)
        yield found if name == found.name else replace(found, name=name)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """Read a recording from where it lies, with what stands beside it."""

    path: str
    size_bytes: int
    limits: FolderLimits

    def __call__(self) -> Content:
        """Return the content; raise `CassetteError` where it cannot be read or is over a limit."""
        path = Path(self.path)
        name = safe_path(path.name, self.limits.name_length)
        try:
            if (size_bytes := path.stat().st_size) > self.limits.member_bytes:
                raise CassetteError(name, *too_large(size_bytes, self.limits))
            data = path.read_bytes()
        except OSError as error:
            raise CassetteError(name, f"cannot be read: {reason_of(error)}.") from error
        return Content(within(data, name, self.limits), Directory(path.parent))


def within(data: bytes, name: str, limits: FolderLimits) -> bytes:
    """Return a file's bytes; raise `CassetteError` where they, or what they decompress to, are over a limit."""
    if len(data) > limits.member_bytes:
        raise CassetteError(name, *too_large(len(data), limits))
    if data.startswith(GZIP):
        most = most_unpacked(len(data), limits)
        if len(inflate(data, unpacking(most))[0]) > most:
            raise CassetteError(name, *unpacks_to_more(most, limits))
    return data


def most_unpacked(packed_bytes: int, limits: FolderLimits) -> int:
    """Return how many bytes a file of a packed size may be."""
    return min(limits.member_bytes, max(_RATIO_FROM_BYTES, limits.ratio * packed_bytes))


def unpacking(most_bytes: int) -> Limits:
    """Return the limits under which a packed file is unpacked to no more than a number of bytes, and one piece beyond."""
    return Limits(decoded_bytes=most_bytes, decompression_ratio=most_bytes)


def unpacks_to_more(most_bytes: int, limits: FolderLimits) -> tuple[str, str]:
    """Return the reason and the advice of a file that unpacks to more than it may."""
    limit = "`member_bytes`" if most_bytes >= limits.member_bytes else f"`ratio`, {limits.ratio} times its packed size"
    return (
        f"unpacks to more than {most_bytes:,} bytes (the limit {limit}).",
        "Unpack it yourself, and open what is in it.",
    )


def too_large(size_bytes: int, limits: FolderLimits) -> tuple[str, str]:
    """Return the reason and the advice of a file that is larger than one may be."""
    return f"is {size_bytes:,} bytes, over {limits.member_bytes:,} (the limit `member_bytes`).", "Raise the limit."


def passed_over(name: str, *, is_folder: bool = False) -> str:
    """Return why a file or folder of this name is obviously no recording; "" where that is not obvious."""
    if name.startswith("."):
        return "hidden"
    if is_folder:
        return "a folder of programs" if name in _NO_FOLDERS else ""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _NO_RECORDING or name.lower() in _NO_RECORDING_NAMES:
        return f"no recording ({suffix or name})"
    return ""


def passed_over_path(path: str) -> str:
    """Return why a file at this path in an archive is obviously no recording; "" where that is not obvious."""
    *folders, name = path.split("/")
    whys = [passed_over(folder, is_folder=True) for folder in folders if folder not in ("", ".", "..")]
    return next((why for why in whys if why), passed_over(name))


def reason_of(error: Exception) -> str:
    """Return why the system refused, without the path that it puts beside it."""
    return str(getattr(error, "strerror", None) or error)
