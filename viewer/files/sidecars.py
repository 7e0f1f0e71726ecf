"""The files that stand beside a cassette, into which some recorders put bodies.

A name that a recording gives never becomes a path: it is compared, part by part, with the names that are there, so that it
can lead neither out of the folder nor through a link.
"""

import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import basename, dirname, join, normpath
from typing import Protocol

from viewer.files.content_encoding import HARMLESS_BYTES
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError

MAX_BYTES = 1 << 30
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip file begins, one that holds nothing last."""

_SEPARATOR = re.compile(r"[/\\]")
# What zipfile raises for a member that is not there, encrypted, damaged, or packed in a way it does not know.
UNREADABLE = (KeyError, OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
# Playwright names a body by its SHA-1.
_RESOURCE = re.compile(r"(?:[^/]+/)?[0-9a-f]{40}\.\w{1,20}")
_FILES = "__files"
_FOLDERS_OF_BODIES = (".blobs", ".assets")
_NO_ARCHIVE = "Unpack it and open the files in it; viewer.library opens all of them at once."


class Beside(Protocol):
    """Return the content of the file that a recording names; None where there is no such file.

    It is looked for beside the cassette, or in a folder that the recorder's rules name, such as "../__files".
    """

    def __call__(self, name: str, folder: str = "") -> bytes | None: ...


def nothing(name: str, folder: str = "") -> bytes | None:  # noqa: ARG001 - as Beside has it
    """Find no file: of a cassette that came as bytes."""
    return None


class Bounded:
    """Find files as another does, but none that is larger, and no more of them, than the limits say."""

    def __init__(self, beside: Beside, limits: Limits) -> None:
        self._beside = beside
        self._limits = limits
        self._read_bytes = 0
        self.has_found = False
        self.exceeded = ""
        """Which limit kept a file from being read, in words; "" where none did."""

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content; None where there is no such file, or it is passed over."""
        content = self._beside(name, folder)
        if content is None:
            return None
        if len(content) > self._limits.beside_bytes:
            self.exceeded = self._limits.exceeded("beside_bytes")
            return None
        if self._read_bytes + len(content) > self._limits.beside_total_bytes:
            self.exceeded = self._limits.exceeded("beside_total_bytes")
            return None
        self._read_bytes += len(content)
        self.has_found = True
        return content


@dataclass(frozen=True, slots=True)
class Directory:
    """Find files in a directory and below it."""

    root: Path

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content; None where there is none of this name, or it is larger than `MAX_BYTES`."""
        here: Path | os.DirEntry[str] = self.root / folder
        try:
            for part in _SEPARATOR.split(name):
                with os.scandir(here) as entries:
                    found = next((entry for entry in entries if entry.name == part and not entry.is_symlink()), None)
                if found is None:
                    return None
                here = found
            path = Path(here)
            return path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_BYTES else None
        except OSError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """Find files in a zip file."""

    file: zipfile.ZipFile
    root: str = ""
    most_bytes: int = MAX_BYTES

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a member's content; None where there is none of this name, or it cannot be read or is too large."""
        place = normpath(join(self.root, folder))
        try:
            with self.file.open(name if place == "." else join(place, name)) as member:
                content = member.read(self.most_bytes + 1)
        except UNREADABLE:
            return None
        return content if len(content) <= self.most_bytes else None


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """Find files among those that are held here, by their path; it can be sent to another process."""

    files: Mapping[str, bytes] = field(repr=False)
    root: str = ""

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content; None where there is none of this name."""
        return self.files.get(normpath(join(self.root, folder, _SEPARATOR.sub("/", name))))


def bodies_among(names: Collection[str]) -> dict[str, str]:
    """Return the paths that are bodies of a cassette beside them, as far as their own names tell, each with its place.

    These are WireMock's `__files`, the `X.blobs` and `X.assets` of seinfeld and agenttape where X is a cassette, and what
    Playwright names by its SHA-1 where a HAR archive is. The place is as `places_of` gives it for the cassette.
    """
    cassettes = {join(dirname(name), PurePosixPath(name).stem) for name in names}
    archives = {dirname(name) for name in names if name.lower().endswith(".har")}
    found = {}
    for name in names:
        folders = name.split("/")[:-1]
        owner = dirname(name)
        above = next(
            (end for end, folder in enumerate(folders) if _is_folder_of_bodies(folders[:end], folder, cassettes)), None
        )
        if above is not None:
            kept = folders[above]
            found[name] = "/".join(folders[:above] + ([] if kept == _FILES else [kept.rpartition(".")[0]]))
        elif _RESOURCE.fullmatch(basename(name)) and (owner in archives or dirname(owner) in archives):
            found[name] = owner if owner in archives else dirname(owner)
    return found


def _is_folder_of_bodies(above: list[str], folder: str, cassettes: Collection[str]) -> bool:
    if folder.endswith(_FOLDERS_OF_BODIES):
        return "/".join([*above, folder.rpartition(".")[0]]) in cassettes
    return folder == _FILES


def places_of(name: str) -> tuple[str, ...]:
    """Return the places at which the bodies of a cassette may stand."""
    folder = dirname(name)
    return join(folder, PurePosixPath(name).stem), folder, dirname(folder), dirname(dirname(folder))


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip file that are files; one without a name, as damaged files have, is none."""
    return [info for info in archive.infolist() if info.filename and not info.is_dir()]


def recordings_in(archive: zipfile.ZipFile) -> list[str]:
    """Return the members of a zip file that are no bodies of a HAR archive: one where the zip file is one recording."""
    members = [info.filename for info in files_of(archive)]
    archives = [member for member in members if member.lower().endswith(".har")]
    is_playwright = all(_RESOURCE.fullmatch(member) for member in members if member not in archives)
    return (archives if is_playwright else members) or members


def unpack(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> tuple[bytes, str, Beside]:
    """Return the one cassette in a zip file, its name, and how to find what stands beside it there.

    Playwright writes such: a HAR archive with each body as a member of its own. Raises `CassetteError` for a zip file of
    other things.
    """
    by_ratio = max(HARMLESS_BYTES, limits.decompression_ratio * len(data))
    most_bytes, limit = min((limits.decoded_bytes, "decoded_bytes"), (by_ratio, "decompression_ratio"))
    try:
        archive = Archive(zipfile.ZipFile(io.BytesIO(data)), most_bytes=most_bytes)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise CassetteError(name, f"a zip file that cannot be read ({error}).", "Pack it again.") from error
    chosen = recordings_in(archive.file)
    if len(chosen) != 1:
        raise CassetteError(
            name, f"a zip file of {len(chosen)} files, of which one at a time can be shown.", _NO_ARCHIVE
        )
    content = archive(chosen[0])
    if content is None:
        what = f"a zip file whose content cannot be read, or is larger than may be read {limits.exceeded(limit)}."
        raise CassetteError(name, what, _NO_ARCHIVE)
    return content, name, Archive(archive.file, dirname(chosen[0]), most_bytes)
