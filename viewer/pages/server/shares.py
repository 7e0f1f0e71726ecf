"""A store of published pages. Each page is one file with a name that cannot be guessed, and is gone once it expires.

The first line of the file is the page's metadata, so that a page and its metadata appear and disappear together. Whoever knows
the name may read the page; there is no other key, and only the owner can list the names. The file system or the object store
looks names up, so response times may reveal whether a name exists. That does not help to find one: a name has 144 random bits.
"""

import html
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from viewer.pages.server.share_places import ENVIRONMENT, Place, place_at

_RANDOM_BYTES = 18
_ID = re.compile(r"[A-Za-z0-9_-]{24}")
_ENDING = ".page"
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_TITLE_WITHIN_CHARACTERS = 10_000
_MAX_TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Share:
    """The metadata of one published page."""

    id: str
    title: str
    published_s: float
    """Seconds since the epoch."""
    expires_s: float | None
    """Seconds since the epoch; None if it stays until it is deleted."""
    size_bytes: int


class ShareStore:
    """Published pages in a folder, or at a URL that fsspec understands (the extra `shares`).

    Metadata never changes, so it is read once for each page. The list of pages is read again once this store has published or
    deleted one; what other processes do shows up then.
    """

    def __init__(self, place: str | os.PathLike[str] | Place, *, now: Callable[[], float] = time.time) -> None:
        self._place = place_at(place, now) if isinstance(place, str | os.PathLike) else place
        self._now = now
        self._known: dict[str, Share] = {}
        self._ids: list[str] | None = None

    def publish(self, page: str, expires_in_s: float | None) -> str:
        """Store a page for some seconds, or until it is deleted, and return the id for its link."""
        identity = secrets.token_urlsafe(_RANDOM_BYTES)
        now = self._now()
        content = page.encode("utf-8", "replace")
        title = _TITLE.search(page[:_TITLE_WITHIN_CHARACTERS])
        metadata = {
            "title": html.unescape(title[1])[:_MAX_TITLE_CHARACTERS] if title else "",
            "published_s": now,
            "expires_s": None if expires_in_s is None else now + expires_in_s,
            "size_bytes": len(content),
        }
        self._place.write(identity + _ENDING, json.dumps(metadata).encode() + b"\n" + content)
        self._ids = None
        return identity

    def read(self, identity: str) -> str | None:
        """Return a page. Return None if there is no page with this id or it has expired."""
        if not _ID.fullmatch(identity):
            return None
        try:
            line, _, content = self._place.read(identity + _ENDING).partition(b"\n")
        except FileNotFoundError:
            self._forget(identity)
            return None
        share = _parse_share(identity, line)
        return None if share is None or self._is_expired(share) else content.decode()

    def find(self, identity: str) -> Share | None:
        """Return the metadata of a page. Return None if there is no page with this id or it has expired."""
        if not _ID.fullmatch(identity):
            return None
        share = self._metadata(identity)
        return None if share is None or self._is_expired(share) else share

    def listing(self) -> list[Share]:
        """Return the metadata of all pages, newest first. Only the owner may see it."""
        if self._ids is None:
            self._ids = list(self._find_ids())
        found = (self.find(identity) for identity in self._ids)
        return sorted((share for share in found if share), key=lambda share: -share.published_s)

    def delete(self, identity: str) -> bool:
        """Delete a page. Return False if there was none."""
        if not _ID.fullmatch(identity):
            return False
        self._forget(identity)
        try:
            self._place.delete(identity + _ENDING)
        except FileNotFoundError:
            return False
        return True

    def sweep(self) -> int:
        """Delete expired pages and the remains of interrupted writes. Return how many pages had expired."""
        self._place.remove_abandoned()
        found = [self._metadata(identity) for identity in self._find_ids()]
        return sum(self.delete(share.id) for share in found if share and self._is_expired(share))

    def _is_expired(self, share: Share) -> bool:
        return share.expires_s is not None and self._now() >= share.expires_s

    def _metadata(self, identity: str) -> Share | None:
        if identity not in self._known:
            try:
                share = _parse_share(identity, self._place.first_line(identity + _ENDING))
            except FileNotFoundError:
                return None
            if share is None:
                return None
            self._known[identity] = share
        return self._known[identity]

    def _forget(self, identity: str) -> None:
        self._known.pop(identity, None)
        self._ids = None

    def _find_ids(self) -> Iterator[str]:
        for name in self._place.names():
            identity = name.removesuffix(_ENDING)
            if name.endswith(_ENDING) and _ID.fullmatch(identity):
                yield identity


@cache
def share_store() -> ShareStore | None:
    """Return the store of this server, or None if its environment names none."""
    return store_from(os.environ)


def store_from(environment: Mapping[str, str]) -> ShareStore | None:
    """Return a store at the folder or URL in VIEWER_SHARES, or None if it is not set."""
    place = environment.get(ENVIRONMENT, "").strip()
    return ShareStore(place) if place else None


def _parse_share(identity: str, line: bytes) -> Share | None:
    """Parse the first line of a file. Return None if this store did not write it."""
    try:
        metadata = json.loads(line)
        expires_s = metadata["expires_s"]
        return Share(
            id=identity,
            title=str(metadata["title"]),
            published_s=float(metadata["published_s"]),
            expires_s=None if expires_s is None else float(expires_s),
            size_bytes=int(metadata["size_bytes"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
