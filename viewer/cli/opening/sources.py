"""The files that the command `open` is given. Files and folders on disk are passed on by path, everything else as bytes."""

import stat
from pathlib import Path

from viewer.cli.files import STDIN, STDIN_NAME, read_stdin
from viewer.cli.opening.fetching import fetch, is_address
from viewer.files.entries import FolderLimits, Named, system_reason, too_large
from viewer.types.problems import CassetteError


def read_source(argument: str, limits: FolderLimits) -> str | Named:
    """Return the absolute path that an argument names, or the file itself if it is not on disk.

    Raises:
        CassetteError: it cannot be read.
    """
    if argument == STDIN:
        return _named(read_stdin(limits.member_bytes + 1), STDIN_NAME, limits)
    if is_address(argument):
        return fetch(argument, limits)
    try:
        path = Path(argument).absolute()
        mode = path.stat().st_mode
        # As a shell makes it of `<(command)`. Only this process can read it.
        if stat.S_ISFIFO(mode):
            with path.open("rb") as pipe:
                return _named(pipe.read(limits.member_bytes + 1), path.name, limits)
        if stat.S_ISREG(mode):
            path.open("rb").close()
    except (OSError, ValueError) as error:
        raise CassetteError(argument, f"cannot be read: {system_reason(error)}.") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise CassetteError(argument, "is neither a file nor a folder.")
    return str(path)


def folder_path(argument: str) -> str:
    """Return the absolute path of a folder or archive. Raise `CassetteError` if there is none."""
    path = Path(argument).absolute()
    try:
        path.stat()
    except (OSError, ValueError) as error:
        raise CassetteError(argument, f"cannot be read: {system_reason(error)}.") from error
    return str(path)


def _named(data: bytes, name: str, limits: FolderLimits) -> Named:
    if len(data) > limits.member_bytes:
        raise CassetteError(name, *too_large(len(data), limits))
    return Named(data, name)
