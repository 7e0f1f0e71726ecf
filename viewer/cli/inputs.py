"""The recordings that the arguments of a command name: files, and what folders and archives hold."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.files import STDIN, STDIN_NAME

if TYPE_CHECKING:
    from viewer.files.entries import Content, Refused


@dataclass(frozen=True, slots=True)
class Input:
    """One file that may be a recording."""

    name: str
    """Its place below the folder or archive that was named. Safe to show, and not a path."""
    read: Callable[[], "Content"] = field(repr=False)
    """Raises `CassetteError` if the file cannot be read."""
    path: Path | None = None
    """None for standard input and for what an archive holds."""
    is_named: bool = True
    """Whether an argument names it, and not only a folder or an archive that holds it."""

    @property
    def shown(self) -> str:
        """What messages call it."""
        return str(self.path) if self.path else self.name


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that the arguments name."""

    files: list[Input]
    refused: list["Refused"]
    """What cannot be read."""
    skipped: int
    """How many files of folders and archives have names of other things than recordings."""

    is_single: bool
    """Whether the arguments name one file that is neither a folder nor an archive."""


def find_inputs(arguments: Sequence[str], leave_out: Path | None = None) -> Inputs:
    """Return the recordings that arguments name.

    Args:
        arguments: files, folders and archives, or "-" alone for standard input.
        leave_out: a folder that the command writes to. Its files are left out, unless an argument is that folder or in it.
    """
    # Importing them takes as long as the rest of the command line.
    from viewer.files.entries import Content, LocalFile, Member, Refused  # noqa: PLC0415
    from viewer.files.folders import members  # noqa: PLC0415

    if list(arguments) == [STDIN]:
        return Inputs([Input(STDIN_NAME, lambda: Content(sys.stdin.buffer.read()))], [], 0, is_single=True)
    written = leave_out.resolve() if leave_out else None
    # A folder that is written to and read cannot be left out. Nothing in it is overwritten.
    if written and any(Path(argument).resolve().is_relative_to(written) for argument in arguments):
        written = None
    named = {str(Path(argument)) for argument in arguments}
    files: list[Input] = []
    refused: list[Refused] = []
    skipped = 0
    for found in members(*arguments):
        if isinstance(found, Refused):
            refused.append(found)
        elif isinstance(found, Member):
            path = Path(found.read.path) if isinstance(found.read, LocalFile) else None
            is_named = str(path) in named
            if not (path and written and path.resolve().is_relative_to(written)):
                files.append(Input(found.name, found.read, path, is_named))
        else:
            skipped += 1
    is_single = len(arguments) == 1 == len(files) + len(refused) and not skipped and all(one.is_named for one in files)
    return Inputs(files, refused, skipped, is_single)
