"""Work through the recordings that the arguments of a command name. One that fails is named and does not stop the others."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from viewer.cli.inputs import Input, Inputs
from viewer.cli.output import Status, log, warn
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.text.words import counted
from viewer.types.problems import CassetteError

# A folder of a project can hold thousands of other JSON files.
_MAX_NAMED_SKIPS = 5


class Opened(NamedTuple):
    """A recording, opened."""

    file: Input
    data: bytes
    cassette: Cassette


def open_input(file: Input, *, think_tags: bool = False) -> Opened:
    """Open a recording. Raise `CassetteError` if it cannot be read or is not a recording."""
    content = file.read()
    cassette = open_recording(content.data, file.own_name, content.beside, think_tags=think_tags)
    return Opened(file, content.data, cassette)


class Recordings:
    """Opens recordings one after another, names those that fail, and counts both them and the files that are not recordings."""

    def __init__(self, inputs: Inputs, *, think_tags: bool = False) -> None:
        self._inputs = inputs
        self._think_tags = think_tags
        self.failed = 0
        self.others = inputs.skipped
        self._skipped = 0

    def __iter__(self) -> Iterator[Opened]:
        for refused in self._inputs.refused:
            self.fail(refused)
        without = dict.fromkeys(one.argument for one in self._inputs.files)
        for file in self._inputs.files:
            try:
                opened = open_input(file, think_tags=self._think_tags)
            except CassetteError as error:
                if file.is_named:
                    without.pop(file.argument, None)
                    self.fail(error, file)
                else:
                    self._skip(file, error)
            else:
                without.pop(file.argument, None)
                yield opened
        if (unnamed := self._skipped - _MAX_NAMED_SKIPS) > 0:
            log(f"{counted(unnamed, 'more file')} skipped: not recordings. Name one to see why.")
        for argument in (*self._inputs.fruitless, *without):
            self.fail(
                CassetteError(argument, "holds no recordings.", "Name a recording, or a folder or archive of some.")
            )

    def _skip(self, file: Input, error: CassetteError) -> None:
        """Count a file that no argument names, and say of the first ones why they are not recordings."""
        self.others += 1
        self._skipped += 1
        if self._skipped <= _MAX_NAMED_SKIPS:
            log(f"{file.shown}: skipped: {error.reason}")

    def fail(self, error: CassetteError, file: Input | None = None) -> None:
        """Say why the work on a recording failed. `file` gives the name that messages use."""
        self.failed += 1
        if file is not None and error.file == file.own_name:
            # A cassette knows only its own name, and several may have the same.
            error = CassetteError(file.shown, error.reason, error.advice)
        elif file is not None and not self._inputs.is_single:
            error = CassetteError(file.shown, str(error))
        warn(str(error))

    @property
    def status(self) -> Status:
        """The exit status of a command that has worked through all of them."""
        return Status.FAILED if self.failed else Status.DONE


def for_each(inputs: Inputs, work: Callable[[Opened], None], *, think_tags: bool = False) -> Status:
    """Open each recording and work on it. Name those that cannot be opened and those whose work raises `CassetteError`."""
    recordings = Recordings(inputs, think_tags=think_tags)
    for opened in recordings:
        try:
            work(opened)
        except CassetteError as error:
            recordings.fail(error, opened.file)
    return recordings.status
