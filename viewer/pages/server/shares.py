"""A store of published pages: each is one file under a name that cannot be guessed, and gone once it has expired.

A page and what is known of it are one file, so that it is there whole or not at all. Whoever has the name may read the page;
there is no other key, and nobody but the owner can list the names. Names are looked up by the file system or the object store,
not compared here: how long that takes may tell of one name whether it exists, and a name of 144 random bits is not found by
asking for one after another.
"""

import html
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_RANDOM_BYTES = 18
_ID = re.compile(r"[A-Za-z0-9_-]{24}")
_ENDING = ".page"
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_LONGEST_TITLE = 200
# What was begun and never finished; a page that is being written is younger.
_ABANDONED_AFTER_S = 3600.0
ENVIRONMENT = "VIEWER_SHARES"


@dataclass(frozen=True, slots=True)
class Share:
    """State one published page."""

    id: str
    title: str
    published_s: float
    """Seconds since the epoch."""
    expires_s: float | None
    """Seconds since the epoch; None where it stays until it is deleted."""
    size_bytes: int


class _Place(Protocol):
    """Name what a store needs of where its files lie; what is not there raises `FileNotFoundError`."""

    def write(self, name: str, content: bytes) -> None: ...
    def read(self, name: str) -> bytes: ...
    def first_line(self, name: str) -> bytes: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> list[str]: ...


class ShareStore:
    """Keep published pages in a folder, or where a URL points that fsspec understands (the extra `shares`)."""

    def __init__(self, place: str | os.PathLike[str], *, now: Callable[[], float] = time.time) -> None:
        address = os.fspath(place)
        self._place: _Place = _Remote(address) if "://" in address else _Folder(Path(address), now)
        self._now = now

    def publish(self, page: str, expires_in_s: float | None) -> str:
        """Keep a page, for some seconds or until it is deleted, and return the id that a link to it needs."""
        identity = secrets.token_urlsafe(_RANDOM_BYTES)
        now = self._now()
        content = page.encode("utf-8", "replace")
        title = _TITLE.search(page[:10_000])
        known = {
            "title": html.unescape(title[1])[:_LONGEST_TITLE] if title else "",
            "published_s": now,
            "expires_s": None if expires_in_s is None else now + expires_in_s,
            "size_bytes": len(content),
        }
        self._place.write(identity + _ENDING, json.dumps(known).encode() + b"\n" + content)
        return identity

    def read(self, identity: str) -> str | None:
        """Return a page; None where there is none of this id, or no more."""
        if not _ID.fullmatch(identity):
            return None
        try:
            line, _, content = self._place.read(identity + _ENDING).partition(b"\n")
        except FileNotFoundError:
            return None
        share = _share(identity, line)
        return None if share is None or self._is_over(share) else content.decode()

    def list(self) -> "list[Share]":
        """Return what is published, the newest first: for the owner, and for nobody else."""
        shares = [share for share in self._all() if not self._is_over(share)]
        return sorted(shares, key=lambda share: -share.published_s)

    def delete(self, identity: str) -> bool:
        """Withdraw a page, and tell whether there was one."""
        if not _ID.fullmatch(identity):
            return False
        try:
            self._place.delete(identity + _ENDING)
        except FileNotFoundError:
            return False
        return True

    def sweep(self) -> int:
        """Delete the pages that have expired, and return how many did."""
        return sum(self.delete(share.id) for share in self._all() if self._is_over(share))

    def _is_over(self, share: Share) -> bool:
        return share.expires_s is not None and self._now() >= share.expires_s

    def _all(self) -> Iterator[Share]:
        for name in self._place.names():
            identity = name.removesuffix(_ENDING)
            if name.endswith(_ENDING) and _ID.fullmatch(identity):
                # Another process may have deleted it in between.
                with suppress(FileNotFoundError):
                    share = _share(identity, self._place.first_line(name))
                    if share is not None:
                        yield share


def share_store(environment: Mapping[str, str] = os.environ) -> ShareStore | None:
    """Return the store that the environment names in VIEWER_SHARES, a folder or a URL; None where it names none."""
    place = environment.get(ENVIRONMENT, "").strip()
    return ShareStore(place) if place else None


def _share(identity: str, line: bytes) -> Share | None:
    """Return what a file says of itself; None for a file that is none of ours."""
    try:
        known = json.loads(line)
        expires_s = known["expires_s"]
        return Share(
            id=identity,
            title=str(known["title"]),
            published_s=float(known["published_s"]),
            expires_s=None if expires_s is None else float(expires_s),
            size_bytes=int(known["size_bytes"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


class _Folder:
    """Keep files in a folder that only its owner may read."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._now = now

    def write(self, name: str, content: bytes) -> None:
        # A name that is not there yet until the whole content is.
        part = self._folder / f".{name}.part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def first_line(self, name: str) -> bytes:
        with (self._folder / name).open("rb") as file:
            return file.readline()

    def delete(self, name: str) -> None:
        (self._folder / name).unlink()

    def names(self) -> list[str]:
        for part in self._folder.glob(".*.part"):
            with suppress(FileNotFoundError):
                if self._now() - part.stat().st_mtime > _ABANDONED_AFTER_S:
                    part.unlink()
        return [path.name for path in self._folder.iterdir()]


class _Remote:
    """Keep files where fsspec can, such as in a bucket; one that is written there appears whole."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
        except ImportError as error:
            message = f"{ENVIRONMENT} is a URL, which needs fsspec: pip install 'cassette-viewer[shares]'"
            raise ValueError(message) from error
        self._files: Any
        self._files, self._root = url_to_fs(url)
        self._files.makedirs(self._root, exist_ok=True)

    def write(self, name: str, content: bytes) -> None:
        self._files.pipe_file(self._path(name), content)

    def read(self, name: str) -> bytes:
        content: bytes = self._files.cat_file(self._path(name))
        return content

    def first_line(self, name: str) -> bytes:
        with self._files.open(self._path(name), "rb") as file:
            line: bytes = file.readline()
            return line

    def delete(self, name: str) -> None:
        self._files.rm_file(self._path(name))

    def names(self) -> list[str]:
        return [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False, refresh=True)]

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
