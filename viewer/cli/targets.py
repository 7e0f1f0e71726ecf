"""Where a command writes the files of several recordings."""

import re
from collections.abc import Callable
from pathlib import Path

from viewer.cli.inputs import Inputs
from viewer.text.masks import MASK
from viewer.types.problems import CassetteError

# A mark takes three bytes. File systems allow 255 for a name.
_MARKS = re.compile("•+")


def targets_below(to: Path | None, inputs: Inputs, redact_name: Callable[[str], str]) -> "Targets | None":
    """Return the files to write below a folder, or None if `to` names one file or standard output."""
    is_folder = to is not None and (not inputs.is_single or to.is_dir())
    return Targets(to, inputs, redact_name) if to and is_folder else None


class Targets:
    """The files that a run writes below a folder: never a recording that it reads, nor one file twice."""

    def __init__(self, folder: Path, inputs: Inputs, redact_name: Callable[[str], str]) -> None:
        self._folder = folder
        self._sources = {one.path.resolve() for one in inputs.files if one.path}
        self._taken: set[Path] = set()
        self._redact_name = redact_name

    def take(self, name: str, ending: str = "") -> Path:
        """Return the file for a recording, given its name and what to append to it, and make its folder.

        Raises:
            CassetteError: it is outside the folder, or a recording that is read, or it was taken already.
        """
        target = (self._folder / (_MARKS.sub(MASK, self._redact_name(name)) + ending)).resolve()
        if not target.is_relative_to(self._folder.resolve()):
            raise CassetteError(name, f"would be written outside {self._folder}.")
        if target in self._sources:
            raise CassetteError(str(target), "this would overwrite the recording.", "Name another folder.")
        if target in self._taken:
            raise CassetteError(str(target), "another recording was written to this file.", "Do this one by itself.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CassetteError(str(target), f"cannot be written: {error.strerror or error}.") from error
        self._taken.add(target)
        return target
