"""The recordings on offer: what this session has opened, a folder of the server, and samples.

What a session opens is in its own state, and no other session sees it. A recording's key is what the address of the page names it
by: a path for what lies on the server, a hash of the content for what was opened by hand, so that a link to it works again
wherever the same file is opened.
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
from viewer.files.entries import Content, Found, Member, Named, Refused
from viewer.files.folders import members
from viewer.files.sidecars import MemorySidecars
from viewer.pages.server.cache import kept
from viewer.pages.server.limits import ServerLimits, limits
from viewer.pages.server.turns import turns
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording

SAMPLES = Path(viewer.__file__).resolve().parent.parent / "sample_cassettes"
PACKED = "dropped.tar"
FIRST_SAMPLE = "grok-code-fast-1_simple_streaming.yaml"

RESTING = 2
"""How many bytes of memory a cassette takes at most for each of its file, once it has been read."""

Origin = Literal["opened", "library", "sample"]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Name one recording that can be chosen."""

    key: str
    name: str
    origin: Origin
    member: Member


@dataclass(slots=True)
class Shelf:
    """Hold what one session has opened by hand."""

    recordings: dict[str, Recording] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    uploads_seen: set[str] = field(default_factory=set)
    size_bytes: int = 0


def shelf(state: MutableMapping[Any, Any] | None = None) -> Shelf:
    """Return the shelf of this session."""
    held = st.session_state if state is None else state
    found: Shelf = held.setdefault("shelf", Shelf())
    return found


def put(shelf: Shelf, data: bytes, name: str, allowed: ServerLimits | None = None) -> list[Recording]:
    """Put what a file holds on the shelf, and return what is new or was there already, in order.

    An archive holds many; what of them cannot be opened is kept with its reason and hides none of the others.
    """
    most_bytes = (allowed or limits().server).session_bytes
    placed: list[Recording] = []
    try:
        with turns().taken(name):
            for found in members(Named(data, name), limits=limits().folders):
                if isinstance(found, Refused):
                    shelf.refused.append(found)
                elif isinstance(found, Member):
                    placed += _placed(found, shelf, most_bytes)
                else:
                    shelf.passed_over[found.reason] += 1
    except viewer.CassetteError as error:
        shelf.refused.append(Refused(name, error.reason, error.advice))
    return placed


def _placed(member: Member, shelf: Shelf, most_bytes: int) -> list[Recording]:
    """Return the recording that was put on the shelf; nothing where it cannot be read or there is no room for it."""
    try:
        content = member.read()
    except viewer.CassetteError as error:
        shelf.refused.append(Refused(member.name, error.reason, error.advice))
        return []
    key = _digest(content)[:16]
    # With the bodies that came out of an archive beside it.
    size_bytes = max(len(content.data), member.unpacked_bytes)
    if key not in shelf.recordings and shelf.size_bytes + size_bytes > most_bytes:
        reason = f"does not fit: one session opens {most_bytes:,} bytes (limit session_bytes)."
        shelf.refused.append(Refused(member.name, reason, "Reload the page to begin anew."))
        return []
    shelf.size_bytes += 0 if key in shelf.recordings else size_bytes
    # The archive that the page itself packs of what is dropped is not of the person who dropped it.
    name = member.name.removeprefix(f"{PACKED}/")
    shelf.recordings[key] = Recording(key, name, "opened", member)
    return [shelf.recordings[key]]


def on_offer() -> dict[str, Recording]:
    """Return what can be chosen, by key: what was opened, last first, then the library of the server, then the samples."""
    opened = dict(reversed(shelf().recordings.items()))
    return {**opened, **_of_server(library_path()), **_of_server(None)}


@st.cache_resource(max_entries=4, ttl=60, show_spinner=False)
def _of_server(path: str | None) -> dict[str, Recording]:
    """Return the recordings of a folder or archive on the server; those of the samples where there is no path."""
    if path is None:
        found = _members(members(SAMPLES))
        found.sort(key=lambda member: (member.name != FIRST_SAMPLE, member.name))
        return {f"sample/{one.name}": Recording(f"sample/{one.name}", one.name, "sample", one) for one in found}
    if not path:
        return {}
    return {
        f"library/{one.name}": Recording(f"library/{one.name}", one.name, "library", one)
        for one in _members(members(path, limits=limits().folders))
    }


def _members(found: Iterable[Found]) -> list[Member]:
    return [one for one in found if isinstance(one, Member)]


def library_path() -> str:
    """Return the folder or archive of recordings that the server offers: `--library DIR`, else VIEWER_LIBRARY; "" for none."""
    return _told("library")


def tables_path() -> str:
    """Return the folder of tables that the server offers to queries: `--tables DIR`, else VIEWER_TABLES; "" for none."""
    return _told("tables")


def _told(name: str) -> str:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(f"--{name}", default=os.environ.get(f"VIEWER_{name.upper()}", ""))
    return str(getattr(parser.parse_known_args(sys.argv[1:])[0], name))


def open_cassette(recording: Recording) -> tuple[Cassette, str]:
    """Return an opened recording and what tells it from all others, by which it is parsed once, whoever opens it.

    Raises `CassetteError` where nothing of it can be shown.
    """
    content = recording.member.read()
    # What is made of a recording says its name, and holds what stands beside it, which differs by where it lies.
    told = "\0".join((_digest(content), recording.key, recording.name))
    identity = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def parse() -> Cassette:
        with st.spinner("Reading the recording"), turns().taken(recording.name):
            return open_recording(content.data, recording.name, content.beside, limits().reading)

    return kept().get(("cassette", identity), parse, lambda _: RESTING * len(content.data)), identity


def _digest(content: Content) -> str:
    """Return the SHA-256 of a recording's bytes, and of the bodies beside it where it holds some."""
    digest = sha256(content.data)
    bodies = content.beside.files if isinstance(content.beside, MemorySidecars) else {}
    for path in sorted(bodies):
        for part in (path.encode("utf-8", "surrogatepass"), bodies[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
