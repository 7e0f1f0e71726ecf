"""Serve recordings from Python, for as long as a block runs."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from viewer.files.entries import FolderLimits, Member, Refused
from viewer.files.folders import members_of
from viewer.playback.access import limit_access
from viewer.playback.app import playback_app
from viewer.playback.faults.grammar import parse_faults
from viewer.playback.listening import HOST
from viewer.playback.playable import playables_of, refuse_unplayable
from viewer.playback.running import run_in_thread
from viewer.playback.session.log import SessionLog
from viewer.playback.session.record import Record
from viewer.playback.session.summary import summary
from viewer.redaction.cassette import Redaction
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load, open_recording
from viewer.types.limits import DEFAULT_LIMITS
from viewer.types.problems import CassetteError

Source = Cassette | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that plays recordings."""

    url: str
    """Its address, such as "http://127.0.0.1:8801". Every base URL that begins with it works, such as `server.url + "/v1"`."""
    _session: SessionLog = field(repr=False)
    _settle: Callable[[], None] = field(repr=False)

    @property
    def requests(self) -> list[Record]:
        """The last thousand requests that have ended, in the order in which they did."""
        self._settle()
        return list(self._session.last)

    @property
    def missed(self) -> list[Record]:
        """Those of `requests` that no recording answers. The `note` of each says what differs."""
        return [record for record in self.requests if record.result == "not answered"]

    def summary(self) -> str:
        """Return what was asked for, what never, what was missed, and what clients did after faults, as text."""
        self._settle()
        return "\n".join(summary(self._session))


@contextlib.contextmanager
def serve(
    *sources: Source,
    speed: float = 1.0,
    faults: str | Sequence[str] = (),
    seed: int = 0,
    port: int = 0,
    redact: bool | Redaction = True,
) -> Iterator[Server]:
    """Play recordings to real clients while a block runs. It listens on this machine only.

    Args:
        sources: cassettes, and paths of recordings and of folders of recordings.
        speed: how many times as fast as recorded; `math.inf` does not wait.
        faults: one or several things that go wrong on purpose, such as "status=429,times=1"; docs/serve.md lists them.
        seed: decides everything about faults that is random.
        port: the port to listen on; 0 takes a free one.
        redact: whether to remove secrets from what is served; a `viewer.Redaction` says what else to remove.

    Raises:
        CassetteError: a recording cannot be opened, or nothing in them can be served.
        ValueError: a fault or the speed is none.
        OSError: the port is taken.
    """
    if not speed > 0:
        raise ValueError(f"the speed must be above 0, not {speed}")
    session = SessionLog()
    # A text is a sequence too, of letters that are no faults.
    texts = [faults] if isinstance(faults, str) else faults
    parsed = [fault for text in texts for fault in parse_faults(text)]
    redaction = Redaction() if redact is True else redact or None
    playables = [playable for cassette in _cassettes(sources) for playable in playables_of(cassette, redaction)]
    refuse_unplayable(playables)
    app = playback_app(playables, speed=speed, faults=parsed, seed=seed, session=session)
    with run_in_thread(limit_access(app, HOST, ()), port) as running:
        yield Server(running.url, session, running.settle)


def _cassettes(sources: Iterable[Source]) -> Iterator[Cassette]:
    for source in sources:
        if isinstance(source, Cassette):
            yield source
        elif Path(source).is_dir():
            yield from _cassettes_in(source)
        else:
            yield load(source)


def _cassettes_in(folder: str | os.PathLike[str]) -> Iterator[Cassette]:
    """Yield the recordings of a folder. Files that are not recordings are left out."""
    limits = FolderLimits(member_bytes=DEFAULT_LIMITS.file_bytes)
    for found in members_of([os.fspath(folder)], limits):
        if isinstance(found, Refused):
            raise CassetteError(found.name, found.reason, found.advice)
        if isinstance(found, Member):
            with contextlib.suppress(CassetteError):
                content = found.read()
                yield open_recording(content.data, found.name, content.beside)
