"""The recordings that can be picked: those opened in this session, those in the server's library, and the samples.

What a session opens stays in its own state; no other session sees it. The key of a recording is its name in links: a path for
one on the server, a hash of the content for one opened by hand, so that a link works again wherever the same file is opened.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import streamlit as st

import viewer
from viewer.files.entries import DEFAULT_LIMITS, Content, Found, Member, Named, Refused
from viewer.files.folders import members
from viewer.files.sidecars import MemorySidecars
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import ServerLimits, limits
from viewer.pages.server.slots import slots
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording

SAMPLES = Path(viewer.__file__).resolve().parent.parent / "sample_cassettes"
PACKED = "dropped.tar"
"""The archive that drop.js packs when many files are dropped."""
FIRST_SAMPLE = "grok-code-fast-1_simple_streaming.yaml"

MEMORY_RATIO = 2
"""An opened cassette takes at most this many bytes of memory per byte of its file."""

_KEY_LENGTH = 16
_SESSION_KEY = "opened_recordings"
_RESCAN_AFTER_S = 60

Origin = Literal["opened", "library", "sample"]


@dataclass(frozen=True, slots=True, eq=False)
class ListedRecording:
    """One recording that can be picked."""

    key: str
    name: str
    origin: Origin
    member: Member


@dataclass(slots=True)
class OpenedRecordings:
    """What one session has opened by hand."""

    recordings: dict[str, ListedRecording] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """Files that are not recordings, counted by reason."""
    uploads_seen: set[str] = field(default_factory=set)
    size_bytes: int = 0


def opened_recordings(state: MutableMapping[Any, Any] | None = None) -> OpenedRecordings:
    """Return what this session has opened."""
    session = st.session_state if state is None else state
    opened: OpenedRecordings = session.setdefault(_SESSION_KEY, OpenedRecordings())
    return opened


def add_file(
    opened: OpenedRecordings, data: bytes, name: str, allowed: ServerLimits | None = None
) -> list[ListedRecording]:
    """Add the recordings in a file or archive, and return them in order, including those that were already there.

    A member of an archive that cannot be opened goes to `opened.refused` with the reason; the others are still added.
    """
    allowed = allowed or limits().server
    added: list[ListedRecording] = []
    try:
        with slots().hold(name):
            for found in members(Named(data, name), limits=limits().folders):
                if isinstance(found, Refused):
                    opened.refused.append(found)
                elif isinstance(found, Member):
                    added += _add_member(found, opened, allowed)
                else:
                    opened.skipped[found.reason] += 1
    except viewer.CassetteError as error:
        opened.refused.append(Refused(name, error.reason, error.advice))
    return added


def _add_member(member: Member, opened: OpenedRecordings, allowed: ServerLimits) -> list[ListedRecording]:
    """Add a recording and return it. Return an empty list if it cannot be read or does not fit."""
    try:
        content = member.read()
    except viewer.CassetteError as error:
        opened.refused.append(Refused(member.name, error.reason, error.advice))
        return []
    key = _digest(content)[:_KEY_LENGTH]
    # Including the bodies that the archive held next to it.
    size_bytes = max(len(content.data), member.unpacked_bytes)
    if key not in opened.recordings and opened.size_bytes + size_bytes > allowed.session_bytes:
        reason = f"does not fit into this session {allowed.exceeded('session_bytes')}."
        opened.refused.append(Refused(member.name, reason, "Reload the page to start over."))
        return []
    opened.size_bytes += 0 if key in opened.recordings else size_bytes
    # The user dropped files; the archive around them is ours.
    name = member.name.removeprefix(f"{PACKED}/")
    opened.recordings[key] = ListedRecording(key, name, "opened", member)
    return [opened.recordings[key]]


def listed_recordings() -> dict[str, ListedRecording]:
    """Return the recordings that can be picked, by key: opened ones (last first), then the library, then the samples."""
    opened = dict(reversed(opened_recordings().recordings.items()))
    return {**opened, **_list_folder(library_path(), "library"), **_list_folder(samples_path(), "sample")}


@st.cache_resource(max_entries=4, ttl=_RESCAN_AFTER_S, show_spinner=False)
def _list_folder(path: str, origin: Origin) -> dict[str, ListedRecording]:
    """Return the recordings in a folder or archive of the server. A path that is empty or missing has none."""
    if not path:
        return {}
    found = _only_members(members(path, limits=limits().folders if origin == "library" else DEFAULT_LIMITS))
    if origin == "sample":
        found.sort(key=lambda member: (member.name != FIRST_SAMPLE, member.name))
    return {f"{origin}/{one.name}": ListedRecording(f"{origin}/{one.name}", one.name, origin, one) for one in found}


def _only_members(found: Iterable[Found]) -> list[Member]:
    return [one for one in found if isinstance(one, Member)]


def library_path() -> str:
    """Return the server's folder or archive of recordings, from `--library` or VIEWER_LIBRARY; "" if there is none."""
    return _setting("library")


def tables_path() -> str:
    """Return the server's folder of index tables, from `--tables` or VIEWER_TABLES; "" if there is none."""
    return _setting("tables")


def samples_path() -> str:
    """Return the folder of samples, from `--samples` or VIEWER_SAMPLES. The default is the one next to the package."""
    return _setting("samples", str(SAMPLES))


def _setting(name: str, default: str = "") -> str:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(f"--{name}", default=os.environ.get(f"VIEWER_{name.upper()}", default))
    return str(getattr(parser.parse_known_args(sys.argv[1:])[0], name))


def open_cassette(recording: ListedRecording, *, think_tags: bool = False) -> tuple[Cassette, str]:
    """Open a recording and return it with its identity. Each identity is parsed once for all sessions.

    `think_tags` reads thinking in tags as reasoning.

    Raise `CassetteError` if nothing in it can be shown.
    """
    content = recording.member.read()
    # A cassette holds its name and the bodies next to its file, so equal files in different places are different cassettes.
    parts = "\0".join((_digest(content), recording.key, recording.name, *(["think tags"] if think_tags else [])))
    identity = sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()

    def parse() -> Cassette:
        with st.spinner("Reading the recording"), slots().hold(recording.name):
            return open_recording(content.data, recording.name, content.beside, limits().reading, think_tags=think_tags)

    return server_cache().get(("cassette", identity), parse, lambda _: MEMORY_RATIO * len(content.data)), identity


def _digest(content: Content) -> str:
    """Return the SHA-256 of a recording's bytes and of the bodies that an archive holds next to it."""
    digest = sha256(content.data)
    bodies = content.beside.files if isinstance(content.beside, MemorySidecars) else {}
    for path in sorted(bodies):
        for part in (path.encode("utf-8", "surrogatepass"), bodies[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
