"""The recordings that can be picked: those opened by hand, those in the server's library, and the samples.

The key of one opened by hand is a hash of its content, so that a link works again wherever the same file is opened.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from hashlib import sha256

import streamlit as st

from viewer.files.entries import DEFAULT_LIMITS, Content, Found, Member
from viewer.files.folders import members
from viewer.files.sidecars import MemorySidecars
from viewer.pages.server.browser import browser_id
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import limits
from viewer.pages.server.listed import ListedRecording, Origin
from viewer.pages.server.opened_folders import opened_folders
from viewer.pages.server.slots import slots
from viewer.pages.server.uploads import upload_store
from viewer.pages.shipped import samples_folder
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording

FIRST_SAMPLE = "grok-code-fast-1_simple_streaming.yaml"

MEMORY_RATIO = 2
"""An opened cassette takes at most this many bytes of memory per byte of its file."""

_RESCAN_AFTER_S = 60
_PREFIX_LENGTH = 16
_NAMING_PARAMETERS = ("file", "a", "b", "more")
"""The parameters of addresses that hold keys of recordings."""


def listed_recordings() -> dict[str, ListedRecording]:
    """Return the recordings that can be picked, by key.

    First is what this browser has opened, the last first, then what a link has led it to, then the folders that the command `open`
    has opened for it, then the library, then the samples.
    """
    opened = {one.key: one for one in reversed(upload_store().opened_by(browser_id()))}
    named = [key for name in _NAMING_PARAMETERS for key in st.query_params.get_all(name)]
    # Finding those that this browser has opened keeps them in the store.
    found = {key: one for key in named if (one := upload_store().find(key))}
    linked = {key: one for key, one in found.items() if key not in opened}
    folders: dict[str, ListedRecording] = {}
    for path in opened_folders().of(browser_id()):
        folders |= _list_folder(path, "library", _folder_prefix(path))
    library = _list_folder(library_path(), "library", "library")
    return {**opened, **linked, **folders, **library, **_list_folder(samples_path(), "sample", "sample")}


def find_recording(key: str) -> ListedRecording | None:
    """Return the recording that a link names, or None if it is not here."""
    return listed_recordings().get(key)


@st.cache_resource(max_entries=16, ttl=_RESCAN_AFTER_S, show_spinner=False)
def _list_folder(path: str, origin: Origin, prefix: str) -> dict[str, ListedRecording]:
    """Return the recordings in a folder or archive of the server, by key. A path that is empty or missing has none."""
    if not path:
        return {}
    found = _only_members(members(path, limits=limits().folders if origin == "library" else DEFAULT_LIMITS))
    if origin == "sample":
        found.sort(key=lambda member: (member.name != FIRST_SAMPLE, member.name))
    return {f"{prefix}/{one.name}": ListedRecording(f"{prefix}/{one.name}", one.name, origin, one) for one in found}


def _folder_prefix(path: str) -> str:
    """Return how the keys of recordings in an opened folder begin. Several folders may hold files of the same name."""
    return f"folder/{sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:_PREFIX_LENGTH]}"


def has_recordings(path: str) -> bool:
    """Tell whether there may be a recording in a folder or archive."""
    return bool(_list_folder(path, "library", _folder_prefix(path)))


def rescan(path: str) -> None:
    """Forget which recordings are in an opened folder, so that they are looked up again."""
    _list_folder.clear(path, "library", _folder_prefix(path))


def _only_members(found: Iterable[Found]) -> list[Member]:
    return [one for one in found if isinstance(one, Member)]


def library_path() -> str:
    """Return the server's folder or archive of recordings, from `--library` or VIEWER_LIBRARY; "" if there is none."""
    return _setting("library")


def tables_path() -> str:
    """Return the server's folder of index tables, from `--tables` or VIEWER_TABLES; "" if there is none."""
    return _setting("tables")


def samples_path() -> str:
    """Return the folder of samples, from `--samples` or VIEWER_SAMPLES. The default is the one that comes with the viewer."""
    return _setting("samples", str(samples_folder()))


def _setting(name: str, default: str = "") -> str:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(f"--{name}", default=os.environ.get(f"VIEWER_{name.upper()}", default))
    return str(getattr(parser.parse_known_args(sys.argv[1:])[0], name))


def _show_spinner() -> AbstractContextManager[None]:
    return st.spinner("Reading the recording")


def open_cassette(
    recording: ListedRecording,
    *,
    think_tags: bool = False,
    while_reading: Callable[[], AbstractContextManager[None]] = _show_spinner,
) -> tuple[Cassette, str]:
    """Open a recording and return it with its identity. Each identity is parsed once for all sessions.

    `think_tags` reads thinking in tags as reasoning. `while_reading` makes what surrounds the parsing, by default a spinner on the page.

    Raise `CassetteError` if nothing in it can be shown.
    """
    content = recording.member.read()
    # A cassette holds its name and the bodies next to its file, so equal files in different places are different cassettes.
    parts = "\0".join((digest(content), recording.key, recording.name, *(["think tags"] if think_tags else [])))
    identity = sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()

    def parse() -> Cassette:
        with while_reading(), slots().hold(recording.name):
            return open_recording(content.data, recording.name, content.beside, limits().reading, think_tags=think_tags)

    return server_cache().get(("cassette", identity), parse, lambda _: MEMORY_RATIO * len(content.data)), identity


def digest(content: Content) -> str:
    """Return the SHA-256 of a recording's bytes and of the bodies that an archive holds next to it."""
    digest = sha256(content.data)
    bodies = content.beside.files if isinstance(content.beside, MemorySidecars) else {}
    for path in sorted(bodies):
        for part in (path.encode("utf-8", "surrogatepass"), bodies[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
