"""One side of a comparison of folders: the files of a folder, an archive or a revision."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from posixpath import basename
from typing import NamedTuple

from viewer.files.entries import BODY_OF_ANOTHER, Content, Found, Member, Refused
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.streams.merge_conflicts import Conflict, find_conflicts
from viewer.types.problems import CassetteError

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
# As far as Git looks for a NUL byte.
_BINARY_BYTES = 8_000


class TreeFile(NamedTuple):
    """A file that may be a recording."""

    name: str
    """Its place below the folder or the repository, which pairs it with a file of the other side. Safe to show."""
    read: Callable[[], Content]
    """Raises `CassetteError` if the file cannot be read."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of one side."""

    name: str
    """What the output calls the side: the folder as it was named, the revision."""
    files: tuple[TreeFile, ...]
    refused: tuple[Refused, ...] = ()
    """Files that cannot be opened, and why."""
    others: tuple[Refused, ...] = ()
    """Files that are not recordings, but are worth naming, such as submodules."""
    skipped: int = 0
    """How many files have names of other things than recordings."""
    has_bodies: bool = False
    """Whether some recordings keep bodies in other files, so that equal recordings may differ in these."""


class OpenedFile(NamedTuple):
    """What became of a file: a cassette, or the reason why there is none."""

    digest: bytes
    """Of its content; empty if it cannot be read."""
    cassette: Cassette | None
    reason: str = ""
    is_conflict: bool = False
    is_binary: bool = False


def tree_of(name: str, found: Iterable[Found]) -> Tree:
    """Return what `viewer.files.folders.members` yields as one side."""
    files: list[TreeFile] = []
    refused: list[Refused] = []
    reasons: list[str] = []
    for one in found:
        if isinstance(one, Member):
            files.append(TreeFile(one.name, one.read))
        elif isinstance(one, Refused):
            refused.append(one)
        else:
            reasons.append(one.reason)
    return Tree(name, tuple(files), tuple(refused), skipped=len(reasons), has_bodies=BODY_OF_ANOTHER in reasons)


def open_tree_file(file: TreeFile, content: Content) -> OpenedFile:
    """Open a file whose content was read. A file that is not a recording has a reason instead of a cassette."""
    data = content.data
    digest = digest_of(data)
    try:
        cassette = open_recording(data, basename(file.name), content.beside)
        conflicts = find_conflicts(data, cassette.format, cassette.interactions)
        # A conflict may leave a file that still opens, with the interactions of both versions.
        return _conflicted(digest, conflicts[0]) if conflicts else OpenedFile(digest, cassette)
    except CassetteError as error:
        if conflicts := find_conflicts(data, "", ()):
            return _conflicted(digest, conflicts[0])
        if data.startswith(_LFS_POINTER):
            return OpenedFile(digest, None, "is a pointer of Git LFS, not the recording: run `git lfs pull`.")
        return OpenedFile(digest, None, error.reason, is_binary=b"\0" in data[:_BINARY_BYTES])


def _conflicted(digest: bytes, conflict: Conflict) -> OpenedFile:
    return OpenedFile(digest, None, f"has a merge conflict in line {conflict.line:,}.", is_conflict=True)


def digest_of(data: bytes) -> bytes:
    """Return a digest that tells contents apart."""
    return hashlib.sha256(data).digest()
