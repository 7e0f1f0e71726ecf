"""The sources of a repository, read once, with only the names in them kept."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from viewer.files.not_recordings import reason_to_skip

T = TypeVar("T")

_ROOTS = (".git", ".hg", ".svn")
_PROJECTS = ("pyproject.toml", "setup.cfg", "setup.py", "go.mod", "Gemfile")
_NOT_SOURCES = frozenset({"site-packages", "vendor", "dist", "build", "env"})
_CASSETTE_SUFFIX = re.compile(r"\.(?:ya?ml|json|har)(?:\.gz)?$")
_LITERAL = re.compile(r"\"([^\"\\\n]{1,300})\"|'([^'\\\n]{1,300})'|`([^`\n]{1,300})`")


class Limits(NamedTuple):
    """What is read of a repository at most."""

    files: int = 200_000
    """Files of any kind that are looked at by name."""
    file_bytes: int = 4 << 20
    total_bytes: int = 256 << 20


DEFAULT_LIMITS = Limits()


class TooLargeError(Exception):
    """The repository is too large to be searched whole."""


def root_of(path: Path) -> Path | None:
    """Return the repository of a file, or the project if there is no repository; None if there is neither."""
    folders = path.resolve().parents
    for marks in (_ROOTS, _PROJECTS):
        for folder in folders:
            if any((folder / mark).exists() for mark in marks):
                return folder
    return None


def is_searched(path: PurePosixPath) -> bool:
    """Tell whether the folder of a file, given below the root, is one whose sources are read."""
    return all(map(_is_folder_of_sources, path.parts[:-1]))


def read_sources(
    root: Path, suffix: str, read: Callable[[PurePosixPath, str], T], limits: Limits = DEFAULT_LIMITS
) -> list[T]:
    """Return what `read` makes of each source with this suffix, given its path below the root and its text.

    Raises:
        TooLargeError: a limit is exceeded, so that it is not known what the rest says.
    """
    found, total_bytes = [], 0
    for path in _files(root, suffix, limits):
        try:
            size_bytes = path.stat().st_size
            total_bytes += size_bytes
            if size_bytes > limits.file_bytes or total_bytes > limits.total_bytes:
                raise TooLargeError
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            # It vanished, or is not ours to read.
            continue
        found.append(read(PurePosixPath(path.relative_to(root).as_posix()), text))
    return found


def _files(root: Path, suffix: str, limits: Limits) -> Iterator[Path]:
    seen = 0
    for folder, folders, names in os.walk(root):
        folders[:] = filter(_is_folder_of_sources, folders)
        seen += len(names)
        if seen > limits.files:
            raise TooLargeError
        yield from (Path(folder, name) for name in names if name.endswith(suffix))


def _is_folder_of_sources(name: str) -> bool:
    return name not in _NOT_SOURCES and not reason_to_skip(name, is_folder=True)


def literals_in(text: str) -> set[str]:
    """Return the strings that a source writes out, without the suffix of a cassette, and the last part of each path."""
    found = set()
    for match in _LITERAL.finditer(text):
        literal = _CASSETTE_SUFFIX.sub("", (match[1] or match[2] or match[3]).replace("\\", "/")).removeprefix("./")
        found.add(literal)
        found.add(literal.rpartition("/")[2])
    return found
