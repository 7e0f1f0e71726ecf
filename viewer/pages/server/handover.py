"""What the command `open` hands to this server: it is opened at once, and listed for the browser that follows the ticket."""

import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import urlencode

from viewer.files.entries import Refused
from viewer.pages.server.adding import add_source
from viewer.pages.server.handover_message import TICKET_PATH, Answer, Asked
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.opened_folders import OpenedFolders, opened_folders
from viewer.pages.server.recordings import has_recordings, open_cassette, rescan, samples_path
from viewer.pages.server.uploads import UploadStore, upload_store
from viewer.streams.cassette import Cassette
from viewer.types.problems import CassetteError

_RANDOM_BYTES = 18
_MAX_TICKETS = 1000
_MAX_COMPARED = 6
_NO_RECORDINGS = "holds no recordings."


@dataclass(frozen=True, slots=True)
class _Ticket:
    target: str
    """The address that it leads to, below the server's."""
    folders: tuple[str, ...]


class HandOver:
    """Opens what it is asked to, and keeps for each ticket what its browser is to find."""

    def __init__(self, store: UploadStore | None = None, folders: OpenedFolders | None = None) -> None:
        self._store = store or upload_store()
        self._folders = folders or opened_folders()
        self._lock = Lock()
        self._tickets: dict[str, _Ticket] = {}

    def take(self, asked: Asked) -> Answer:
        """Open what the command asks for. What cannot be opened is refused; if anything is left, it is shown."""
        if not asked.sources and not asked.library:
            return Answer("/")
        ticket = secrets.token_urlsafe(_RANDOM_BYTES)
        folders, recordings, refused = self._add(ticket, asked)
        try:
            target = self._target(asked, recordings, folders, refused)
        except CassetteError as error:
            refused.append(Refused(error.file, error.reason, error.advice))
            target = ""
        lines = tuple(f"{one.name}: {one.reason} {one.advice}".strip() for one in refused)
        if not target:
            for one in recordings:
                self._store.remove(ticket, one.key)
            return Answer("", lines)
        with self._lock:
            self._tickets[ticket] = _Ticket(target, tuple(folders))
            if len(self._tickets) > _MAX_TICKETS:
                del self._tickets[next(iter(self._tickets))]
        return Answer(TICKET_PATH.replace("{ticket}", ticket), lines)

    def claim(self, ticket: str, browser: str | None) -> str | None:
        """Return where a ticket leads to, and list what belongs to it for the browser. Return None if there is no such ticket."""
        with self._lock:
            found = self._tickets.get(ticket)
        if found is None:
            return None
        if browser is not None:
            self._store.pass_on(ticket, browser)
            for folder in reversed(found.folders):
                self._folders.add(browser, folder)
        return found.target

    def missing_samples(self) -> str:
        """Return what to say if there are no samples, which the start page offers; "" if there are."""
        folder = samples_path()
        return "" if Path(folder).exists() else f"{folder}: there are no samples here. The start page offers none."

    def _add(self, ticket: str, asked: Asked) -> tuple[list[str], list[ListedRecording], list[Refused]]:
        """Return the folders to list, the recordings that were added, and what was refused."""
        folders: list[str] = []
        recordings: list[ListedRecording] = []
        refused: list[Refused] = []
        for source in asked.sources:
            if isinstance(source, str) and Path(source).is_dir():
                folders.append(source)
                continue
            added = add_source(ticket, source, self._store)
            recordings += added.recordings
            refused += added.refused
            if not added.recordings and not added.refused:
                refused.append(Refused(source if isinstance(source, str) else source.name, _NO_RECORDINGS))
        if asked.library:
            folders.append(asked.library)
        for folder in folders:
            rescan(folder)
        refused += [Refused(folder, _NO_RECORDINGS) for folder in folders if not has_recordings(folder)]
        return [folder for folder in folders if has_recordings(folder)], recordings, refused

    def _target(
        self,
        asked: Asked,
        recordings: Sequence[ListedRecording],
        folders: Sequence[str],
        refused: list[Refused],
    ) -> str:
        """Return the address of what is to be shown; "" if nothing can be. Raise `CassetteError` if it has no such place."""
        if asked.compare:
            shown = [one for one in recordings[:_MAX_COMPARED] if _opened(one, refused)]
            if len(shown) < 2:
                raise CassetteError("--compare", "needs two recordings that can be opened.")
            more = [("more", one.key) for one in shown[2:]]
            return f"/compare?{urlencode([('a', shown[0].key), ('b', shown[1].key), *more])}"
        for one in recordings:
            if cassette := _opened(one, refused):
                return f"/?{urlencode({'file': one.key, 'name': one.name, **_selection(cassette, asked)})}"
        return "/library" if folders else ""


def _opened(recording: ListedRecording, refused: list[Refused]) -> Cassette | None:
    """Return the cassette, which the page then finds in the cache. Return None if it cannot be opened, and add why."""
    try:
        return open_cassette(recording, while_reading=nullcontext)[0]
    except CassetteError as error:
        refused.append(Refused(recording.name, error.reason, error.advice))
        return None


def _selection(cassette: Cassette, asked: Asked) -> dict[str, str]:
    """Return the parameters of the interaction and the event that are asked for. Raise `CassetteError` if there are none such."""
    if asked.interaction is None and asked.event is None:
        return {}
    count = len(cassette.interactions)
    interaction = cassette.main_interaction if asked.interaction is None else asked.interaction
    if not 0 <= interaction < count:
        raise CassetteError(cassette.name, f"there is no interaction {interaction}; it has {count}, counted from 0.")
    if asked.event is None:
        return {"stream": str(interaction)}
    stream = cassette.stream_of(interaction)
    if stream is None or not (stream.columns.event == asked.event).any():
        has = f"it has {stream.columns.event_count:,}, counted from 0" if stream else "it was not streamed"
        raise CassetteError(cassette.name, f"there is no event {asked.event} in interaction {interaction}; {has}.")
    return {"stream": str(interaction), "event": str(asked.event)}
