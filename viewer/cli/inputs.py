"""The recordings that the arguments of a command name: files, and what folders and archives hold."""

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from viewer.cli.files import STDIN, STDIN_NAME, read_stdin, refuse_overwrite
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.files.entries import Content, FolderLimits, Found
    from viewer.files.folders import Source


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
    argument: str = STDIN
    """The argument that names it, or the folder or archive that holds it."""

    @property
    def own_name(self) -> str:
        """What its cassette is called."""
        return self.path.name if self.path else self.name

    @property
    def shown(self) -> str:
        """What messages call it."""
        return str(self.path) if self.path else self.name


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that the arguments name."""

    arguments: tuple[str, ...]
    files: list[Input]
    refused: list[CassetteError]
    """What cannot be read."""
    skipped: int
    """How many files of folders and archives have names of other things than recordings."""
    fruitless: tuple[str, ...]
    """The folders and archives in which nothing may be a recording and nothing was refused."""
    is_single: bool
    """Whether the arguments name one file that is neither a folder nor an archive."""

    def refuse_overwrite(self, to: Path | None) -> None:
        """Raise `CassetteError` if a command would write over a recording that it reads."""
        for one in self.files:
            refuse_overwrite(str(one.path or STDIN), to)


def find_inputs(arguments: Sequence[str], leave_out: Path | None = None, *, max_files: int | None = None) -> Inputs:
    """Return the recordings that arguments name.

    Args:
        arguments: files, folders and archives; "-" is standard input.
        leave_out: a folder that the command writes to. Its files are left out, unless an argument is that folder or in it.
        max_files: how many files are looked at; by default as many as `FolderLimits` allows.
    """
    # Importing it takes as long as the rest of the command line.
    from viewer.files.entries import LocalFile, Member, Refused  # noqa: PLC0415

    written = leave_out.resolve() if leave_out else None
    # A folder that is written to and read cannot be left out. Nothing in it is overwritten.
    if written and any(Path(argument).resolve().is_relative_to(written) for argument in arguments):
        written = None
    files: list[Input] = []
    refused: list[CassetteError] = []
    skipped = 0
    fruitful: set[str] = set()
    for argument, found in _found_by_argument(arguments, max_files):
        if isinstance(found, Refused):
            refused.append(CassetteError(_shown(argument, found.name), found.reason, found.advice))
        elif isinstance(found, Member):
            path = Path(found.read.path) if isinstance(found.read, LocalFile) else None
            is_named = path == Path(argument) or (path is None and _is_itself(argument, found.name))
            if path and written and path.resolve().is_relative_to(written):
                continue
            files.append(Input(found.name, found.read, path, is_named, argument))
        else:
            skipped += 1
            continue
        fruitful.add(argument)
    is_single = len(arguments) == 1 == len(files) + len(refused) and not skipped and all(one.is_named for one in files)
    fruitless = tuple(argument for argument in dict.fromkeys(arguments) if argument not in fruitful)
    return Inputs(tuple(arguments), files, refused, skipped, fruitless, is_single)


def _found_by_argument(arguments: Sequence[str], max_files: int | None) -> Iterator[tuple[str, "Found"]]:
    """Yield what the arguments name, each with its argument. The limits hold for all of them together."""
    from viewer.files.entries import FolderLimits  # noqa: PLC0415 - as above
    from viewer.files.folders import members_of  # noqa: PLC0415 - as above
    from viewer.types.limits import DEFAULT_LIMITS  # noqa: PLC0415 - as above

    # A file that is named may be as large as one that `viewer.load` opens.
    limits = FolderLimits(member_bytes=DEFAULT_LIMITS.file_bytes)
    if max_files is not None:
        limits = replace(limits, members=max_files)
    current = ""

    def sources() -> Iterator["Source"]:
        nonlocal current
        for argument in arguments:
            current = argument
            yield source_of(argument, limits)

    # A source is asked for only when all that the one before holds has been yielded.
    for found in members_of(sources(), limits):
        yield current, found


def source_of(argument: str, limits: "FolderLimits") -> "Source":
    """Return what to search for recordings. Standard input and pipes, such as bash's `<(…)`, are read at once."""
    from viewer.files.entries import Named  # noqa: PLC0415 - as above

    if argument == STDIN:
        return Named(read_stdin(limits.member_bytes + 1), STDIN_NAME)
    path = Path(argument)
    try:
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            with path.open("rb") as pipe:
                return Named(_read_bounded(pipe, limits), argument)
    except (OSError, ValueError):
        # Whoever opens it says why it cannot be read.
        pass
    return argument


def _read_bounded(file: BinaryIO, limits: "FolderLimits") -> bytes:
    """Read at most one byte more than a file may have, so that whoever opens it refuses it."""
    return file.read(limits.member_bytes + 1)


def _shown(argument: str, name: str) -> str:
    """Return what messages call a file that is refused: the argument as it was typed, or the place below it."""
    is_itself = name in map(_safe, (argument, Path(argument).name))
    if argument == STDIN or (not is_itself and not Path(argument).is_dir()):
        return name
    return argument if is_itself else f"{argument.rstrip('/')}/{name}"


def _is_itself(argument: str, name: str) -> bool:
    """Tell whether a name is that of standard input or of a pipe, not of a file in an archive that it holds."""
    return name == (STDIN_NAME if argument == STDIN else _safe(argument))


def _safe(argument: str) -> str:
    from viewer.files.entries import DEFAULT_LIMITS  # noqa: PLC0415 - as above
    from viewer.text.safe import safe_path  # noqa: PLC0415 - as above

    return safe_path(argument, DEFAULT_LIMITS.name_length)
