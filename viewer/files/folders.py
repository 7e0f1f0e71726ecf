"""The recordings in folders, archives and single files, one after another.

A folder, a zip file and a tar file (optionally compressed with gzip) can hold many. An archive inside them is opened too, but
not an archive inside that one. A zip file that is one recording, as Playwright writes it, stays one.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from viewer.files.archives import open_packed
from viewer.files.entries import (
    BODY_OF_ANOTHER,
    DEFAULT_LIMITS,
    FolderLimits,
    Found,
    LocalFile,
    Member,
    Named,
    Refused,
    Skipped,
    system_reason,
    too_large,
    with_unique_names,
)
from viewer.files.not_recordings import reason_to_skip
from viewer.files.sidecars import bodies_among
from viewer.text.safe import safe_path

Source = str | os.PathLike[str] | Named


def members(*sources: Source, limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield what files, folders and archives contain, sorted by name within each. Names are unique.

    Args:
        sources: paths, or files given as bytes. A file that is named here is opened whatever its name.
        limits: upper limits on the number and size of the files.
    """
    yield from members_of(sources, limits)


def members_of(sources: Iterable[Source], limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Do the same as `members`. A source is taken only when everything in the one before has been yielded."""
    yield from with_unique_names(_limit((entry for source in sources for entry in _entries(source, limits)), limits))


def _limit(entries: Iterable[Found], limits: FolderLimits) -> Iterator[Found]:
    """Yield entries until a limit is exceeded."""
    unpacked_bytes = 0
    for count, entry in enumerate(entries):
        if count >= limits.members:
            reason = f"there are too many files {limits.exceeded('members')}; this one and the rest are left out."
            yield Refused(entry.name, reason, "Open fewer at a time or raise the limit.")
            return
        unpacked_bytes += entry.unpacked_bytes if isinstance(entry, Member) else 0
        if unpacked_bytes > limits.total_bytes:
            reason = (
                f"all files together are too large once unpacked {limits.exceeded('total_bytes')};"
                " this one and the rest are left out."
            )
            yield Refused(entry.name, reason, "Open fewer at a time or raise the limit.")
            return
        yield entry


def _entries(source: Source, limits: FolderLimits) -> Iterator[Found]:
    if isinstance(source, Named):
        yield from open_packed(source.data, safe_path(source.name, limits.name_length), limits)
        return
    path = Path(source)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        yield Refused(safe_path(str(path), limits.name_length), f"cannot be read: {system_reason(error)}.")
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _directory_entries(path, limits)
    elif stat.S_ISREG(status.st_mode):
        yield from open_packed(
            LocalFile(str(path), status.st_size, limits), safe_path(path.name, limits.name_length), limits
        )
    else:
        yield Refused(safe_path(path.name, limits.name_length), "is neither a file nor a folder.")


class _File(NamedTuple):
    path: str
    """Relative to the folder that is searched."""
    size_bytes: int


def _directory_entries(root: Path, limits: FolderLimits) -> Iterator[Found]:
    """Yield what a folder and its subfolders contain. Links are not followed."""
    files: list[_File] = []
    for entry in _walk(str(root), limits):
        if isinstance(entry, _File):
            files.append(entry)
        else:
            yield entry
        if len(files) > limits.members:
            # The folder may be a whole disk, and one file more is enough to know that there are too many.
            break
    bodies = bodies_among([file.path for file in files])
    for name, size_bytes in sorted(files):
        shown = safe_path(name, limits.name_length)
        if name in bodies:
            yield Skipped(shown, BODY_OF_ANOTHER)
        elif size_bytes > limits.member_bytes:
            yield Refused(shown, *too_large(size_bytes, limits))
        else:
            yield from open_packed(LocalFile(os.path.join(root, name), size_bytes, limits), shown, limits)  # noqa: PTH118 - names that no Path can hold


def _walk(root: str, limits: FolderLimits) -> Iterator[_File | Refused | Skipped]:
    """Yield each file of a folder and its subfolders, folder by folder."""
    folders = [(root, "")]
    while folders:
        folder, path = folders.pop()
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            shown = safe_path(path or folder, limits.name_length)
            yield Refused(shown, f"is a folder that cannot be read: {system_reason(error)}.")
            continue
        for entry in entries:
            name = f"{path}/{entry.name}" if path else entry.name
            shown = safe_path(name, limits.name_length)
            is_folder = entry.is_dir(follow_symlinks=False)
            if reason := "a link" if entry.is_symlink() else reason_to_skip(entry.name, is_folder=is_folder):
                yield Skipped(shown, reason)
            elif is_folder:
                folders.append((entry.path, name))
            elif not entry.is_file(follow_symlinks=False):
                yield Skipped(shown, "a device, a socket or a pipe")
            else:
                yield _File(name, entry.stat(follow_symlinks=False).st_size)
