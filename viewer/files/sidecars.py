"""The files next to a cassette, in which some recorders keep bodies.

A name from a recording never becomes a path. It is compared, part by part, with the names that exist, so it cannot lead out of
the folder or through a link.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import basename, dirname, join, normpath
from typing import Protocol

from viewer.types.limits import Limits

# A file is read before `LimitedSidecars` sees its size, so reading has a limit of its own.
MAX_BYTES = 1 << 30
# Playwright names a body by its SHA-1.
PLAYWRIGHT_BODY = re.compile(r"(?:[^/]+/)?[0-9a-f]{40}\.\w{1,20}")

_SEPARATOR = re.compile(r"[/\\]")
_WIREMOCK_FOLDER = "__files"
_BODY_FOLDER_SUFFIXES = (".blobs", ".assets")
_SUBAGENTS_FOLDER = "subagents"


class Sidecars(Protocol):
    """Return the content of the file that a recording names, or None if there is no such file.

    The file is looked for next to the cassette, or in a folder that the recorder's rules name, such as "../__files".
    """

    def __call__(self, name: str, folder: str = "") -> bytes | None: ...


def no_sidecars(name: str, folder: str = "") -> bytes | None:  # noqa: ARG001 - the signature of Sidecars
    """Return None: a cassette that was given as bytes has no files next to it."""
    return None


class LimitedSidecars:
    """Wraps another `Sidecars` and enforces the size limits."""

    def __init__(self, sidecars: Sidecars, limits: Limits) -> None:
        self._sidecars = sidecars
        self._limits = limits
        self._read_bytes = 0
        self.has_found = False
        self.exceeded = ""
        """The limit that kept a file from being read, in words; "" if none did."""

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content, or None if there is no such file or it exceeds a limit."""
        content = self._sidecars(name, folder)
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
class DirectorySidecars:
    """Files in a directory and below it."""

    root: Path

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content, or None if there is no such file or it is larger than `MAX_BYTES`."""
        here: Path | os.DirEntry[str] = self.root / folder
        try:
            for part in _SEPARATOR.split(name):
                with os.scandir(here) as entries:
                    match = next((entry for entry in entries if entry.name == part and not entry.is_symlink()), None)
                if match is None:
                    return None
                here = match
            path = Path(here)
            return path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_BYTES else None
        except OSError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class MemorySidecars:
    """Files held in memory by their path. Can be sent to another process."""

    files: Mapping[str, bytes] = field(repr=False)
    root: str = ""

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a file's content, or None if there is no such file."""
        return self.files.get(normpath(join(self.root, folder, _SEPARATOR.sub("/", name))))


def bodies_among(names: Collection[str]) -> dict[str, str]:
    """Return the paths that are bodies of a cassette, judging by names alone, each with the place of its cassette.

    These are WireMock's `__files`, the `X.blobs` and `X.assets` of seinfeld and agenttape and the `X/subagents` of Claude Code
    if there is a cassette X, and files that Playwright names by their SHA-1 if there is a HAR archive. `places_of` returns the
    places of a cassette.
    """
    cassettes = {join(dirname(name), PurePosixPath(name).stem) for name in names}
    har_folders = {dirname(name) for name in names if name.lower().endswith(".har")}
    bodies = {}
    for name in names:
        folders = name.split("/")[:-1]
        parent = dirname(name)
        depth = next((at for at, folder in enumerate(folders) if _holds_bodies(folders[:at], folder, cassettes)), None)
        if depth is not None:
            folder = folders[depth]
            cassette = [] if folder in (_WIREMOCK_FOLDER, _SUBAGENTS_FOLDER) else [folder.rpartition(".")[0]]
            bodies[name] = "/".join(folders[:depth] + cassette)
        elif PLAYWRIGHT_BODY.fullmatch(basename(name)) and (parent in har_folders or dirname(parent) in har_folders):
            bodies[name] = parent if parent in har_folders else dirname(parent)
    return bodies


def _holds_bodies(parents: list[str], folder: str, cassettes: Collection[str]) -> bool:
    if folder.endswith(_BODY_FOLDER_SUFFIXES):
        return "/".join([*parents, folder.rpartition(".")[0]]) in cassettes
    if folder == _SUBAGENTS_FOLDER:
        return "/".join(parents) in cassettes
    return folder == _WIREMOCK_FOLDER


def is_of_subagent(name: str) -> bool:
    """Tell whether a path is that of a file that a subagent of Claude Code wrote next to its session."""
    return basename(dirname(name)) == _SUBAGENTS_FOLDER


def places_of(name: str) -> tuple[str, ...]:
    """Return the places in which the bodies of a cassette may be."""
    folder = dirname(name)
    return join(folder, PurePosixPath(name).stem), folder, dirname(folder), dirname(dirname(folder))
