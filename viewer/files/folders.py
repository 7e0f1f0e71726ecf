"""The recordings in folders, archives and single files, one after another.

A zip file, a tar file (also compressed with gzip) and a folder hold many; inside them an archive is opened too, inside that
none. A zip file that is one recording, as Playwright writes it, stays one.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from viewer.files.archives import packed
from viewer.files.entries import (
    DEFAULT_LIMITS,
    FolderLimits,
    Found,
    LocalFile,
    Member,
    Named,
    PassedOver,
    Refused,
    passed_over,
    reason_of,
    told_apart,
    too_large,
)
from viewer.files.sidecars import bodies_among
from viewer.text.safe import safe_path

Source = str | os.PathLike[str] | Named


def members(*sources: Source, limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield what is in files, folders and archives, in the order of names; no two have the same name.

    Args:
        sources: paths, or files that came as bytes. What is named here is tried, whatever it is called.
        limits: what more than a few recordings may be.
    """
    yield from told_apart(_limited((one for source in sources for one in _found(source, limits)), limits))


def _limited(every: Iterable[Found], limits: FolderLimits) -> Iterator[Found]:
    """Yield what is found until there is too much of it."""
    unpacked = 0
    for count, found in enumerate(every):
        if count >= limits.members:
            reason = f"there are more than {limits.members:,} files (the limit `members`); this one and the rest are left out."
            yield Refused(found.name, reason, "Open fewer at a time, or raise the limit.")
            return
        unpacked += found.unpacked_bytes if isinstance(found, Member) else 0
        if unpacked > limits.total_bytes:
            reason = (
                f"unpacked, all files are more than {limits.total_bytes:,} bytes (the limit `total_bytes`);"
                " this one and the rest are left out."
            )
            yield Refused(found.name, reason, "Open fewer at a time, or raise the limit.")
            return
        yield found


def _found(source: Source, limits: FolderLimits) -> Iterator[Found]:
    if isinstance(source, Named):
        yield from packed(source.data, safe_path(source.name, limits.name_length), limits)
        return
    path = Path(source)
    try:
        kind = path.stat()
    except (OSError, ValueError) as error:
        yield Refused(safe_path(str(path), limits.name_length), f"cannot be read: {reason_of(error)}.")
        return
    if stat.S_ISDIR(kind.st_mode):
        yield from _directory(path, limits)
    elif stat.S_ISREG(kind.st_mode):
        yield from packed(LocalFile(str(path), kind.st_size, limits), safe_path(path.name, limits.name_length), limits)
    else:
        yield Refused(safe_path(path.name, limits.name_length), "is neither a file nor a folder.")


def _directory(root: Path, limits: FolderLimits) -> Iterator[Found]:
    """Yield what is in a folder and below it; links are not followed."""
    files: list[tuple[str, int]] = []
    for entry, name in _walked(str(root), "", limits):
        if isinstance(entry, Refused | PassedOver):
            yield entry
        else:
            files.append((name, entry))
        if len(files) > limits.members:
            # No more are needed to know that there are too many, and a folder may be a whole disk.
            break
    bodies = bodies_among([name for name, _ in files])
    for name, size_bytes in sorted(files):
        shown = safe_path(name, limits.name_length)
        if name in bodies:
            yield PassedOver(shown, "the body of a recording beside it")
        elif size_bytes > limits.member_bytes:
            yield Refused(shown, *too_large(size_bytes, limits))
        else:
            yield from packed(LocalFile(os.path.join(root, name), size_bytes, limits), shown, limits)  # noqa: PTH118 - names that no Path can hold


def _walked(folder: str, above: str, limits: FolderLimits) -> Iterator[tuple[Refused | PassedOver | int, str]]:
    """Yield each file below a folder with its size and its path, folder by folder."""
    folders = [(folder, above)]
    while folders:
        folder, above = folders.pop()
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            yield (
                Refused(
                    safe_path(above or folder, limits.name_length), f"a folder that cannot be read: {reason_of(error)}."
                ),
                "",
            )
            continue
        for entry in entries:
            name = f"{above}/{entry.name}" if above else entry.name
            shown = safe_path(name, limits.name_length)
            is_folder = entry.is_dir(follow_symlinks=False)
            if why := "a link" if entry.is_symlink() else passed_over(entry.name, is_folder=is_folder):
                yield PassedOver(shown, why), ""
            elif is_folder:
                folders.append((entry.path, name))
            elif not entry.is_file(follow_symlinks=False):
                yield PassedOver(shown, "a device, a socket or a pipe"), ""
            else:
                yield entry.stat(follow_symlinks=False).st_size, name
