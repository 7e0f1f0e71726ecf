"""The files that commands read and write."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.output import write_data
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.streams.cassette import Cassette

STDIN = "-"
STDIN_NAME = "standard input"


def open_file(file: str, *, think_tags: bool = False) -> "Cassette":
    """Open the recording that FILE names. `think_tags` reads thinking in tags as reasoning."""
    from viewer.streams.loading import load  # noqa: PLC0415 - imports numpy, which --help does not need
    from viewer.types.limits import DEFAULT_LIMITS  # noqa: PLC0415 - as above

    if file == STDIN:
        return load(read_stdin(DEFAULT_LIMITS.file_bytes + 1), STDIN_NAME, think_tags=think_tags)
    return load(file, think_tags=think_tags)


def read_file(file: str) -> bytes:
    """Return the bytes of the file that FILE names. Raise `CassetteError` if it cannot be read."""
    if file == STDIN:
        return read_stdin()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CassetteError(file, f"cannot be read: {error.strerror or error}.") from error


def read_stdin(max_bytes: int = -1) -> bytes:
    """Return what standard input holds, by default all of it. Raise `CassetteError` if it cannot be read."""
    try:
        return sys.stdin.buffer.read(max_bytes)
    except OSError as error:
        raise CassetteError(STDIN_NAME, f"cannot be read: {error.strerror or error}.") from error


def output_path(to: str | None) -> Path | None:
    """Return the file or folder that --to names; None for standard output, which is the default and which "-" names."""
    return None if to is None or to == STDIN else Path(to)


def write_output(to: Path | None, data: bytes) -> None:
    """Write data to a file, or to standard output if `to` is None. Raise `CassetteError` if the file cannot be written."""
    if to is None:
        write_data(data)
        return
    try:
        to.write_bytes(data)
    except OSError as error:
        raise CassetteError(str(to), f"cannot be written: {error.strerror or error}.") from error


def refuse_overwrite(file: str, to: Path | None) -> None:
    """Raise `CassetteError` if a command would write over the recording that it reads."""
    if to is not None and file != STDIN and to.resolve() == Path(file).resolve():
        raise CassetteError(str(to), "this would overwrite the recording.", "Name another file.")


def replace_file(path: Path, data: bytes) -> None:
    """Replace the content of a file at once, so that an interruption leaves the old or the new one. Links are followed.

    Raises:
        CassetteError: the file cannot be replaced.
    """
    target = path.resolve()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:100]}.", delete=False) as part:
            part.write(data)
        shutil.copymode(target, part.name)
        Path(part.name).replace(target)
    except OSError as error:
        raise CassetteError(str(path), f"cannot be written: {error.strerror or error}.") from error
