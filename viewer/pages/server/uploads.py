"""A store in bounded memory of the recordings that were opened by hand, and of which browser has opened which.

A recording's key is the SHA-256 of its content, so whoever has the whole key has the file or was given a link to it, and may open the
recording. Only the browser that opened a recording finds it listed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock

from viewer.files.entries import Member
from viewer.pages.server.limits import ServerLimits, limits
from viewer.pages.server.listed import ListedRecording


@dataclass(slots=True)
class _Upload:
    member: Member
    name: str
    size_bytes: int
    used_s: float


class UploadStore:
    """Recordings by key. The least recently used go first when memory runs out, and any that are unused for too long."""

    def __init__(self, allowed: ServerLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.allowed = allowed
        self._clock = clock
        self._lock = Lock()
        # Least recently used first.
        self._uploads: dict[str, _Upload] = {}
        # Of each browser, the keys of what it has opened with the names under which it did.
        self._names: dict[str, dict[str, str]] = {}

    def add(self, browser: str, recording: ListedRecording, size_bytes: int) -> ListedRecording | None:
        """Store a recording that a browser has opened. Return it, or None if it does not fit beside what this browser has opened."""
        key = recording.key
        with self._lock:
            self._drop_idle()
            names = self._names.get(browser, {})
            others_bytes = sum(self._uploads[one].size_bytes for one in names if one != key)
            if others_bytes + size_bytes > self.allowed.session_bytes:
                return None
            if key not in self._uploads:
                self._uploads[key] = _Upload(recording.member, recording.name, size_bytes, self._clock())
            self._names[browser] = {**{one: name for one, name in names.items() if one != key}, key: recording.name}
            self._use(key)
            self._evict()
            return replace(recording, member=self._uploads[key].member)

    def find(self, key: str) -> ListedRecording | None:
        """Return a recording by its whole key, whoever has opened it."""
        with self._lock:
            self._drop_idle()
            upload = self._use(key)
        return None if upload is None else ListedRecording(key, upload.name, "opened", upload.member)

    def opened_by(self, browser: str) -> list[ListedRecording]:
        """Return what a browser has opened, the latest last."""
        with self._lock:
            self._drop_idle()
            names = self._names.get(browser, {})
            return [ListedRecording(key, name, "opened", self._uploads[key].member) for key, name in names.items()]

    def pass_on(self, browser: str, to: str) -> None:
        """List for another browser what one has opened, and no longer for that one."""
        with self._lock:
            passed = self._names.pop(browser, {})
            kept = {key: name for key, name in self._names.get(to, {}).items() if key not in passed}
            if passed:
                self._names[to] = {**kept, **passed}

    def remove(self, browser: str, key: str) -> None:
        """Remove a recording from the list of a browser, and from memory unless another browser has opened it too."""
        with self._lock:
            self._names.get(browser, {}).pop(key, None)
            if not any(key in names for names in self._names.values()):
                self._uploads.pop(key, None)
            self._forget_missing()

    def _use(self, key: str) -> _Upload | None:
        upload = self._uploads.pop(key, None)
        if upload is not None:
            upload.used_s = self._clock()
            self._uploads[key] = upload
        return upload

    def _drop_idle(self) -> None:
        oldest_s = self._clock() - self.allowed.upload_idle_seconds
        idle = [key for key, upload in self._uploads.items() if upload.used_s < oldest_s]
        for key in idle:
            del self._uploads[key]
        if idle:
            self._forget_missing()

    def _evict(self) -> None:
        """Drop the least recently used until the rest fit. The newest stays, whatever its size."""
        size_bytes = sum(upload.size_bytes for upload in self._uploads.values())
        for key in list(self._uploads)[:-1]:
            if size_bytes <= self.allowed.upload_bytes:
                break
            size_bytes -= self._uploads.pop(key).size_bytes
        self._forget_missing()

    def _forget_missing(self) -> None:
        kept = {
            browser: {key: name for key, name in names.items() if key in self._uploads}
            for browser, names in self._names.items()
        }
        self._names = {browser: names for browser, names in kept.items() if names}


@cache
def upload_store() -> UploadStore:
    """Return the store of this server."""
    return UploadStore(limits().server)
