"""Open the files to check, one after another, and count those that are left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from viewer.checks.recording import Recording, unopened
from viewer.checks.settings import Settings
from viewer.files.entries import Content
from viewer.files.not_recordings import reason_to_skip
from viewer.protocols.dialects import generic
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.streams.merge_conflicts import find_conflicts
from viewer.types.problems import CassetteError

# What the reasons of `viewer.cassettes` begin with if a file is something else, not a recording that is broken.
_OTHER_THINGS = ("not a cassette of a known recorder", "not a recording", "it holds no list of chunks")
_ENDINGS = frozenset({".yaml", ".yml", ".json", ".jsonl", ".har", ".sse"})
# The formats of files without a recorder. A log or a program may have lines that look like events.
_BARE_FORMATS = frozenset({"sse", "ndjson", "text"})


class File(Protocol):
    """A file that may be a recording."""

    @property
    def shown(self) -> str:
        """What violations call it."""

    @property
    def own_name(self) -> str:
        """What its cassette is called."""

    @property
    def path(self) -> Path | None:
        """None for standard input and for what an archive holds."""

    @property
    def argument(self) -> str:
        """The argument that names it, or the folder or archive that holds it."""

    def read(self) -> Content:
        """Return the content. Raise `CassetteError` if the file cannot be read."""


@dataclass(slots=True)
class Opening:
    """Opens files, and counts what became of them."""

    files: Iterable[File]
    settings: Settings
    checked: list[str] = field(default_factory=list)
    """The recordings, as violations call them, even if they cannot be opened."""
    excluded: int = 0
    others: int = 0
    """Files that are not recordings."""
    in_submodules: int = 0
    vanished: int = 0
    unreadable: list[CassetteError] = field(default_factory=list)
    """Files that the operating system does not let read, or that exceed a limit."""
    fruitful: set[str] = field(default_factory=set)
    """The arguments that name or hold a recording, or files that are left out on purpose."""
    _submodules: dict[Path, bool] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Recording]:
        for file in self.files:
            if self.settings.excludes(file.shown):
                self.excluded += 1
                self.fruitful.add(file.argument)
            elif reason_to_skip(file.own_name):
                self.others += 1
            elif self._is_in_submodule(file):
                self.in_submodules += 1
                self.fruitful.add(file.argument)
            elif recording := self._open(file):
                self.checked.append(recording.file)
                self.fruitful.add(file.argument)
                yield recording

    def _open(self, file: File) -> Recording | None:
        try:
            content = file.read()
        except CassetteError as error:
            self.fruitful.add(file.argument)
            if isinstance(error.__cause__, FileNotFoundError):
                self.vanished += 1
            else:
                self.unreadable.append(CassetteError(file.shown, error.reason, error.advice))
            return None
        try:
            cassette = open_recording(content.data, file.own_name, content.beside)
        except CassetteError as error:
            if _is_other_thing(file.own_name, error) and not find_conflicts(content.data, "", ()):
                self.others += 1
                return None
            return unopened(file.shown, content.data, error)
        if _holds_only_unknown_events(cassette):
            self.others += 1
            return None
        return Recording(file.shown, content.data, cassette)

    def _is_in_submodule(self, file: File) -> bool:
        """Tell whether a file is in a submodule or a nested repository below the folder that was named. It is checked there."""
        if file.path is None or file.path == Path(file.argument):
            return False
        root = Path(file.argument)
        folder = file.path.parent
        passed = []
        while folder != root and folder not in self._submodules and folder != folder.parent:
            passed.append(folder)
            folder = folder.parent
        is_inside = self._submodules.get(folder, False)
        for one in reversed(passed):
            is_inside = self._submodules[one] = is_inside or (one / ".git").exists()
        return is_inside


def _is_other_thing(name: str, error: CassetteError) -> bool:
    """Tell whether a file that cannot be opened is something else than a recording."""
    if error.reason.startswith(("not readable as YAML", "the file is empty")):
        return Path(name).suffix.lower() not in _ENDINGS
    return error.reason.startswith(_OTHER_THINGS)


def _holds_only_unknown_events(cassette: Cassette) -> bool:
    """Tell whether a file that no recorder wrote has streams of no known protocol only, so that it may be anything."""
    is_known = any(stream.protocol != generic.PROTOCOL for stream in cassette.streams) or bool(cassette.answers)
    return cassette.format in _BARE_FORMATS and not is_known
